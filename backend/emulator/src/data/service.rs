//! A client of DynamoDB Local and moto: AWS's JSON protocol over HTTP, and forms. The requests are not signed, because neither of the two
//! checks signatures.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Type of the bodies of AWS's JSON protocol.
const JSON: &str = "application/x-amz-json-1.0";
/// Time limit of a request. The longest one is a read that waits for messages.
const LIMIT: Duration = Duration::from_secs(60);

/// A service on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    /// Address of the service.
    pub address: SocketAddr,
    /// Name of the service in signatures, such as `sqs`.
    pub name: &'static str,
    /// Region of the app. moto keeps the data of regions apart.
    pub region: String,
}

/// The reason why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ServiceError {
    /// The service refused the request.
    #[error("{message} ({kind})")]
    Refused {
        /// Name of the error, such as `ResourceInUseException`.
        kind: String,
        /// Explanation of the service.
        message: String,
    },
    /// The service did not answer.
    #[error("it does not answer: {0}")]
    Unreachable(String),
}

impl ServiceError {
    /// Returns the name of the error, or an empty text if the service did not answer.
    pub fn kind(&self) -> &str {
        match self {
            Self::Refused { kind, .. } => kind,
            Self::Unreachable(_) => "",
        }
    }
}

impl Service {
    /// Sends a request. `target` is the action with its version, such as `AmazonSQS.SendMessage`.
    ///
    /// # Errors
    ///
    /// [`ServiceError`] if the service refuses the request or does not answer.
    pub async fn call(&self, target: &str, body: &Value) -> Result<Value, ServiceError> {
        let request = self.request("/", JSON, Some(target), body.to_string());
        let (status, answer) = self.send(request).await?;
        let json: Value = serde_json::from_slice(&answer).unwrap_or_default();
        if status.is_success() { Ok(json) } else { Err(refused(&json, status)) }
    }

    /// Sends a request with any body, and returns the status and the body of its answer.
    ///
    /// # Errors
    ///
    /// A sentence, if the service does not answer.
    pub async fn post(
        &self,
        path: &str,
        content_type: &str,
        target: Option<&str>,
        body: String,
    ) -> Result<(u16, String), String> {
        let answered = self.send(self.request(path, content_type, target, body)).await;
        let (status, body) = answered.map_err(|error| error.to_string())?;
        Ok((status.as_u16(), String::from_utf8_lossy(&body).into_owned()))
    }

    async fn send(
        &self,
        request: Result<Request<Full<Bytes>>, http::Error>,
    ) -> Result<(http::StatusCode, Bytes), ServiceError> {
        match timeout(LIMIT, self.exchange(request)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(ServiceError::Unreachable(error.to_string())),
            Err(_) => Err(ServiceError::Unreachable(format!("no answer within {} s", LIMIT.as_secs()))),
        }
    }

    async fn exchange(
        &self,
        request: Result<Request<Full<Bytes>>, http::Error>,
    ) -> Result<(http::StatusCode, Bytes), Box<dyn std::error::Error + Send + Sync>> {
        let request = request?;
        let stream = TcpStream::connect(self.address).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        driver.abort();
        Ok((status, body))
    }

    fn request(
        &self,
        path: &str,
        content_type: &str,
        target: Option<&str>,
        body: String,
    ) -> Result<Request<Full<Bytes>>, http::Error> {
        let Self { name, region, .. } = self;
        // Both services read the region and the access key of this header.
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=local/20260101/{region}/{name}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let mut request = Request::post(path)
            .header(header::HOST, self.address.to_string())
            .header(header::CONTENT_TYPE, content_type)
            .header(header::AUTHORIZATION, authorization);
        if let Some(target) = target {
            request = request.header("x-amz-target", target);
        }
        request.body(Full::from(body))
    }
}

fn refused(json: &Value, status: http::StatusCode) -> ServiceError {
    let kind = json["__type"].as_str().unwrap_or(status.as_str());
    let message = json["message"].as_str().or(json["Message"].as_str()).unwrap_or("no message");
    // The name comes after a namespace, such as `com.amazonaws.sqs#QueueDoesNotExist`.
    let kind = kind.rsplit('#').next().unwrap_or(kind);
    ServiceError::Refused { kind: kind.to_owned(), message: message.to_owned() }
}
