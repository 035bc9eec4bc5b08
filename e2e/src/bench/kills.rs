//! Ends the server with `kill -9` a thousand times, each time at a random moment at which several publishers are publishing, and
//! looks for every acknowledged publication in the log of the next server.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use super::hub::Hub;
use super::report;
use super::viewer::{self, Socket};

const KILLS: u64 = 1_000;
const PUBLISHERS: usize = 4;
/// Maximum time for which the publishers publish before the server is killed, in milliseconds. So much is published meanwhile that
/// one `history` of the log, of up to 1,000 publications, is enough.
const LONGEST_MS: u64 = 150;

/// One publisher's topic, and the publications of it that were acknowledged since the server was started.
struct Publisher {
    topic: String,
    next: u64,
    /// Offset and data of each acknowledged publication.
    acknowledged: Vec<(u64, u64)>,
}

/// Kills the server a thousand times, and prints the number of acknowledged publications that are lost.
///
/// # Panics
///
/// If the server does not start again with its data.
pub async fn run() {
    let mut hub = Hub::tickertape();
    let (mut acknowledged, mut lost) = (0, 0);
    let mut publishers: Vec<_> = (0..PUBLISHERS)
        .map(|number| Publisher { topic: format!("kills/{number}"), next: 0, acknowledged: Vec::new() })
        .collect();
    for _ in 0..KILLS {
        let mut running = JoinSet::new();
        for publisher in publishers.drain(..) {
            let socket = viewer::connect(&hub.ws).await;
            running.spawn(publish_until_the_end(socket, publisher));
        }
        tokio::time::sleep(Duration::from_millis(rand::random_range(0..LONGEST_MS))).await;
        hub.restart_after_kill();
        publishers = running.join_all().await;
        for publisher in &mut publishers {
            acknowledged += publisher.acknowledged.len() as u64;
            lost += missing(&hub.ws, publisher).await;
            publisher.acknowledged.clear();
        }
    }
    report("kills", KILLS as f64, "");
    report("acknowledged publications", acknowledged as f64, "");
    report("of those lost", lost as f64, "");
}

/// Publishes one number after the other, each when the one before is acknowledged, until the server ends.
async fn publish_until_the_end(mut socket: Socket, mut publisher: Publisher) -> Publisher {
    loop {
        let number = publisher.next;
        publisher.next += 1;
        let request = json!({"action": "publish", "id": number, "topic": publisher.topic, "data": number});
        match answer(&mut socket, &request, "published").await {
            Some(published) => {
                let offset = published["position"]["offset"].as_u64().expect("a position");
                publisher.acknowledged.push((offset, number));
            }
            None => return publisher,
        }
    }
}

/// Returns the number of acknowledged publications that are not in the log, or not at the offset that was acknowledged.
async fn missing(ws: &str, publisher: &Publisher) -> u64 {
    if publisher.acknowledged.is_empty() {
        return 0;
    }
    let mut socket = viewer::connect(ws).await;
    let request = json!({"action": "history", "id": 1, "topic": publisher.topic, "limit": 1_000});
    let history = answer(&mut socket, &request, "history").await.expect("the server answers");
    let items = history["items"].as_array().expect("items");
    let is_kept = |(offset, number): &&(u64, u64)| {
        items.iter().any(|item| item["offset"] == *offset && item["data"] == *number)
    };
    let kept = publisher.acknowledged.iter().filter(is_kept).count();
    (publisher.acknowledged.len() - kept) as u64
}

/// Sends a request and returns the first message of the type `wanted`, or `None` if the connection ends before.
///
/// # Panics
///
/// If the server answers with an error.
async fn answer(socket: &mut Socket, request: &Value, wanted: &str) -> Option<Value> {
    socket.send(Message::text(request.to_string())).await.ok()?;
    loop {
        let message = socket.next().await?.ok()?;
        let Ok(message) = serde_json::from_str::<Value>(message.to_text().ok()?) else { continue };
        assert_ne!(message["type"], "error", "the server refused: {message}");
        if message["type"] == wanted {
            return Some(message);
        }
    }
}
