//! Converts an event of API Gateway's WebSocket API (`ApiGatewayWebsocketProxyRequest`) to the service's
//! [`GatewayEvent`].
//!
//! The fields of each event are documented in "Input format of a Lambda function for proxy integration for WebSocket
//! APIs" (API Gateway developer guide, apigateway-websocket-api-integration-requests).

use aws_lambda_events::apigw::{
    ApiGatewayRequestAuthorizer, ApiGatewayWebsocketProxyRequest, ApiGatewayWebsocketProxyRequestContext,
};
use backend_core::authorize::{self, ContextError};
use backend_core::event::{Connect, Disconnect, Message, Sender};
use backend_core::ports::ConnectionId;
use backend_core::{GatewayEvent, Principal};
use http::header::SEC_WEBSOCKET_PROTOCOL;
use serde_json::Value;

/// Checks and converts an event of a WebSocket API.
///
/// # Errors
///
/// [`EventError`] if the request is not an event of a WebSocket API. The cause is a mistake in the deployment, so the
/// error should be logged.
pub fn event(request: ApiGatewayWebsocketProxyRequest) -> Result<GatewayEvent, EventError> {
    let context = &request.request_context;
    let connection = connection(context)?;
    match context.event_type.as_deref() {
        Some("CONNECT") => Ok(GatewayEvent::Connect(Connect {
            connection,
            principal: principal(&context.authorizer)?,
            protocols: protocols(&request),
        })),
        Some("MESSAGE") => {
            let sender = sender(context);
            Ok(GatewayEvent::Message(Message { connection, sender, body: body(request)? }))
        }
        Some("DISCONNECT") => Ok(GatewayEvent::Disconnect(Disconnect {
            connection,
            status_code: status_code(context),
            reason: context.disconnect_reason.clone().unwrap_or_default(),
        })),
        Some(other) => Err(EventError::Type { found: other.into() }),
        None => Err(EventError::Missing { field: "requestContext.eventType" }),
    }
}

/// The reason why an event of API Gateway or Lambda cannot be converted: it does not have the documented form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The event lacks a documented field.
    #[error(
        "the event has no field {field}: this function must be called by API Gateway or by its function URL"
    )]
    Missing {
        /// Name of the missing field.
        field: &'static str,
    },
    /// The field `eventType` has an undocumented value.
    #[error(
        "eventType is {found:?}, but must be CONNECT, MESSAGE or DISCONNECT: call this function from a WebSocket API"
    )]
    Type {
        /// The value of the field.
        found: String,
    },
    /// The message is binary. API Gateway itself closes a connection that sends a binary message, so that its events
    /// never contain one.
    #[error("binary messages are not accepted: send a WebSocket text message")]
    Binary,
    /// The body is marked as base64 but is not valid base64.
    #[error(
        "isBase64Encoded is true, but the body is not valid base64: encode the body, or set isBase64Encoded to false"
    )]
    NotBase64,
    /// The event cannot be parsed as JSON of the expected type.
    #[error("the event is not JSON of the documented form: {reason}")]
    Unreadable {
        /// The parser's error message.
        reason: String,
    },
    /// The authorizer's context in the event was not written by [`authorize`](crate::authorize). The cause is that
    /// another authorizer is attached to `$connect`.
    #[error(transparent)]
    Authorizer(#[from] ContextError),
}

fn connection(context: &ApiGatewayWebsocketProxyRequestContext) -> Result<ConnectionId, EventError> {
    match context.connection_id.as_deref() {
        Some(id) if !id.is_empty() => Ok(ConnectionId::new(id)),
        Some(_) | None => Err(EventError::Missing { field: "requestContext.connectionId" }),
    }
}

/// Reads the authenticated client from the context that the authorizer wrote. Returns `None` if no authorizer ran.
fn principal(authorizer: &ApiGatewayRequestAuthorizer) -> Result<Option<Principal>, EventError> {
    if authorizer.fields.is_empty() {
        return Ok(None);
    }
    let principal = authorize::from_context(|key| authorizer.fields.get(key).and_then(Value::as_str))?;
    Ok(Some(principal))
}

/// Returns the address of a message's sender and the expiry of its token. If the authorizer's context cannot be read,
/// the expiry is left out, and this is no error, because `$connect` has already refused such a context.
fn sender(context: &ApiGatewayWebsocketProxyRequestContext) -> Sender {
    let peer = context.identity.source_ip.as_deref().and_then(|address| address.parse().ok());
    let principal = principal(&context.authorizer).ok().flatten();
    Sender { peer, token_ends_at: principal.and_then(|principal| principal.expires_at) }
}

fn protocols(request: &ApiGatewayWebsocketProxyRequest) -> Vec<String> {
    // If a header was sent several times, `headers` contains only one of its lines and `multiValueHeaders` contains all
    // of them.
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

/// Close code of a connection that ended without a close frame (RFC 6455, section 7.1.5).
const NO_CLOSE_FRAME: u16 = 1006;
