//! The reasons for refusing a WebSocket handshake, and their HTTP answers.

use http::{HeaderValue, Response, StatusCode, header};

use crate::answer::{self, Body};
use crate::chaos::HttpError;
use crate::id::ConnectionId;

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
    /// Builds the HTTP answer to a refused handshake that has no connection id.
    pub(crate) fn answer(self) -> Response<Body> {
        let mut response = answer::error(self.status(), self.error_type(), self.message());
        if self == Self::NotAWebSocket {
            let headers = response.headers_mut();
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        response
    }

    /// Builds the HTTP answer to a refused handshake. Its body has the form of the gateway's error frames, as users of AWS
    /// have observed it.
    pub(crate) fn answer_to(self, connection: &ConnectionId, request_id: &str) -> Response<Body> {
        let body = answer::service_message(self.message(), connection, request_id);
        answer::error_with(self.status(), self.error_type(), body)
    }

    /// Returns the text of the answer. AWS does not document it, so that most texts are our own. Browsers do not show it.
    fn message(self) -> &'static str {
        match self {
            Self::NotAWebSocket => "This path answers WebSocket handshakes of version 13 over HTTP/1.1",
            Self::MalformedKey => "Sec-WebSocket-Key is not 16 bytes of base64",
            Self::HasBody => "A WebSocket handshake has no body",
            Self::CannotUpgrade => {
                "This server cannot upgrade connections: serve the gateway with apigw_websocket::serve"
            }
            // The texts that API Gateway sends with 502 and 504 in place of those of HTTP.
            Self::ConnectFailed => "Internal server error",
            Self::ConnectTimedOut => "Endpoint request timed out",
            _ => self.status().canonical_reason().unwrap_or("Refused"),
        }
    }

    /// Returns the HTTP status of the answer.
    pub(crate) fn status(self) -> StatusCode {
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
            Self::Forbidden => "ForbiddenException",
            Self::ByConnect(status) => error_type_of(status),
            Self::CannotUpgrade
            | Self::ShuttingDown
            | Self::InjectedFault(_)
            | Self::AuthorizerFailed
            | Self::ConnectFailed
            | Self::ConnectTimedOut => "InternalServerErrorException",
        }
    }
}

/// Returns the error type for a status that `$connect` returned.
fn error_type_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "UnauthorizedException",
        403 => "ForbiddenException",
        404 => "NotFoundException",
        410 => "GoneException",
        413 => "PayloadTooLargeException",
        429 => "LimitExceededException",
        300..=499 => "BadRequestException",
        _ => "InternalServerErrorException",
    }
}
