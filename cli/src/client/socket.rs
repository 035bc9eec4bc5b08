//! One WebSocket, as a task: what comes goes into a bounded channel, so a reader that is slow slows the socket
//! and nothing else.

use futures_util::{SinkExt, StreamExt};
use http::header::RETRY_AFTER;
use tickertape_session::{Refusal, SocketId};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::Target;
use super::fault::Fault;
use super::wire::Wire;

/// A WebSocket of a client.
pub type Stream = WebSocketStream<Wire>;

/// What happened to a socket.
#[derive(Debug)]
pub enum Happening {
    /// It is open.
    Opened,
    /// It was not let in, or nobody answered.
    Refused(Fault),
    /// A text message came.
    Message(String),
    /// It is closed; 1006 if it broke.
    Closed(u16, String),
}

/// What to do with a socket.
#[derive(Debug)]
pub enum Order {
    /// Send a text message.
    Send(String),
    /// Close it.
    Close,
}

/// Opens a socket and lives with it until it is closed or nobody listens any more.
pub async fn live(
    socket: SocketId,
    target: Target,
    protocols: Vec<String>,
    mut orders: mpsc::UnboundedReceiver<Order>,
    happenings: mpsc::Sender<(SocketId, Happening)>,
) {
    let opened = tokio::select! {
        opened = open(&target, &protocols) => opened,
        () = closed(&mut orders) => return,
    };
    let end = match opened {
        Err(fault) => Happening::Refused(fault),
        Ok(stream) => {
            if happenings.send((socket, Happening::Opened)).await.is_err() {
                return;
            }
            converse(socket, stream, orders, &happenings).await
        }
    };
    // If nobody listens any more, nobody needs to know.
    let _ = happenings.send((socket, end)).await;
}

/// Opens a socket.
///
/// # Errors
///
/// [`Fault`], with the HTTP status if there was one.
pub async fn open(target: &Target, protocols: &[String]) -> Result<Stream, Fault> {
    let request = target.request(protocols).ok_or(Fault::BadToken)?;
    let wire = target.call().await?;
    let config = WebSocketConfig::default().read_buffer_size(16 * 1024);
    match client_async_with_config(request, wire, Some(config)).await {
        Ok((stream, _)) => Ok(stream),
        Err(error) => Err(fault(&error)),
    }
}

fn fault(error: &Error) -> Fault {
    match error {
        Error::Http(response) => Fault::Refused(refusal(response)),
        Error::Protocol(ProtocolError::HttparseError(_)) => Fault::NotHttp,
        _ => Fault::Broken,
    }
}

fn refusal<T>(response: &http::Response<T>) -> Refusal {
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Refusal {
        status: Some(response.status().as_u16()),
        retry_after_ms: seconds.map(|seconds: u64| seconds.saturating_mul(1_000)),
    }
}

/// Waits for the order to close, or for the end of orders.
async fn closed(orders: &mut mpsc::UnboundedReceiver<Order>) {
    while let Some(Order::Send(_)) = orders.recv().await {}
}

/// Answers with how it ended.
async fn converse(
    socket: SocketId,
    stream: Stream,
    mut orders: mpsc::UnboundedReceiver<Order>,
    happenings: &mpsc::Sender<(SocketId, Happening)>,
) -> Happening {
    let (mut sink, mut source) = stream.split();
    loop {
        let order = tokio::select! {
            order = orders.recv() => order,
            message = source.next() => match read(message) {
                Ok(None) => continue,
                Ok(Some(text)) => {
                    if happenings.send((socket, Happening::Message(text))).await.is_err() {
                        None
                    } else {
                        continue;
                    }
                }
                Err(end) => return end,
            },
        };
        let sent = match order {
            Some(Order::Send(text)) => sink.send(Message::text(text)).await,
            Some(Order::Close) | None => {
                let _ = sink.send(Message::Close(None)).await;
                return drain(&mut source).await;
            }
        };
        if sent.is_err() {
            return broken();
        }
    }
}

type Source = futures_util::stream::SplitStream<Stream>;

/// What the peer still says after we closed is not heard any more; its close is.
async fn drain(source: &mut Source) -> Happening {
    loop {
        if let Err(end) = read(source.next().await) {
            return end;
        }
    }
}

/// The text of a message; `None` for pings and the like; an error for the end.
fn read(message: Option<Result<Message, Error>>) -> Result<Option<String>, Happening> {
    match message {
        Some(Ok(Message::Text(text))) => Ok(Some(text.as_str().to_owned())),
        Some(Ok(Message::Close(frame))) => Err(frame.map_or_else(broken, |frame| {
            Happening::Closed(u16::from(frame.code), frame.reason.as_str().to_owned())
        })),
        Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(None),
        Some(Err(_)) | None => Err(broken()),
    }
}

/// As browsers call it: ended without a word.
fn broken() -> Happening {
    Happening::Closed(tungstenite::protocol::frame::coding::CloseCode::Abnormal.into(), String::new())
}
