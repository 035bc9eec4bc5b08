//! From the store to whoever watches.

use std::sync::Arc;
use std::time::Duration;

use backend_core::ports::Change;
use tokio::sync::mpsc;

use super::App;
use crate::client::clock::wall_ms;

/// How long to wait before asking a store again that could not answer.
const RETRY: Duration = Duration::from_millis(100);

/// Broadcasts every change, in order, until the store is closed. What has gathered while the last broadcast went
/// out goes together: alone nothing waits, and under load frames get fuller instead of more.
pub async fn run(app: Arc<App>, mut feed: mpsc::Receiver<Vec<Change>>) {
    while let Some(mut changes) = feed.recv().await {
        while let Ok(more) = feed.try_recv() {
            changes.extend(more);
        }
        broadcast(&app, changes).await;
    }
}

async fn broadcast(app: &App, changes: Vec<Change>) {
    loop {
        match app.broadcast(changes.clone(), wall_ms()).await {
            Ok(report) if report.failed > 0 => return tracing::warn!(?report, "some posts failed"),
            Ok(report) => return tracing::debug!(?report, "broadcast"),
            Err(error) => tracing::warn!(%error, "broadcast waits for the store"),
        }
        tokio::time::sleep(RETRY).await;
    }
}
