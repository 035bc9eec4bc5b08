//! Publishes this machine's metrics by calling the service of this process, without a socket.

use std::sync::Arc;
use std::time::Duration;

use backend_core::Principal;
use backend_core::ingest::IngestRequest;
use shared::Topic;
use shared::publication::Item;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::app::App;
use crate::clock::now_ms;
use crate::host::{self, HostPublication, Probe};

/// Time between the first reading of the counters and the first publication. A rate needs two readings, and a new board
/// should show values within a second.
const FIRST: Duration = Duration::from_millis(250);

/// Publishes this machine's metrics to topics below `prefix`, once a second. Runs until it is aborted.
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
            Err(error) => return tracing::warn!(%error, "the topics of this machine's metrics are not valid"),
        }
    }
}

/// Publishes all metrics concurrently, so that the store commits them together and syncs the disk once.
async fn publish(app: &Arc<App>, publications: Vec<HostPublication>) {
    let mut tasks = tokio::task::JoinSet::new();
    for HostPublication { topic, data, meta } in publications {
        let app = app.clone();
        let request = IngestRequest { topic, items: vec![Item::now(data)], producer: None, meta: Some(meta) };
        tasks.spawn(async move {
            let now = now_ms(&app);
            app.ingest(&machine(), request, now).await
        });
    }
    while let Some(published) = tasks.join_next().await {
        if let Ok(Err(error)) = published {
            tracing::warn!(%error, "a metric was not published");
        }
    }
}

/// Returns the principal that publishes the metrics. It has a name of its own, so that its publications do not count
/// towards the rate limit of other local publishers.
fn machine() -> Principal {
    Principal { name: "host".into(), ..Principal::local() }
}
