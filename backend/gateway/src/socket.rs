//! One connection's own task: it reads, invokes one function at a time, and writes what posters could not.
//!
//! API Gateway promises no order among the messages of one connection. Here they are handled one after the other,
//! which is the friendlier choice and the one two other authors believe to be AWS's; while one is handled, the next few
//! are read (so that pings are answered and a close is noticed) and then reading stops, which slows the client down.
//!
//! The task is a hand-written future: between polls it owns no buffer, and it needs no timer.

use std::collections::VecDeque;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use bytes::Bytes;
use tokio::net::TcpStream;

use crate::connection::Connection;
use crate::event::{self, End};
use crate::frame::{self, DecodeError, Decoder, Incoming};
use crate::gateway::Shared;
use crate::invoke::{self, Outcome};
use crate::outbox::Stage;
use crate::route::{DISCONNECT, Route};
use crate::{Frame, Functions};

/// As much as is read at once, on the stack.
const READ_BYTES: usize = 8 * 1024;

/// Serves a connection until it has ended, and tells its functions.
pub(crate) async fn serve<F: Functions>(shared: Arc<Shared<F>>, connection: Arc<Connection>, unread: Bytes) {
    let end = Socket::new(shared.clone(), connection.clone(), unread).await;
    if connection.is_frozen() {
        tokio::spawn(keep_mute(connection.clone()));
    }
    Box::pin(disconnect(shared, connection, end)).await;
}

/// Delivers a connection's `$disconnect`, then forgets it.
pub(crate) async fn disconnect<F: Functions>(shared: Arc<Shared<F>>, connection: Arc<Connection>, end: End) {
    let Shared { api, functions, connections } = &*shared;
    if api.routes.contains(DISCONNECT) && !connections.loses_disconnect(&connection) {
        let event = event::disconnect_event(api, &connection.caller, end, connections.moment());
        invoke::invoke(functions, event, api.limits.integration).await;
    }
    connections.remove(&connection.caller.id);
}

/// Holds a frozen socket until its client leaves, so that the connection's end is not told to it.
async fn keep_mute(connection: Arc<Connection>) {
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
    shared: Arc<Shared<F>>,
    connection: Arc<Connection>,
    decoder: Decoder,
    /// Read, but not decoded, because the inbox was full.
    unread: Bytes,
    inbox: VecDeque<String>,
    inbox_bytes: usize,
    running: Option<Pin<Box<dyn Future<Output = Option<Frame>> + Send>>>,
    reading: Reading,
    shut_down: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Messages,
    /// After an error of the client: nothing it sends can be understood, but unless it is read, the socket's end
    /// would destroy our close frame on its way.
    Discarding,
    Ended,
}

impl<F: Functions> Future for Socket<F> {
    type Output = End;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<End> {
        let socket = &mut *self;
        loop {
            let progressed = socket.poll_running(context) | socket.poll_read(context);
            let flushed = socket.connection.poll_flush(context);
            let end = socket.end(flushed);
            if !progressed {
                return end.filter(|_| socket.running.is_none()).map_or(Poll::Pending, Poll::Ready);
            }
        }
    }
}

impl<F: Functions> Socket<F> {
    fn new(shared: Arc<Shared<F>>, connection: Arc<Connection>, unread: Bytes) -> Self {
        let limits = &shared.api.limits;
        Self {
            decoder: Decoder::new(limits.frame_bytes, limits.message_bytes),
            shared,
            connection,
            unread,
            inbox: VecDeque::new(),
            inbox_bytes: 0,
            running: None,
            reading: Reading::Messages,
            shut_down: false,
        }
    }

    /// How the connection ended, once nothing more goes over the wire; the socket is then shut down.
    fn end(&mut self, flushed: Poll<Stage>) -> Option<End> {
        let Poll::Ready(stage) = flushed else { return None };
        match stage {
            Stage::Open => None,
            Stage::Closing { end, by_client, .. } if by_client || self.reading == Reading::Ended => {
                self.connection.shut_down(Shutdown::Both);
                Some(*end)
            }
            Stage::Closing { .. } => {
                if !std::mem::replace(&mut self.shut_down, true) {
                    self.connection.shut_down(Shutdown::Write);
                }
                None
            }
            Stage::Cut { end } => {
                self.reading = Reading::Ended;
                self.connection.shut_down(Shutdown::Both);
                Some(*end)
            }
        }
    }

    /// Goes on with the invocation, or begins the next; true if there is more to do at once.
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
        let shared = &self.shared;
        let moment = shared.connections.moment();
        let Some((route_key, route)) = shared.api.routes.select(&shared.api.route_selection, &body) else {
            let request_id = crate::id::request_id(moment.now_ms, moment.random);
            let frame = service_frame("Forbidden", &self.connection, &request_id);
            self.reply(&frame);
            return;
        };
        let event = event::message_event(&shared.api, &self.connection.caller, route_key, body, moment);
        let request_id = event.request_context.request_id.clone().unwrap_or_default();
        let (shared, connection) = (shared.clone(), self.connection.clone());
        self.running = Some(Box::pin(async move {
            let limits = &shared.api.limits;
            let outcome = invoke::invoke(&shared.functions, event, limits.integration).await;
            reply_to(outcome, route, limits.message_bytes as usize)
                .unwrap_or_else(|message| Some(service_frame(message, &connection, &request_id)))
        }));
    }

    fn reply(&self, frame: &Frame) {
        let connections = &self.shared.connections;
        if let Err(error) = self.connection.post(frame, connections.limits(), connections.monotonic_ms()) {
            tracing::debug!(connection = %self.connection.caller.id, %error, "reply not delivered");
        }
    }

    /// Reads what there is; true if that gave something to do.
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
            Reading::Messages => self.unread.is_empty() && !self.inbox_is_full(),
            Reading::Discarding => true,
            Reading::Ended => false,
        }
    }

    /// Whether reading has to wait: many messages, or as many bytes as one message may have.
    fn inbox_is_full(&self) -> bool {
        let limits = &self.shared.api.limits;
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

    /// The client's side is over: with a close frame if there was one, else abnormally.
    fn stop(&mut self) {
        self.reading = Reading::Ended;
        if self.connection.is_open() {
            self.connection.cut();
        }
    }

    fn decode_unread(&mut self) -> bool {
        if self.unread.is_empty() || self.inbox_is_full() {
            return false;
        }
        let unread = std::mem::take(&mut self.unread);
        self.decode(&unread);
        true
    }

    fn decode(&mut self, mut input: &[u8]) {
        while self.reading == Reading::Messages {
            if self.inbox_is_full() {
                self.unread = Bytes::copy_from_slice(input);
                return;
            }
            match self.decoder.decode(&mut input) {
                Ok(Some(incoming)) => self.accept(incoming),
                Ok(None) => return,
                Err(error) => self.refuse(&error),
            }
        }
    }

    fn accept(&mut self, incoming: Incoming) {
        let connections = &self.shared.connections;
        let now_ms = connections.monotonic_ms();
        match incoming {
            Incoming::Text(_) if !self.connection.is_open() => {}
            Incoming::Text(body) => {
                self.connection.touch(now_ms);
                self.inbox_bytes += body.len();
                self.inbox.push_back(body);
            }
            Incoming::Ping(payload) => {
                if self.shared.api.client_ping_resets_idle {
                    self.connection.touch(now_ms);
                }
                self.connection.pong(frame::pong(&payload));
            }
            Incoming::Pong => {}
            Incoming::Close { code, reason } => {
                self.reading = Reading::Ended;
                self.connection.close(End::by_client(code, reason), now_ms, true);
            }
        }
    }

    fn refuse(&mut self, error: &DecodeError) {
        self.reading = Reading::Discarding;
        let end = End::new(error.close_code(), error.to_string());
        self.connection.close(end, self.shared.connections.monotonic_ms(), false);
    }
}

/// What a client is told about its message: nothing, a two-way route's answer, or that something went wrong.
fn reply_to(outcome: Outcome, route: Route, limit_bytes: usize) -> Result<Option<Frame>, &'static str> {
    match outcome {
        Outcome::Returned(response) if route.two_way => answer(&response, limit_bytes),
        Outcome::Returned(_) => Ok(None),
        Outcome::Failed => Err("Internal server error"),
        Outcome::TimedOut => Err("Endpoint request timed out"),
    }
}

/// A two-way route's answer is the returned body, whatever the status; no body is no answer.
fn answer(response: &ApiGatewayProxyResponse, limit_bytes: usize) -> Result<Option<Frame>, &'static str> {
    let body = response.body.as_deref().unwrap_or_default();
    match str::from_utf8(body) {
        Ok("") => Ok(None),
        Ok(text) if text.len() <= limit_bytes => Ok(Some(Frame::text(text))),
        Ok(_) | Err(_) => Err("Internal server error"),
    }
}

/// A frame the gateway itself sends, with AWS's spaces: one after the first colon and after commas.
fn service_frame(message: &str, connection: &Connection, request_id: &str) -> Frame {
    let id = &connection.caller.id;
    Frame::text(&format!(r#"{{"message": "{message}", "connectionId":"{id}", "requestId":"{request_id}"}}"#))
}
