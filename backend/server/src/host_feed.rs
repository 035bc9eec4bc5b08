//! Publishes this machine's metrics into the log, without a socket.

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

/// The delay of the first publication. A rate needs two readings, and a panel should move within a second.
const FIRST: Duration = Duration::from_millis(250);

/// Publishes below `prefix` every second. Runs until it is aborted.
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

/// Publishes concurrently, so that the store commits all of them with one sync.
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

/// Returns the principal that publishes the metrics. Its rate limit is separate from that of other local publishers.
fn machine() -> Principal {
    Principal { name: "host".into(), ..Principal::local() }
}
