//! Measures the time from publishing to delivery, with 100 publications per second and 10 viewers.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::hub::Hub;
use super::packages::Packages;
use super::viewer::{self, Seen};
use super::{percentile, report};

const TOPIC: &str = "bench/latency";
const PUBLICATIONS: u64 = 800;
const VIEWERS: usize = 10;

/// Measures Tickertape, and then the peers for Bun and Node.
pub async fn run() {
    let (local, packages) = (tokio::task::LocalSet::new(), Packages::install());
    local.run_until(measure(&Hub::tickertape())).await;
    for peer in [Hub::bun(&packages), Hub::node(&packages)].into_iter().flatten() {
        local.run_until(measure(&peer)).await;
    }
}

async fn measure(hub: &Hub) {
    let ages = Rc::new(RefCell::new(Vec::new()));
    let start = Instant::now();
    for _ in 0..VIEWERS {
        let socket = viewer::watch(&hub.ws, TOPIC).await;
        let ages = ages.clone();
        let sample = move |age| ages.borrow_mut().push(age);
        tokio::task::spawn_local(viewer::count(socket, Arc::new(Seen::default()), start, sample));
    }
    let mut publisher = viewer::connect(&hub.ws).await;
    let mut pace = tokio::time::interval(Duration::from_millis(10));
    for id in 1..=PUBLICATIONS {
        pace.tick().await;
        viewer::publish(&mut publisher, TOPIC, id, &viewer::payload(start)).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut ages = ages.borrow().clone();
    assert_eq!(ages.len() as u64, PUBLICATIONS * VIEWERS as u64, "every publication reaches every viewer");
    let name = format!("{}: publish to delivery, 100 a second", hub.name);
    report(&format!("{name}, p50"), percentile(&mut ages, 0.5) / 1_000.0, "ms");
    report(&format!("{name}, p99"), percentile(&mut ages, 0.99) / 1_000.0, "ms");
}
