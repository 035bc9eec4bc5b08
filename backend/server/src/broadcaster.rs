//! Sends what was appended to the store to its subscribers.

use std::sync::Arc;
use std::time::Duration;

use backend_core::ports::Change;
use tokio::sync::mpsc;

use crate::app::App;
use crate::clock::now_ms;

/// The pause before a broadcast is repeated that failed because the store was unavailable.
const RETRY: Duration = Duration::from_millis(100);

/// Broadcasts every change, in order, until the store is closed. Changes that arrive during a broadcast are sent
/// together by the next one, so that under load frames become larger and not more.
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
        match app.broadcast(&changes, now_ms(app)).await {
            Ok(report) if report.failed > 0 => return tracing::warn!(?report, "some posts failed"),
            Ok(report) => return tracing::debug!(?report, "broadcast"),
            Err(error) => tracing::warn!(%error, "the broadcast failed and will be repeated"),
        }
        tokio::time::sleep(RETRY).await;
    }
}
