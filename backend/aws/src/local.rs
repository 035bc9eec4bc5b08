//! An HTTP client for DynamoDB Local. It limits the number of concurrent requests, because DynamoDB Local aborts a
//! request that has waited too long behind a thousand others.

use std::sync::Arc;

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_sdk_dynamodb::config::http::HttpRequest;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use tokio::sync::Semaphore;

/// Maximum number of concurrent requests to DynamoDB Local.
const AT_ONCE: usize = 24;

/// Returns an HTTP client without TLS for DynamoDB Local. Requests beyond the maximum wait in the client. This wait
/// counts towards their time limit.
pub fn http_client() -> SharedHttpClient {
    let client = aws_smithy_http_client::Builder::new().build_http();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    http_client_fn(move |settings, components| {
        let connector = client.http_connector(settings, components);
        SharedHttpConnector::new(Queue { connector, places: Arc::clone(&places) })
    })
}

#[derive(Debug)]
struct Queue {
    connector: SharedHttpConnector,
    places: Arc<Semaphore>,
}

impl HttpConnector for Queue {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connector, places) = (self.connector.clone(), Arc::clone(&self.places));
        HttpConnectorFuture::new(async move {
            // An error would mean that the semaphore is closed, which never happens.
            let _place = places.acquire().await;
            connector.call(request).await
        })
    }
}
