//! Measures well-behaved viewers and publishers (the crowd) while a server is attacked. The results are the
//! publications that the crowd did not receive, their latency, and the memory of the server.
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
/// Number of publications that each publisher sends, one in each `PERIOD`.
const PUBLICATIONS: u64 = 30;
const PERIOD: Duration = Duration::from_millis(500);
/// Time to wait after an attack before the server's memory is measured again. It should then be low again.
const RECOVERY: Duration = Duration::from_secs(60);

/// Time between the first crowd and the measurement of the server's memory before the attack.
const PAUSE: Duration = Duration::from_secs(10);

/// The measurements of one run of the crowd.
struct Outcome {
    /// 99th percentile of the latency.
    p99_ms: f64,
    /// Number of publications that viewers did not receive.
    lost: u64,
    /// Number of handshakes that were answered with 429 and made again.
    refused: u64,
}

/// Measures the crowd during every attack, or during the attack with the name in the second argument of the program.
pub async fn run() {
    let local = tokio::task::LocalSet::new();
    let only = std::env::args().nth(2);
    for attack in ALL.iter().filter(|attack| only.as_deref().is_none_or(|only| only == attack.name)) {
        local.run_until(measure(attack)).await;
    }
}

async fn measure(attack: &Attack) {
    let (attacked, idle) = (Hub::tickertape(), Hub::tickertape());
    fill(&idle).await;
    let control = {
        let _running = attack.start(&idle.ws);
        crowd(&attacked).await
    };
    // The crowd has left, so that what the server keeps after a crowd is not taken for what it keeps after the attack.
    tokio::time::sleep(PAUSE).await;
    let before = memory(&attacked);
    let running = attack.start(&attacked.ws);
    let outcome = crowd(&attacked).await;
    let during = memory(&attacked);
    drop(running);
    tokio::time::sleep(RECOVERY).await;
    let name = |figure: &str| format!("{}: {figure}", attack.name);
    report(&name("lost by the crowd"), outcome.lost as f64, "publications");
    report(&name("handshakes of the crowd refused"), outcome.refused as f64, "");
    report(&name("the same in the control"), control.refused as f64, "");
    report(&name("p99"), outcome.p99_ms, "ms");
    report(&name("p99 / p99 of the control"), outcome.p99_ms / control.p99_ms, "");
    report(&name("memory before"), before, "MB");
    report(&name("memory during"), during, "MB");
    let after = memory(&attacked);
    report(&name("memory a minute later"), after, "MB");
    report(&name("memory a minute later / before"), after / before, "");
}

/// Connects the viewers and publishers of the crowd to a server, and returns their results. Panics if the server
/// refuses a publication.
async fn crowd(hub: &Hub) -> Outcome {
    let (ages, seen, start) = (Rc::new(RefCell::new(Vec::new())), Arc::new(Seen::default()), Instant::now());
    let mut viewers = Vec::with_capacity(VIEWERS);
    let mut refused = 0;
    for _ in 0..VIEWERS {
        let (mut socket, refusals) = viewer::connect_counting(&hub.ws).await;
        viewer::subscribe(&mut socket, TOPIC).await;
        refused += refusals;
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
    Outcome { lost: expected - ages.len() as u64, refused, p99_ms: percentile(&mut ages, 0.99) / 1_000.0 }
}

/// Publishes to the idle server as much as a crowd does, so that an attack which requests history gets as much from it as from
/// the attacked server.
async fn fill(hub: &Hub) {
    let (mut socket, start) = (viewer::connect(&hub.ws).await, Instant::now());
    for id in 0..PUBLISHERS * PUBLICATIONS {
        viewer::publish(&mut socket, TOPIC, id, &viewer::payload(start)).await;
    }
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
