//! Function URLs: convert HTTP requests to events of payload format 2.0, and a function's answers to HTTP ("Invoking
//! Lambda function URLs").

mod answer;
mod event;
mod exchange;

pub use exchange::{UrlRequest, UrlResponse};

use http::{HeaderMap, StatusCode};

use crate::function_error::InvokeError;
use crate::host::Host;

/// The function URL of one function.
#[derive(Clone)]
pub struct FunctionUrl {
    host: Host,
    function: String,
}

impl FunctionUrl {
    /// Creates the URL of the function with this name.
    pub fn new(host: Host, function: impl Into<String>) -> Self {
        Self { host, function: function.into() }
    }

    /// Invokes the function with this request and returns its answer. If the function fails or returns an invalid
    /// answer, the status is 502, as on Lambda, and the host's log contains the error.
    pub async fn answer(&self, request: &UrlRequest) -> UrlResponse {
        let event = event::from_request(request, &event::Moment::now());
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
    let text = match status {
        StatusCode::BAD_GATEWAY => "Internal Server Error",
        other => other.canonical_reason().unwrap_or_default(),
    };
    UrlResponse { status, headers: HeaderMap::new(), body: text.into() }
}
