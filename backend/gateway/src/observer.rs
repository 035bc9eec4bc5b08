//! Watches the traffic of a gateway, for logs and boards.

use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;

use crate::id::ConnectionId;
use crate::post_error::PostError;

/// Receives what happens in a gateway. The methods are called in the tasks of the connections and must not block, since
/// that would delay clients. By default they do nothing.
pub trait Observer: Send + Sync + 'static {
    /// Called when the answer to a handshake is known, also if the client has left and does not get it.
    fn handshake(&self, handshake: &ObservedHandshake<'_>) {
        let _ = handshake;
    }

    /// Called when a message of a client was handled.
    fn message(&self, message: &ObservedMessage<'_>) {
        let _ = message;
    }

    /// Called when a function has posted to a connection, with its text and the result.
    fn post(&self, connection: &ConnectionId, text: &str, result: Result<(), PostError>) {
        let _ = (connection, text, result);
    }

    /// Called when a connection has ended, with the code and the reason that its DISCONNECT event has. The method
    /// [`handshake`](Self::handshake) was called for it before, with the status 101.
    fn end(&self, connection: &ConnectionId, code: u16, reason: &str) {
        let _ = (connection, code, reason);
    }
}

/// A handshake whose answer is known.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ObservedHandshake<'a> {
    /// Id of the connection, also if the handshake was refused.
    pub connection: &'a ConnectionId,
    /// Id of the request, which its events have.
    pub request_id: &'a str,
    /// HTTP status of the answer. 101 means that the connection is open.
    pub status: u16,
    /// Time from the request to the answer, with the authorizer and `$connect`.
    pub duration: Duration,
}

/// A message of a client that was handled.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ObservedMessage<'a> {
    /// Id of the connection.
    pub connection: &'a ConnectionId,
    /// Id of the request, which the event and error frames have.
    pub request_id: &'a str,
    /// Text of the message.
    pub text: &'a str,
    /// The event that the function of the route got. `None` if the message selects no route.
    pub event: Option<&'a ApiGatewayWebsocketProxyRequest>,
    /// Text of the frame that the gateway answered with: the body of a two-way route, or an error.
    pub answer: Option<&'a str>,
    /// True if the function failed or timed out, or there is no route.
    pub failed: bool,
    /// Time from the message to the end of its function.
    pub duration: Duration,
}
