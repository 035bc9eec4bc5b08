//! The reasons for refusing a WebSocket handshake, and their HTTP answers.

use http::{HeaderValue, Response, StatusCode, header};

use crate::answer::{self, Body};
use crate::chaos::HttpError;

/// The reason why a WebSocket handshake is not answered with 101.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotAWebSocket,
    MalformedKey,
    HasBody,
    CannotUpgrade,
    UrlTooLong,
    TooManyRequests,
    ShuttingDown,
    InjectedFault(HttpError),
    Unauthorized,
    Forbidden,
    AuthorizerFailed,
    ByConnect(StatusCode),
    ConnectFailed,
    ConnectTimedOut,
}

impl Refusal {
    /// Builds the HTTP answer to a refused handshake. AWS does not document the text of its body, so this text is our
    /// own. Browsers do not show it.
    pub(crate) fn answer(self) -> Response<Body> {
        let status = self.status();
        let message = match self {
            Self::NotAWebSocket => "This path answers WebSocket handshakes of version 13 over HTTP/1.1",
            Self::MalformedKey => "Sec-WebSocket-Key is not 16 bytes of base64",
            Self::HasBody => "A WebSocket handshake has no body",
            Self::CannotUpgrade => {
                "This server cannot upgrade connections: serve the gateway with apigw_websocket::serve"
            }
            _ => status.canonical_reason().unwrap_or("Refused"),
        };
        let mut response = answer::error(status, self.error_type(), message);
        if self == Self::NotAWebSocket {
            let headers = response.headers_mut();
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        response
    }

    fn status(self) -> StatusCode {
        match self {
            Self::NotAWebSocket => StatusCode::UPGRADE_REQUIRED,
            Self::MalformedKey | Self::HasBody => StatusCode::BAD_REQUEST,
            Self::CannotUpgrade => StatusCode::NOT_IMPLEMENTED,
            Self::UrlTooLong => StatusCode::URI_TOO_LONG,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::AuthorizerFailed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::InjectedFault(error) => error.status(),
            Self::ByConnect(status) => status,
            Self::ConnectFailed => StatusCode::BAD_GATEWAY,
            Self::ConnectTimedOut => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    fn error_type(self) -> &'static str {
        match self {
            Self::NotAWebSocket | Self::MalformedKey | Self::HasBody | Self::UrlTooLong => {
                "BadRequestException"
            }
            Self::TooManyRequests => "LimitExceededException",
            Self::Unauthorized => "UnauthorizedException",
            Self::Forbidden | Self::ByConnect(_) => "ForbiddenException",
            Self::CannotUpgrade
            | Self::ShuttingDown
            | Self::InjectedFault(_)
            | Self::AuthorizerFailed
            | Self::ConnectFailed
            | Self::ConnectTimedOut => "InternalServerErrorException",
        }
    }
}
