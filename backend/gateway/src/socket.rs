//! The task of one WebSocket connection. It reads messages, invokes one function at a time, and writes the queued
//! frames.
//!
//! API Gateway guarantees no order among the messages of a connection. Here they are handled one after the other, which
//! is easier for functions, and which two other authors believe to be the behaviour of AWS. While a message is being
//! handled, the next few messages are read, so that pings are answered and the end of the connection is noticed. When
//! enough messages wait, the task stops reading, and TCP slows down the client.
//!
//! The task is a hand-written future, because a connection has to be cheap: between two polls it owns no buffer, and it
//! needs no timer.

use std::collections::VecDeque;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use bytes::Bytes;
use tokio::net::TcpStream;

use crate::answer;
use crate::close_status::CloseStatus;
use crate::connection::Connection;
use crate::event;
use crate::frame::{self, DecodeError, Decoder, Frame, Incoming};
use crate::functions::Functions;
use crate::id;
use crate::invoke::{self, Outcome};
use crate::observer::ObservedMessage;
use crate::outbox::Phase;
use crate::route::{DISCONNECT, Route};
use crate::state::GatewayState;

/// Size of the read buffer in bytes. The buffer is on the stack, so that idle connections need no memory for it.
const READ_BYTES: usize = 8 * 1024;
/// Maximum number of frames that are decoded before other tasks run. A client can send thousands of small frames at once, and their
/// messages may be handled without a pause.
const FRAMES_AT_ONCE: usize = 8;

/// Serves a connection until it has ended, and then delivers its `$disconnect` event. `unread` must be the bytes that
/// the client sent directly after the handshake and that were read together with it.
pub(crate) async fn serve<F: Functions>(
    state: Arc<GatewayState<F>>,
    connection: Arc<Connection>,
    unread: Bytes,
) {
    let status = Socket::new(state.clone(), connection.clone(), unread).await;
    if connection.is_frozen() {
        tokio::spawn(hold_frozen(connection.clone()));
    }
    // The future is boxed, so that the task of every connection does not reserve space for it.
    Box::pin(disconnect(&state, &connection, status)).await;
}

/// Delivers the `$disconnect` event of a connection, removes the connection from the registry, and then tells the
/// observer.
pub(crate) async fn disconnect<F: Functions>(
    state: &GatewayState<F>,
    connection: &Connection,
    status: CloseStatus,
) {
    let (code, reason) = (status.code, status.reason.clone());
    deliver_disconnect(state, connection, status).await;
    if let Some(observer) = state.connections.observer() {
        observer.end(&connection.caller.id, code, &reason);
    }
}

/// Delivers the `$disconnect` event of a connection, and then removes the connection from the registry. The observer is
/// not told, since it knows nothing of a connection whose handshake is refused.
pub(crate) async fn deliver_disconnect<F: Functions>(
    state: &GatewayState<F>,
    connection: &Connection,
    status: CloseStatus,
) {
    let GatewayState { api, functions, connections } = state;
    if api.routes.contains(DISCONNECT) && !connections.loses_disconnect(connection) {
        let event = Box::new(event::disconnect_event(api, &connection.caller, status, connections.moment()));
        let timeout = api.routes.get(DISCONNECT).unwrap_or_default().timeout(api.limits.integration);
        invoke::invoke(functions, event, timeout).await;
    }
    connections.remove(&connection.caller.id);
}

/// Keeps the socket of a frozen connection open until its client leaves, so that the client does not notice the end of
/// the connection.
async fn hold_frozen(connection: Arc<Connection>) {
    let Some(stream) = connection.stream() else { return };
    let mut buffer = [0; 1024];
    while stream.readable().await.is_ok() {
        match stream.try_read(&mut buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

struct Socket<F> {
    state: Arc<GatewayState<F>>,
    connection: Arc<Connection>,
    decoder: Decoder,
    /// Bytes that were read but not decoded yet, because the queue of undelivered messages was full.
    unread: Bytes,
    inbox: VecDeque<String>,
    inbox_bytes: usize,
    running: Option<Pin<Box<dyn Future<Output = Option<Frame>> + Send>>>,
    reading: Reading,
    shut_down: bool,
    /// Number of frames that may still be decoded in this poll.
    frames_left: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Messages,
    /// The client violated the protocol, so its bytes are read and discarded. If they stayed unread, closing the socket
    /// would send a TCP reset, which can destroy the close frame before the client has read it.
    Discarding,
    Ended,
}

impl<F: Functions> Future for Socket<F> {
    type Output = CloseStatus;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<CloseStatus> {
        let socket = &mut *self;
        socket.frames_left = FRAMES_AT_ONCE;
        loop {
            let progressed = socket.poll_running(context) | socket.poll_read(context);
            let flushed = socket.connection.poll_flush(context);
            let end = socket.end(flushed);
            if !progressed {
                if socket.frames_left == 0 {
                    // There may be more to decode, so this task is polled again after the others.
                    context.waker().wake_by_ref();
                }
                return end.filter(|_| socket.running.is_none()).map_or(Poll::Pending, Poll::Ready);
            }
        }
    }
}

impl<F: Functions> Socket<F> {
    fn new(state: Arc<GatewayState<F>>, connection: Arc<Connection>, unread: Bytes) -> Self {
        let limits = &state.api.limits;
        Self {
            decoder: Decoder::new(limits.frame_bytes, limits.message_bytes),
            state,
            connection,
            unread,
            inbox: VecDeque::new(),
            inbox_bytes: 0,
            running: None,
            reading: Reading::Messages,
            shut_down: false,
            frames_left: 0,
        }
    }

    /// Returns the close status when nothing is left to read or to write, and shuts the socket down. Returns `None`
    /// before that.
    fn end(&mut self, flushed: Poll<Phase>) -> Option<CloseStatus> {
        let Poll::Ready(phase) = flushed else { return None };
        match phase {
            Phase::Open => None,
            Phase::Closing { status, by_client, .. } if by_client || self.reading == Reading::Ended => {
                self.connection.shut_down(Shutdown::Both);
                Some(*status)
            }
            Phase::Closing { .. } => {
                if !std::mem::replace(&mut self.shut_down, true) {
                    self.connection.shut_down(Shutdown::Write);
                }
                None
            }
            Phase::Aborted { status } => {
                self.reading = Reading::Ended;
                self.connection.shut_down(Shutdown::Both);
                Some(*status)
            }
        }
    }

    /// Polls the running invocation, or begins the invocation for the next message. Returns true if this method has to
    /// be called again at once.
    fn poll_running(&mut self, context: &mut Context<'_>) -> bool {
        if let Some(running) = &mut self.running {
            let Poll::Ready(reply) = running.as_mut().poll(context) else { return false };
            self.running = None;
            if let Some(frame) = reply {
                self.reply(&frame);
            }
            return true;
        }
        let Some(body) = self.inbox.pop_front() else { return false };
        self.inbox_bytes -= body.len();
        if self.inbox.is_empty() {
            self.inbox = VecDeque::new();
        }
        self.begin(body);
        true
    }

    fn begin(&mut self, body: String) {
        let state = &self.state;
        let moment = state.connections.moment();
        let request_id = id::request_id(moment.now_ms, moment.random);
        let Some((route_key, route)) = state.api.routes.select(&state.api.route_selection, &body) else {
            let frame = service_frame("Forbidden", &self.connection, &request_id);
            if let Some(observer) = state.connections.observer() {
                observer.message(&ObservedMessage {
                    connection: &self.connection.caller.id,
                    request_id: &request_id,
                    text: &body,
                    event: None,
                    answer: Some(frame.payload()),
                    failed: true,
                    duration: Duration::ZERO,
                });
            }
            self.reply(&frame);
            return;
        };
        let event =
            Box::new(event::message_event(&state.api, &self.connection.caller, route_key, body, moment));
        let (state, connection) = (state.clone(), self.connection.clone());
        self.running =
            Some(Box::pin(async move { handle(&state, &connection, event, route, &request_id).await }));
    }

    fn reply(&self, frame: &Frame) {
        let connections = &self.state.connections;
        if let Err(error) = self.connection.post(frame, connections.limits(), connections.monotonic_ms()) {
            tracing::debug!(connection = %self.connection.caller.id, %error, "reply not delivered");
        }
    }

    /// Reads until the socket has no more bytes or the queue of undelivered messages is full. Returns true if anything
    /// was read or decoded.
    fn poll_read(&mut self, context: &mut Context<'_>) -> bool {
        let connection = self.connection.clone();
        let Some(stream) = connection.stream().filter(|_| !connection.is_frozen()) else { return false };
        let mut progressed = self.decode_unread();
        while self.wants_more() && stream.poll_read_ready(context).is_ready() {
            progressed |= self.read_once(stream);
        }
        progressed
    }

    fn wants_more(&self) -> bool {
        match self.reading {
            Reading::Messages => self.unread.is_empty() && self.frames_left > 0 && !self.inbox_is_full(),
            Reading::Discarding => true,
            Reading::Ended => false,
        }
    }

    /// Returns true if reading has to wait, because the maximum number of messages waits for the function, or because
    /// they have as many bytes as one message may have.
    fn inbox_is_full(&self) -> bool {
        let limits = &self.state.api.limits;
        self.inbox.len() >= limits.inbox_messages || self.inbox_bytes >= limits.message_bytes as usize
    }

    fn read_once(&mut self, stream: &TcpStream) -> bool {
        let mut buffer = [0; READ_BYTES];
        match stream.try_read(&mut buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return false,
            Ok(0) | Err(_) => self.stop(),
            Ok(_) if self.reading == Reading::Discarding => {}
            Ok(read) => self.decode(&buffer[..read]),
        }
        true
    }

    /// Ends reading. If neither side has sent a close frame, the connection has ended abnormally and is aborted.
    fn stop(&mut self) {
        self.reading = Reading::Ended;
        if self.connection.is_open() {
            self.connection.abort();
        }
    }

    fn decode_unread(&mut self) -> bool {
        if self.unread.is_empty() || self.frames_left == 0 || self.inbox_is_full() {
            return false;
        }
        let unread = std::mem::take(&mut self.unread);
        self.decode(&unread);
        true
    }

    fn decode(&mut self, mut input: &[u8]) {
        while self.reading == Reading::Messages {
            if self.frames_left == 0 || self.inbox_is_full() {
                self.unread = Bytes::copy_from_slice(input);
                return;
            }
            self.frames_left -= 1;
            match self.decoder.decode(&mut input) {
                Ok(Some(incoming)) => self.accept(incoming),
                Ok(None) => return,
                Err(error) => self.refuse(&error),
            }
        }
    }

    fn accept(&mut self, incoming: Incoming) {
        let connections = &self.state.connections;
        let now_ms = connections.monotonic_ms();
        match incoming {
            Incoming::Text(_) if !self.connection.is_open() => {}
            Incoming::Text(body) => {
                self.connection.mark_active(now_ms);
                self.inbox_bytes += body.len();
                self.inbox.push_back(body);
            }
            Incoming::Ping(payload) => {
                if self.state.api.client_ping_resets_idle {
                    self.connection.mark_active(now_ms);
                }
                self.connection.pong(frame::pong(&payload));
            }
            Incoming::Pong => {}
            Incoming::Close { code, reason } => {
                self.reading = Reading::Ended;
                self.connection.close(CloseStatus::from_client(code, reason), now_ms, true);
            }
        }
    }

    fn refuse(&mut self, error: &DecodeError) {
        self.reading = Reading::Discarding;
        let status = CloseStatus::new(error.close_code(), error.to_string());
        self.connection.close(status, self.state.connections.monotonic_ms(), false);
    }
}

/// Invokes the function of a message's route, and returns the frame that answers the message.
async fn handle<F: Functions>(
    state: &GatewayState<F>,
    connection: &Connection,
    event: Box<ApiGatewayWebsocketProxyRequest>,
    route: Route,
    request_id: &str,
) -> Option<Frame> {
    let GatewayState { api, functions, connections } = state;
    let began_ms = connections.monotonic_ms();
    let observed = connections.observer().map(|observer| (observer, event.clone()));
    let outcome = invoke::invoke(functions, event, route.timeout(api.limits.integration)).await;
    let reply = reply_to(outcome, route, api.limits.message_bytes as usize);
    let failed = reply.is_err();
    let frame = reply.unwrap_or_else(|message| Some(service_frame(message, connection, request_id)));
    if let Some((observer, event)) = observed {
        observer.message(&ObservedMessage {
            connection: &connection.caller.id,
            request_id,
            text: event.body.as_deref().unwrap_or_default(),
            event: Some(&event),
            answer: frame.as_ref().map(Frame::payload),
            failed,
            duration: Duration::from_millis(connections.monotonic_ms().saturating_sub(began_ms)),
        });
    }
    frame
}

/// Returns the frame that answers a message, or `None` if there is no answer. If the function failed, returns the text
/// of the gateway's error frame.
fn reply_to(outcome: Outcome, route: Route, limit_bytes: usize) -> Result<Option<Frame>, &'static str> {
    match outcome {
        Outcome::Returned(response) if route.two_way => answer_of(&response, limit_bytes).map(Some),
        Outcome::Returned(_) => Ok(None),
        Outcome::Failed => Err("Internal server error"),
        Outcome::TimedOut => Err("Endpoint request timed out"),
    }
}

/// Returns the frame with the body that the function of a two-way route returned. The status is ignored. Without a body, the
/// frame is empty, as a user of AWS has observed (serverless/serverless#6816).
fn answer_of(response: &ApiGatewayProxyResponse, limit_bytes: usize) -> Result<Frame, &'static str> {
    let body = response.body.as_deref().unwrap_or_default();
    match str::from_utf8(body) {
        Ok(text) if text.len() <= limit_bytes => Ok(Frame::text(text)),
        Ok(_) | Err(_) => Err("Internal server error"),
    }
}

/// Builds a text frame with a message of the gateway itself, such as an error.
fn service_frame(message: &str, connection: &Connection, request_id: &str) -> Frame {
    Frame::text(&answer::service_message(message, &connection.caller.id, request_id))
}
