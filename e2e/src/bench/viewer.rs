//! WebSocket clients for the benchmarks: viewers that count publications, and publishers that wait for the
//! acknowledgement of each.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::protocol::{self, Protocol};

/// An open WebSocket of a client.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Counts of all viewers of a measurement together.
#[derive(Default)]
pub struct Seen {
    /// Number of publications that the viewers have received.
    pub deliveries: AtomicU64,
}

/// Opens a WebSocket as [`connect_counting`] does.
///
/// # Panics
///
/// If the server refuses for another reason than its limit of new connections per second.
pub async fn connect(url: &str) -> Socket {
    connect_counting(url).await.0
}

/// Opens a WebSocket with small buffers, so that thousands of them fit into memory. If the server answers 429, its
/// limit of new connections per second is reached, and the attempt is repeated after 100 ms. Returns the WebSocket and
/// the number of answers with 429.
///
/// # Panics
///
/// If the server refuses for another reason.
pub async fn connect_counting(url: &str) -> (Socket, u64) {
    let small = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(0);
    let mut refusals = 0;
    loop {
        match connect_async_with_config(url, Some(small), true).await {
            Ok((socket, _)) => return (socket, refusals),
            Err(Error::Http(response)) if response.status() == 429 => {
                refusals += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(error) => panic!("the hub refuses: {error}"),
        }
    }
}

/// Opens a WebSocket and subscribes to `topic`. Returns once the server has answered.
///
/// # Panics
///
/// If the server refuses.
pub async fn watch(url: &str, topic: &str) -> Socket {
    let mut socket = connect(url).await;
    subscribe(&mut socket, topic).await;
    socket
}

/// Subscribes to `topic`, and returns the server's answer.
///
/// # Panics
///
/// If the server refuses.
pub async fn subscribe(socket: &mut Socket, topic: &str) -> serde_json::Value {
    socket.send(Message::text(protocol::subscription(topic))).await.expect("sent");
    while let Some(Ok(message)) = socket.next().await {
        if let Ok(text) = message.to_text()
            && text.contains("\"subscribed\"")
        {
            return serde_json::from_str(text).expect("the answer is JSON");
        }
    }
    panic!("the hub closed a viewer's socket");
}

/// Counts the publications that arrive until the socket is closed. Calls `sample` with the age of each in microseconds.
pub async fn count(mut socket: Socket, seen: Arc<Seen>, start: Instant, mut sample: impl FnMut(f64)) {
    while let Some(Ok(message)) = socket.next().await {
        let Ok(text) = message.to_text() else { continue };
        let now = start.elapsed();
        for found in text.split("\"sent\":").skip(1) {
            let digits = found.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            if let Ok(sent) = digits.parse::<u64>() {
                seen.deliveries.fetch_add(1, Ordering::Relaxed);
                sample(now.as_nanos() as f64 / 1_000.0 - sent as f64);
            }
        }
    }
}

/// Returns the data of a publication, about 128 bytes of JSON. It contains the microseconds from `start` to now, from
/// which [`count`] computes the age.
pub fn payload(start: Instant) -> serde_json::Value {
    json!({"sent": start.elapsed().as_micros() as u64, "text": "x".repeat(100)})
}

/// Sends one publication, and waits until the server has acknowledged it.
///
/// # Panics
///
/// If the server closes the socket.
pub async fn publish(socket: &mut Socket, topic: &str, id: u64, data: &serde_json::Value) {
    publish_as(Protocol::Tickertape, socket, topic, id, data).await;
}

/// Does the same as [`publish`] with the messages of another server.
///
/// # Panics
///
/// If the server refuses or closes the socket.
pub async fn publish_as(
    protocol: Protocol,
    socket: &mut Socket,
    topic: &str,
    id: u64,
    data: &serde_json::Value,
) {
    socket.send(Message::text(protocol.publication(topic, id, data))).await.expect("sent");
    while let Some(Ok(message)) = socket.next().await {
        let Ok(text) = message.to_text() else { continue };
        assert!(!text.contains("\"error\""), "the hub refused: {text}");
        if text.contains(protocol.published()) {
            return;
        }
    }
    panic!("the hub closed the publisher's socket");
}
