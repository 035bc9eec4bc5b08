//! The HTTP connections of the SDK's clients.

use std::sync::OnceLock;
use std::time::Duration;

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

/// Time limit of opening a connection to AWS.
const CONNECT: Duration = Duration::from_millis(3_100);

/// Returns an HTTP client that makes all requests with one connector, so that the trusted certificates are read once and all
/// clients share their connections.
pub fn http_client() -> SharedHttpClient {
    let connector = SharedHttpConnector::new(AsNeeded::default());
    http_client_fn(move |_settings, _components| connector.clone())
}

/// Makes requests with and without TLS. Each of the two connectors is created when it is needed, because the one with TLS reads the
/// trusted certificates.
#[derive(Debug, Default)]
struct AsNeeded {
    plain: OnceLock<Connector>,
    tls: OnceLock<Connector>,
}

impl HttpConnector for AsNeeded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match request.uri().starts_with("http://") {
            true => self.plain.get_or_init(plain).call(request),
            false => self.tls.get_or_init(tls).call(request),
        }
    }
}

fn plain() -> Connector {
    Connector::builder().connector_settings(settings()).build_http()
}

/// Returns a connector that uses the crate `ring` for TLS, which needs no C compiler when the functions are cross-compiled.
fn tls() -> Connector {
    let ring = Provider::Rustls(CryptoMode::Ring);
    Connector::builder().connector_settings(settings()).tls_provider(ring).build()
}

fn settings() -> HttpConnectorSettings {
    HttpConnectorSettings::builder().connect_timeout(CONNECT).build()
}
