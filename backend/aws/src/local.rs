//! A patient client for DynamoDB Local, which breaks off what waits too long behind a thousand others.

use std::sync::Arc;

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_sdk_dynamodb::config::http::HttpRequest;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use tokio::sync::Semaphore;

/// Requests under way at once.
const AT_ONCE: usize = 24;

/// Plain HTTP; requests beyond those under way wait here, for as long as their time-out allows.
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
            // An error means that it was closed, which nobody does.
            let _place = places.acquire().await;
            connector.call(request).await
        })
    }
}
