//! Measures the resident memory that each idle connection adds to a server.

use std::time::Duration;

use super::hub::Hub;
use super::{report, usage, viewer};

/// Measures with 1,000 and with 5,000 idle viewers. Each number is measured for Tickertape, then for the peer, a
/// minimal server for Node.
pub async fn run() {
    for connections in [1_000, 5_000] {
        measure(&Hub::tickertape(), connections).await;
        if let Some(peer) = Hub::node() {
            measure(&peer, connections).await;
        }
    }
}

async fn measure(hub: &Hub, connections: usize) {
    // Opens one connection first, so that memory which is allocated only once is not counted as memory of the connections.
    let _first = viewer::watch(&hub.ws, "bench/idle").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let Some(before) = usage::resident_bytes(hub.pid()) else {
        eprintln!("no /proc here: memory is not measured");
        return;
    };
    let mut sockets = Vec::with_capacity(connections);
    for _ in 0..connections {
        sockets.push(viewer::watch(&hub.ws, "bench/idle").await);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let after = usage::resident_bytes(hub.pid()).unwrap_or(before);
    let each = after.saturating_sub(before) as f64 / connections as f64 / 1024.0;
    report(&format!("{}: {connections} idle, memory a connection", hub.name), each, "KiB");
}
