//! Measures viewers and publishers that behave well (the crowd) during each kind of attack: the publications that they lose,
//! their latency, and the memory of the server.
//!
//! Attackers and crowd share the processors, so the crowd is measured twice for each attack: while its own server is attacked,
//! and while a second, idle server is attacked. The ratio of the two latencies shows the effect of the attack on the server.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::attack::{ALL, Attack};
use super::hub::Hub;
use super::usage::resident_bytes;
use super::viewer::{self, Seen};
use super::{percentile, report};

const TOPIC: &str = "bench/healthy";
const VIEWERS: usize = 1_000;
const PUBLISHERS: u64 = 10;
/// Number of publications of each publisher, and the time between two of them.
const PUBLICATIONS: u64 = 30;
const PERIOD: Duration = Duration::from_millis(500);
/// Time between the end of an attack and the last measurement of the server's memory, which should then be low again.
const RECOVERY: Duration = Duration::from_secs(60);

/// The measurements of one run of the crowd: the 99th percentile of the latency, and the publications that viewers did not
/// receive.
struct Outcome {
    p99_ms: f64,
    lost: u64,
}

/// Measures the crowd during every attack.
pub async fn run() {
    let local = tokio::task::LocalSet::new();
    for attack in ALL {
        local.run_until(measure(attack)).await;
    }
}

async fn measure(attack: &Attack) {
    let (attacked, idle) = (Hub::tickertape(), Hub::tickertape());
    let before = memory(&attacked);
    let control = {
        let _running = attack.start(&idle.ws);
        crowd(&attacked).await
    };
    let running = attack.start(&attacked.ws);
    let outcome = crowd(&attacked).await;
    let during = memory(&attacked);
    drop(running);
    tokio::time::sleep(RECOVERY).await;
    let name = |figure: &str| format!("{}: {figure}", attack.name);
    report(&name("lost by the crowd"), outcome.lost as f64, "publications");
    report(&name("p99"), outcome.p99_ms, "ms");
    report(&name("p99 / p99 of the control"), outcome.p99_ms / control.p99_ms, "");
    report(&name("memory before"), before, "MB");
    report(&name("memory during"), during, "MB");
    report(&name("memory a minute later"), memory(&attacked), "MB");
}

/// Runs viewers and publishers, and returns their measurements. Panics if a publication is refused.
async fn crowd(hub: &Hub) -> Outcome {
    let (ages, seen, start) = (Rc::new(RefCell::new(Vec::new())), Arc::new(Seen::default()), Instant::now());
    let mut viewers = Vec::with_capacity(VIEWERS);
    for _ in 0..VIEWERS {
        let socket = viewer::watch(&hub.ws, TOPIC).await;
        let ages = ages.clone();
        let sample = move |age| ages.borrow_mut().push(age);
        viewers.push(tokio::task::spawn_local(viewer::count(socket, seen.clone(), start, sample)));
    }
    let publishers: Vec<_> = (0..PUBLISHERS)
        .map(|number| tokio::task::spawn_local(publish(hub.ws.clone(), number, start)))
        .collect();
    for publisher in publishers {
        publisher.await.expect("every publication is accepted");
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    viewers.iter().for_each(tokio::task::JoinHandle::abort);
    let expected = PUBLISHERS * PUBLICATIONS * VIEWERS as u64;
    let mut ages = ages.borrow().clone();
    Outcome { lost: expected - ages.len() as u64, p99_ms: percentile(&mut ages, 0.99) / 1_000.0 }
}

async fn publish(ws: String, number: u64, start: Instant) {
    let mut socket = viewer::connect(&ws).await;
    let mut pace = tokio::time::interval(PERIOD);
    for id in 0..PUBLICATIONS {
        pace.tick().await;
        viewer::publish(&mut socket, TOPIC, number * PUBLICATIONS + id, &viewer::payload(start)).await;
    }
}

fn memory(hub: &Hub) -> f64 {
    resident_bytes(hub.pid()).unwrap_or_default() as f64 / (1024.0 * 1024.0)
}
