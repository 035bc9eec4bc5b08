//! This machine's metrics, straight into the log: no socket in between.

use std::sync::Arc;
use std::time::Duration;

use backend_core::Principal;
use backend_core::ingest::IngestRequest;
use shared::Topic;
use shared::publication::Item;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::App;
use crate::client::clock::wall_ms;
use crate::host::{self, HostPublication, Probe};

/// Rates need some time to be rates of; a panel is to move within a second.
const FIRST: Duration = Duration::from_millis(250);

/// Publishes below `prefix` every second, until it is aborted.
pub async fn run(app: Arc<App>, prefix: Topic) {
    let mut probe = match Probe::new() {
        Ok(probe) => probe,
        Err(error) => return tracing::warn!(%error, "this machine's metrics cannot be read"),
    };
    let mut ticks = interval_at(Instant::now() + FIRST, Duration::from_millis(host::EVERY_MS));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        let read = tokio::task::spawn_blocking(move || {
            let snapshot = probe.read();
            (probe, snapshot)
        });
        let Ok((returned, snapshot)) = read.await else { return };
        probe = returned;
        match host::publications(&prefix, &snapshot) {
            Ok(publications) => publish(&app, publications).await,
            Err(error) => return tracing::warn!(%error, "this machine's metrics have no topic"),
        }
    }
}

/// All at once, so that they share a commit.
async fn publish(app: &Arc<App>, publications: Vec<HostPublication>) {
    let mut tasks = tokio::task::JoinSet::new();
    for HostPublication { topic, data, meta } in publications {
        let app = app.clone();
        let request = IngestRequest { topic, items: vec![Item::now(data)], producer: None, meta: Some(meta) };
        tasks.spawn(async move { app.ingest(&machine(), request, wall_ms()).await });
    }
    while let Some(published) = tasks.join_next().await {
        if let Ok(Err(error)) = published {
            tracing::warn!(%error, "a metric was not published");
        }
    }
}

/// Not the principal of those who publish from this machine: its rate is its own.
fn machine() -> Principal {
    Principal { name: "host".into(), ..Principal::local() }
}
