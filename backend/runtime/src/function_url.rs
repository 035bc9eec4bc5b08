//! Function URLs: HTTP requests as events of payload format 2.0, and answers back ("Invoking Lambda function URLs").

mod answer;
mod event;

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};

use crate::{Host, InvokeError};

/// The address of one function.
#[derive(Clone)]
pub struct FunctionUrl {
    host: Host,
    function: String,
}

/// A request, read to its end.
#[derive(Clone, Debug)]
pub struct UrlRequest {
    /// GET, POST, …
    pub method: Method,
    /// Path and query, as they came.
    pub uri: Uri,
    /// As they came.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// Who asks.
    pub source_ip: IpAddr,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlResponse {
    /// The function's, or 413, 429, 502.
    pub status: StatusCode,
    /// The function's, cookies among them.
    pub headers: HeaderMap,
    /// Decoded, if it was in base64.
    pub body: Bytes,
}

impl FunctionUrl {
    /// Of this function.
    pub fn new(host: Host, function: impl Into<String>) -> Self {
        Self { host, function: function.into() }
    }

    /// Asks the function. One that fails, or whose answer is none, is 502, as on Lambda; why is in the log.
    pub async fn answer(&self, request: &UrlRequest) -> UrlResponse {
        let event = event::of(request, &event::Moment::now());
        match self.host.invoke(&self.function, event.to_string().into()).await {
            Ok(answer) => answer::read(&answer).unwrap_or_else(|| fault(StatusCode::BAD_GATEWAY)),
            Err(InvokeError::Throttled { .. }) => fault(StatusCode::TOO_MANY_REQUESTS),
            Err(InvokeError::TooLarge { .. }) => fault(StatusCode::PAYLOAD_TOO_LARGE),
            Err(InvokeError::NotFound { .. }) => fault(StatusCode::NOT_FOUND),
            Err(InvokeError::Function(_)) => fault(StatusCode::BAD_GATEWAY),
        }
    }
}

fn fault(status: StatusCode) -> UrlResponse {
    let words = match status {
        StatusCode::BAD_GATEWAY => "Internal Server Error",
        other => other.canonical_reason().unwrap_or_default(),
    };
    UrlResponse { status, headers: HeaderMap::new(), body: words.into() }
}
