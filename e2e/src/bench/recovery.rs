//! Measures the time that viewers take to recover after all connections are lost: until each has received the
//! publications that it missed. It is measured once with the reconnect delays of the board, and once with reconnects as
//! fast as the server accepts them.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use super::hub::Hub;
use super::packages::Packages;
use super::returning::Returning;
use super::viewer::{self, Socket};
use super::{percentile, report, usage};

const TOPIC: &str = "bench/recovery";
const MISSED: u64 = 300;
/// Maximum time for one step of the benchmark. A step that takes longer has failed.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The result of one viewer's reconnect.
struct Recovery {
    /// Time from the loss of the connection to the receipt of the last missed publication.
    took: Duration,
    /// Number of bytes in the payloads of the frames that the viewer received.
    bytes: u64,
    /// Number of frames that the viewer received.
    frames: u64,
}

/// Measures with 1, 100 and 1,000 viewers. For each number, first Tickertape with the board's reconnect delays is
/// measured, then Tickertape and the peer (a minimal server for Node) without delays.
pub async fn run() {
    let packages = Packages::install();
    for viewers in [1, 100, 1_000] {
        by_session(viewers).await;
        at_once(&Hub::tickertape(), viewers).await;
        if let Some(peer) = Hub::node(&packages) {
            at_once(&peer, viewers).await;
        }
    }
}

/// Measures viewers that use the board's session. Its random delays spread the reconnects of many viewers.
async fn by_session(viewers: usize) {
    let hub = Hub::tickertape();
    let mut publisher = viewer::connect(&hub.ws).await;
    publish(&mut publisher, 1..=1).await;
    let mut crowd = Vec::new();
    for seed in 0..viewers {
        let mut one = Returning::new(&hub.ws, TOPIC, seed as u64);
        one.follow_to(1).await;
        one.lose();
        crowd.push(one);
    }
    publish(&mut publisher, 2..=1 + MISSED).await;
    let cut = Instant::now();
    let mut returning = JoinSet::new();
    for mut one in crowd {
        returning.spawn(async move {
            one.notice();
            one.follow_to(1 + MISSED).await;
            cut.elapsed()
        });
    }
    tell_times(&format!("tickertape: {viewers} back by the session"), all(returning).await);
}

/// Measures viewers that all reconnect at the same time, without delays.
async fn at_once(hub: &Hub, viewers: usize) {
    let mut publisher = viewer::connect(&hub.ws).await;
    publish(&mut publisher, 1..=1).await;
    let since = json!({TOPIC: {"epoch": epoch(&hub.ws).await, "offset": 1}});
    publish(&mut publisher, 2..=1 + MISSED).await;
    let cpu_before = usage::cpu(hub.pid());
    let cut = Instant::now();
    let mut returning = JoinSet::new();
    for _ in 0..viewers {
        returning.spawn(come_back(hub.ws.clone(), since.clone(), cut));
    }
    let recoveries = all(returning).await;
    let name = format!("{}: {viewers} back at once", hub.name);
    tell_times(&name, recoveries.iter().map(|recovery| recovery.took).collect());
    if let (Some(before), Some(after)) = (cpu_before, usage::cpu(hub.pid())) {
        // For one viewer, the CPU time is less than the ticks of 10 ms in which it is counted.
        if viewers > 1 {
            report(&format!("{name}, CPU each"), (after - before).as_secs_f64() * 1e3 / viewers as f64, "ms");
        }
    }
    if viewers == 1 {
        report(&format!("{}: recovery of {MISSED}, received", hub.name), recoveries[0].bytes as f64, "bytes");
        report(&format!("{}: recovery of {MISSED}, in", hub.name), recoveries[0].frames as f64, "frames");
    }
}

async fn publish(publisher: &mut Socket, numbers: std::ops::RangeInclusive<u64>) {
    let start = Instant::now();
    for id in numbers {
        viewer::publish(publisher, TOPIC, id, &viewer::payload(start)).await;
    }
}

/// Returns the epoch of the topic's log, or JSON null for the peer, which has no epochs.
async fn epoch(ws: &str) -> Value {
    let mut socket = viewer::connect(ws).await;
    subscribe(&mut socket, json!({})).await;
    let reply = next(&mut socket).await;
    let reply: Value = serde_json::from_str(&reply).expect("JSON");
    reply.pointer("/topics/0/position/epoch").cloned().unwrap_or_default()
}

async fn come_back(ws: String, since: Value, cut: Instant) -> Recovery {
    let mut socket = viewer::connect(&ws).await;
    subscribe(&mut socket, since).await;
    let (mut bytes, mut frames, mut last) = (0, 0, 0);
    while last <= MISSED {
        let text = next(&mut socket).await;
        bytes += text.len() as u64;
        frames += 1;
        last = last.max(last_offset(&text));
    }
    Recovery { took: cut.elapsed(), bytes, frames }
}

async fn subscribe(socket: &mut Socket, since: Value) {
    let message = json!({"action": "subscribe", "id": 1, "filter": TOPIC, "since": since});
    socket.send(Message::text(message.to_string())).await.expect("sent");
}

async fn next(socket: &mut Socket) -> String {
    let message = tokio::time::timeout(TIMEOUT, socket.next()).await.expect("in time");
    message.expect("not closed").expect("a message").to_text().expect("text").to_owned()
}

/// Returns the highest offset of the publications in a frame, or 0 if the frame contains none.
fn last_offset(text: &str) -> u64 {
    let frame: Value = serde_json::from_str(text).expect("JSON");
    let parts = frame["parts"].as_array().cloned().unwrap_or_else(|| vec![frame.clone()]);
    let items = parts.iter().filter_map(|part| part["items"].as_array()).flatten();
    items.filter_map(|item| item["offset"].as_u64()).max().unwrap_or(0)
}

async fn all<T: 'static>(returning: JoinSet<T>) -> Vec<T> {
    tokio::time::timeout(TIMEOUT, returning.join_all()).await.expect("everybody is back in time")
}

fn tell_times(name: &str, took: Vec<Duration>) {
    let mut times: Vec<f64> = took.iter().map(|took| took.as_secs_f64() * 1_000.0).collect();
    report(&format!("{name}, caught up, p50"), percentile(&mut times, 0.5), "ms");
    report(&format!("{name}, caught up, last"), percentile(&mut times, 1.0), "ms");
}
