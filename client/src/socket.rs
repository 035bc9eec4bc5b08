//! One WebSocket, run by a task of its own. Received messages go into a bounded channel, so a slow reader slows down
//! only its own socket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http::header::RETRY_AFTER;
use shared::handshake::{GATEWAY_ERROR_HEADER, REFUSED_HEADER};
use tickertape_session::constants::{CLOSE_MS, REPLY_MS};
use tickertape_session::{Refusal, SocketId};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::wire::Wire;
use crate::{ConnectError, Target};

/// Maximum time to wait until the peer closes a connection that this side has closed. The session does not wait longer either.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(CLOSE_MS);
/// Maximum time to wait until the peer accepts a message. The session considers its requests lost after that time.
const SEND_TIMEOUT: Duration = Duration::from_millis(REPLY_MS);

/// WebSocket of a client, over TCP or TLS.
pub(crate) type Stream = WebSocketStream<Wire>;

/// An event that the task of a socket reports.
#[derive(Debug)]
pub(crate) enum SocketEvent {
    /// The WebSocket handshake succeeded.
    Opened,
    /// The socket could not be opened, for this reason.
    Refused(ConnectError),
    /// The socket was closed on request before it was open.
    Abandoned,
    /// A text message arrived.
    Message(String),
    /// The socket was closed, with this close code and reason. The code is 1006 if the connection broke.
    Closed(u16, String),
}

/// A command to the task that runs a socket.
#[derive(Debug)]
pub(crate) enum SocketCommand {
    /// Send a text message.
    Send(String),
    /// Close the socket.
    Close,
}

/// Opens a WebSocket and runs it until it is closed, or until the receiver of its events is dropped.
pub(crate) async fn run(
    socket: SocketId,
    target: Target,
    protocols: Vec<String>,
    mut commands: mpsc::UnboundedReceiver<SocketCommand>,
    events: mpsc::Sender<(SocketId, SocketEvent)>,
) {
    let opened = tokio::select! {
        opened = open(&target, &protocols) => Some(opened),
        () = closed(&mut commands) => None,
    };
    let end = match opened {
        None => SocketEvent::Abandoned,
        Some(Err(error)) => SocketEvent::Refused(error),
        Some(Ok(stream)) => {
            if events.send((socket, SocketEvent::Opened)).await.is_err() {
                return;
            }
            converse(socket, stream, commands, &events).await
        }
    };
    // The receiver may have been dropped; then nobody needs the event.
    let _ = events.send((socket, end)).await;
}

/// Opens a WebSocket and offers these sub-protocols.
///
/// # Errors
///
/// [`ConnectError`], with the HTTP status if there was one.
pub(crate) async fn open(target: &Target, protocols: &[String]) -> Result<Stream, ConnectError> {
    let request = target.request(protocols).ok_or(ConnectError::InvalidToken)?;
    let wire = target.connect().await?;
    let config = WebSocketConfig::default().read_buffer_size(16 * 1024);
    match client_async_with_config(request, wire, Some(config)).await {
        Ok((stream, _)) => Ok(stream),
        Err(error) => Err(connect_error(&error)),
    }
}

fn connect_error(error: &Error) -> ConnectError {
    match error {
        Error::Http(response) => ConnectError::Refused(refusal(response)),
        Error::Protocol(ProtocolError::HttparseError(_)) => ConnectError::NotHttp,
        _ => ConnectError::Closed,
    }
}

fn refusal<T>(response: &http::Response<T>) -> Refusal {
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Refusal {
        status: Some(response.status().as_u16()),
        retry_after_ms: seconds.map(|seconds: u64| seconds.saturating_mul(1_000)),
        is_from_server: [REFUSED_HEADER, GATEWAY_ERROR_HEADER]
            .iter()
            .any(|name| response.headers().contains_key(*name)),
    }
}

/// Waits until the command [`SocketCommand::Close`] arrives or the sender of the commands is dropped. Other commands
/// are ignored.
async fn closed(commands: &mut mpsc::UnboundedReceiver<SocketCommand>) {
    while let Some(SocketCommand::Send(_)) = commands.recv().await {}
}

/// Runs an open socket until it ends. Returns the event that describes the end.
async fn converse(
    socket: SocketId,
    stream: Stream,
    mut commands: mpsc::UnboundedReceiver<SocketCommand>,
    events: &mpsc::Sender<(SocketId, SocketEvent)>,
) -> SocketEvent {
    let (mut sink, mut source) = stream.split();
    loop {
        let command = tokio::select! {
            command = commands.recv() => command,
            message = source.next() => match read(message) {
                Ok(None) => continue,
                Ok(Some(text)) => {
                    if events.send((socket, SocketEvent::Message(text))).await.is_err() {
                        None
                    } else {
                        continue;
                    }
                }
                Err(end) => return end,
            },
        };
        let sent = match command {
            Some(SocketCommand::Send(text)) => timeout(SEND_TIMEOUT, sink.send(Message::text(text))).await,
            Some(SocketCommand::Close) | None => return close(sink, source).await,
        };
        if !matches!(sent, Ok(Ok(()))) {
            return broken();
        }
    }
}

type Sink = futures_util::stream::SplitSink<Stream, Message>;
type Source = futures_util::stream::SplitStream<Stream>;

/// Closes an open socket. A peer that does not answer is not waited for longer than [`CLOSE_TIMEOUT`]. Returns the event that describes
/// the end.
async fn close(mut sink: Sink, mut source: Source) -> SocketEvent {
    let closing = async {
        let _ = sink.send(Message::Close(None)).await;
        drain(&mut source).await
    };
    timeout(CLOSE_TIMEOUT, closing).await.unwrap_or_else(|_| broken())
}

/// Waits until the peer closes the connection, after this side has sent its close frame. Other messages are ignored.
/// Returns the event that describes the end.
async fn drain(source: &mut Source) -> SocketEvent {
    loop {
        if let Err(end) = read(source.next().await) {
            return end;
        }
    }
}

/// Returns the text of a received message, or `None` for other messages, such as pings. If the socket has ended,
/// returns the event that describes the end as an error.
fn read(message: Option<Result<Message, Error>>) -> Result<Option<String>, SocketEvent> {
    match message {
        Some(Ok(Message::Text(text))) => Ok(Some(text.as_str().to_owned())),
        Some(Ok(Message::Close(frame))) => Err(frame.map_or_else(broken, |frame| {
            SocketEvent::Closed(u16::from(frame.code), frame.reason.as_str().to_owned())
        })),
        Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(None),
        Some(Err(_)) | None => Err(broken()),
    }
}

/// Returns the event for a connection that ended without a close frame. Its code is 1006, as in browsers.
fn broken() -> SocketEvent {
    SocketEvent::Closed(tungstenite::protocol::frame::coding::CloseCode::Abnormal.into(), String::new())
}
