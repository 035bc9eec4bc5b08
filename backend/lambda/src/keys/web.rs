//! Fetches small public documents, such as key sets, with the HTTP client that the AWS SDK already contains.

use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::http::Request;
use http_body_util::{BodyExt, Limited};

/// Time limit for fetching one document. It is shorter than the time limit of the function `authorizer`, so that the
/// function can still check the token with the keys that it has.
pub const TIMEOUT: Duration = Duration::from_secs(3);
/// Maximum size of a document, in bytes. A key set usually has a few thousand bytes.
const MOST_BYTES: usize = 256 * 1024;

/// An HTTP client that fetches small public documents, such as key sets.
#[derive(Debug)]
pub struct Web {
    connector: Connector,
}

/// The reason why a document was not fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebError {
    /// The address is invalid, the server does not answer, or the connection was lost.
    #[error("the document could not be fetched: {0}")]
    Failed(String),
    /// The answer took longer than [`TIMEOUT`].
    #[error("the server did not answer within {} s", TIMEOUT.as_secs())]
    TimedOut,
    /// The status was not 200.
    #[error("the server answered with HTTP status {0} instead of 200")]
    Status(u16),
    /// The body is not UTF-8.
    #[error("the answer of the server is not UTF-8 text")]
    NotText,
}

impl Default for Web {
    fn default() -> Self {
        let tls = Provider::Rustls(CryptoMode::Ring);
        Self { connector: Connector::builder().tls_provider(tls).build() }
    }
}

impl Web {
    /// Returns the document at `url`.
    ///
    /// # Errors
    ///
    /// [`WebError`] if the document cannot be fetched.
    pub async fn get(&self, url: &str) -> Result<String, WebError> {
        match tokio::time::timeout(TIMEOUT, self.read(url)).await {
            Ok(read) => read,
            Err(_) => Err(WebError::TimedOut),
        }
    }

    async fn read(&self, url: &str) -> Result<String, WebError> {
        let request = Request::get(url).map_err(failed)?;
        let response = self.connector.call(request).await.map_err(failed)?;
        if response.status().as_u16() != 200 {
            return Err(WebError::Status(response.status().as_u16()));
        }
        let body = Limited::new(response.into_body(), MOST_BYTES).collect().await.map_err(failed)?;
        String::from_utf8(body.to_bytes().to_vec()).map_err(|_| WebError::NotText)
    }
}

fn failed(error: impl ToString) -> WebError {
    WebError::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Starts a server that sends `answer` once, and returns its address.
    async fn serving(answer: String) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let read = stream.read(&mut request).await.unwrap();
            assert!(request[..read].starts_with(b"GET /keys HTTP/1.1\r\n"));
            // The client may close the connection before it has read everything.
            drop(stream.write_all(answer.as_bytes()).await);
        });
        format!("http://{address}/keys")
    }

    fn ok(body: &str) -> String {
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn a_document_is_fetched() {
        let url = serving(ok("{\"keys\": []}")).await;
        assert_eq!(Web::default().get(&url).await, Ok("{\"keys\": []}".into()));
    }

    #[tokio::test]
    async fn a_missing_too_large_or_unreachable_document_is_an_error() {
        let gone = serving("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".into()).await;
        assert_eq!(Web::default().get(&gone).await, Err(WebError::Status(404)));
        let large = serving(ok(&"x".repeat(MOST_BYTES + 1))).await;
        assert!(matches!(Web::default().get(&large).await, Err(WebError::Failed(_))));
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let nobody = Web::default().get(&format!("http://{closed}/")).await;
        assert!(matches!(nobody, Err(WebError::Failed(_))), "{nobody:?}");
    }
}
