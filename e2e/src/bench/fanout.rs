//! Measures the deliveries per second and the CPU time of each delivery, with one publisher and many viewers of one
//! topic.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::hub::Hub;
use super::viewer::{self, Seen};
use super::{report, usage};

const TOPIC: &str = "bench/fanout";
const RUN: Duration = Duration::from_secs(8);

/// Measures with 100 and with 1,000 viewers. Each number is measured for Tickertape, then for the peer, a minimal
/// server for Node.
pub async fn run() {
    for (viewers, a_second) in [(100, 200), (1_000, 40)] {
        measure(&Hub::tickertape(), viewers, a_second).await;
        if let Some(peer) = Hub::node() {
            measure(&peer, viewers, a_second).await;
        }
    }
}

/// Measures one server. The publisher pauses between its `a_second` publications per second, so that the server sends
/// each of them in a frame of its own.
async fn measure(hub: &Hub, viewers: usize, a_second: u64) {
    let seen = Arc::new(Seen::default());
    let start = Instant::now();
    for _ in 0..viewers {
        let socket = viewer::watch(&hub.ws, TOPIC).await;
        tokio::spawn(viewer::count(socket, seen.clone(), start, |_| ()));
    }
    let mut publisher = viewer::connect(&hub.ws).await;
    let cpu_before = usage::cpu(hub.pid());
    let began = Instant::now();
    let mut pace = tokio::time::interval(Duration::from_micros(1_000_000 / a_second));
    let mut sent = 0;
    while began.elapsed() < RUN {
        pace.tick().await;
        sent += 1;
        viewer::publish(&mut publisher, TOPIC, sent, &viewer::payload(start)).await;
    }
    let expected = sent * viewers as u64;
    let all_there = settle(&seen, expected).await;
    let took = began.elapsed();
    let name = format!("{}: 1 to {viewers}", hub.name);
    report(&format!("{name}, deliveries"), expected as f64 / took.as_secs_f64(), "a second");
    if let (Some(before), Some(after)) = (cpu_before, usage::cpu(hub.pid())) {
        let micros = (after - before).as_secs_f64() * 1e6 / expected as f64;
        report(&format!("{name}, CPU a delivery"), micros, "µs");
    }
    assert!(all_there, "{name}: {} of {expected} arrived", seen.deliveries.load(Ordering::Relaxed));
}

async fn settle(seen: &Seen, expected: u64) -> bool {
    for _ in 0..400 {
        if seen.deliveries.load(Ordering::Relaxed) >= expected {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    false
}
