//! Sends publications to their subscribers after the store has appended them.

use std::sync::Arc;
use std::time::Duration;

use backend_core::ports::Change;
use tokio::sync::mpsc;

use crate::app::App;
use crate::clock::now_ms;

/// Time to wait before a failed broadcast is repeated. A broadcast fails if the store is unavailable.
const RETRY: Duration = Duration::from_millis(100);

/// Broadcasts the changes of the store's log in order, until the store is closed. The changes that arrive during a
/// broadcast are collected and sent together by the next broadcast. So under load, the frames become larger instead of
/// more numerous.
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
            Ok(report) if report.failed > 0 => {
                return tracing::warn!(?report, "some messages could not be posted to their connections");
            }
            Ok(report) => return tracing::debug!(?report, "broadcast"),
            Err(error) => tracing::warn!(%error, "a broadcast of publications failed and will be repeated"),
        }
        tokio::time::sleep(RETRY).await;
    }
}
