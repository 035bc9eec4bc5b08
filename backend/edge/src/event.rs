//! `ApiGatewayWebsocketProxyRequest` to [`GatewayEvent`].
//!
//! Which fields come with which event: "Input format of a Lambda function for proxy integration for
//! WebSocket APIs" (API Gateway developer guide, apigateway-websocket-api-integration-requests).

use aws_lambda_events::apigw::{
    ApiGatewayRequestAuthorizer, ApiGatewayWebsocketProxyRequest, ApiGatewayWebsocketProxyRequestContext,
};
use backend_core::authorize::{self, ContextError};
use backend_core::event::{Connect, Disconnect, Message};
use backend_core::ports::ConnectionId;
use backend_core::{GatewayEvent, Principal};
use http::header::SEC_WEBSOCKET_PROTOCOL;
use serde_json::Value;

/// What the gateway tells, checked.
///
/// # Errors
///
/// [`EventError`] if this is no event of a WebSocket API: a fault in the set-up, for the log.
pub fn event(request: ApiGatewayWebsocketProxyRequest) -> Result<GatewayEvent, EventError> {
    let context = &request.request_context;
    let connection = connection(context)?;
    match context.event_type.as_deref() {
        Some("CONNECT") => Ok(GatewayEvent::Connect(Connect {
            connection,
            principal: principal(&context.authorizer)?,
            protocols: protocols(&request),
        })),
        Some("MESSAGE") => Ok(GatewayEvent::Message(Message { connection, body: body(request)? })),
        Some("DISCONNECT") => Ok(GatewayEvent::Disconnect(Disconnect {
            connection,
            status_code: status_code(context),
            reason: context.disconnect_reason.clone().unwrap_or_default(),
        })),
        Some(other) => Err(EventError::Type { found: other.into() }),
        None => Err(EventError::Missing { field: "requestContext.eventType" }),
    }
}

/// Why an event is not the one expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// A field that the documentation promises is not there.
    #[error("the event has no {field}: is this function called by what it was made for?")]
    Missing {
        /// Which.
        field: &'static str,
    },
    /// An `eventType` that no WebSocket API sends.
    #[error("eventType {found:?} is none of CONNECT, MESSAGE, DISCONNECT")]
    Type {
        /// As it came.
        found: String,
    },
    /// A body in base64; API Gateway closes the connection on binary frames instead.
    #[error("the message is binary")]
    Binary,
    /// A body that says it is base64 and is not.
    #[error("the body is not base64, although isBase64Encoded says so")]
    NotBase64,
    /// Another shape than the documented one.
    #[error("the event cannot be read: {reason}")]
    Unreadable {
        /// In the parser's words.
        reason: String,
    },
    /// Another authorizer than ours is attached to `$connect`.
    #[error(transparent)]
    Authorizer(#[from] ContextError),
}

fn connection(context: &ApiGatewayWebsocketProxyRequestContext) -> Result<ConnectionId, EventError> {
    match context.connection_id.as_deref() {
        Some(id) if !id.is_empty() => Ok(ConnectionId::new(id)),
        Some(_) | None => Err(EventError::Missing { field: "requestContext.connectionId" }),
    }
}

/// `None` if no authorizer ran: then `requestContext.authorizer` is absent.
fn principal(authorizer: &ApiGatewayRequestAuthorizer) -> Result<Option<Principal>, EventError> {
    if authorizer.fields.is_empty() {
        return Ok(None);
    }
    let principal = authorize::from_context(|key| authorizer.fields.get(key).and_then(Value::as_str))?;
    Ok(Some(principal))
}

fn protocols(request: &ApiGatewayWebsocketProxyRequest) -> Vec<String> {
    // `headers` has one line of a header that came several times, `multiValueHeaders` has all.
    let headers = [&request.multi_value_headers, &request.headers];
    let with_protocols = headers.into_iter().find(|headers| headers.contains_key(SEC_WEBSOCKET_PROTOCOL));
    let lines = with_protocols.into_iter().flat_map(|headers| headers.get_all(SEC_WEBSOCKET_PROTOCOL));
    let texts = lines.filter_map(|line| line.to_str().ok());
    texts.flat_map(authorize::asked_protocols).collect()
}

fn body(request: ApiGatewayWebsocketProxyRequest) -> Result<String, EventError> {
    if request.is_base64_encoded {
        return Err(EventError::Binary);
    }
    request.body.ok_or(EventError::Missing { field: "body" })
}

fn status_code(context: &ApiGatewayWebsocketProxyRequestContext) -> u16 {
    context.disconnect_status_code.and_then(|code| u16::try_from(code).ok()).unwrap_or(NO_CLOSE_FRAME)
}

/// "Abnormal closure" (RFC 6455, section 7.1.5).
const NO_CLOSE_FRAME: u16 = 1006;
