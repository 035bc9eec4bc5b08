//! Sends publications to their subscribers after the store has appended them.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use backend_core::ports::Change;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::app::App;
use crate::clock::now_ms;

/// Time to wait before a failed broadcast is repeated. A broadcast fails if the store is unavailable.
const RETRY: Duration = Duration::from_millis(100);
/// Number of publications from which collected ones are sent before the time between two broadcasts has passed, so that a flood does
/// not fill the memory.
const COLLECTED: usize = 10_000;

/// Broadcasts the changes of the store's log in order, until the store is closed. The changes that arrive during a
/// broadcast are collected and sent together by the next broadcast. So under load, the frames become larger instead of
/// more numerous.
///
/// Two broadcasts begin at least `every` apart. The first publication after a longer silence is sent at once.
pub async fn run(app: Arc<App>, mut feed: mpsc::Receiver<Vec<Change>>, every: Duration) {
    let mut due = Instant::now();
    while let Some(changes) = collected(&mut feed, sleep_until(due), conflated_due(&app)).await {
        if changes.is_empty() {
            broadcast_conflated(&app).await;
            continue;
        }
        due = Instant::now() + every;
        broadcast(&app, changes).await;
    }
}

/// Waits until conflated publications have to be sent.
async fn conflated_due(app: &App) {
    match app.conflated_due_ms(now_ms(app)) {
        Some(due_ms) => tokio::time::sleep(Duration::from_millis(due_ms)).await,
        None => std::future::pending().await,
    }
}

/// Waits for changes, and collects those that arrive until `due` resolves, and those that have arrived. Returns `None` if the store is
/// closed and there are none, and an empty list if `interrupt` resolves before the first change arrives.
async fn collected(
    feed: &mut mpsc::Receiver<Vec<Change>>,
    due: impl Future<Output = ()>,
    interrupt: impl Future<Output = ()>,
) -> Option<Vec<Change>> {
    let mut changes = tokio::select! {
        biased;
        changes = feed.recv() => changes?,
        () = interrupt => return Some(Vec::new()),
    };
    let mut count = items(&changes);
    let mut due = pin!(due);
    while count < COLLECTED {
        let more = tokio::select! {
            biased;
            more = feed.recv() => more,
            () = &mut due => break,
        };
        let Some(more) = more else { break };
        count += items(&more);
        changes.extend(more);
    }
    while let Ok(more) = feed.try_recv() {
        changes.extend(more);
    }
    Some(changes)
}

fn items(changes: &[Change]) -> usize {
    changes.iter().map(|change| change.items.len()).sum()
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

async fn broadcast_conflated(app: &App) {
    match app.broadcast_conflated(now_ms(app)).await {
        Ok(report) => tracing::debug!(?report, "broadcast of conflated publications"),
        Err(error) => tracing::warn!(%error, "a broadcast of conflated publications failed"),
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use shared::{Epoch, Publication, Topic};
    use tokio::sync::oneshot;

    use super::*;

    fn change(count: usize) -> Vec<Change> {
        let item = Publication { offset: 1, ts: 0, received_at: 0, data: 1.into() };
        let items = vec![item; count];
        let topic = Topic::new("a").expect("a topic");
        vec![Change { topic, epoch: Epoch::new("e"), items, meta: None, ended: false }]
    }

    #[tokio::test]
    async fn publications_are_collected_until_the_next_broadcast_is_due() {
        let (store, mut feed) = mpsc::channel(8);
        let (due, is_due) = oneshot::channel::<()>();
        let mut collecting = Box::pin(collected(&mut feed, async { drop(is_due.await) }, pending()));
        for _ in 0..3 {
            store.send(change(2)).await.expect("open");
            tokio::select! {
                biased;
                changes = &mut collecting => panic!("{changes:?} are early"),
                () = std::future::ready(()) => {}
            }
        }
        drop(due);
        assert_eq!(collecting.await.map(|changes| items(&changes)), Some(6));
    }

    #[tokio::test]
    async fn publications_are_sent_at_once_in_a_flood_and_at_the_end() {
        let (store, mut feed) = mpsc::channel(8);
        store.send(change(COLLECTED)).await.expect("open");
        let changes = collected(&mut feed, pending(), pending()).await;
        assert_eq!(changes.map(|changes| items(&changes)), Some(COLLECTED));
        store.send(change(1)).await.expect("open");
        drop(store);
        let changes = collected(&mut feed, pending(), pending()).await;
        assert_eq!(changes.map(|changes| items(&changes)), Some(1));
        assert!(collected(&mut feed, pending(), pending()).await.is_none());
    }

    #[tokio::test]
    async fn the_wait_for_publications_is_interrupted_for_conflated_ones() {
        let (store, mut feed) = mpsc::channel(8);
        let interrupted = collected(&mut feed, pending(), std::future::ready(())).await;
        assert_eq!(interrupted.map(|changes| items(&changes)), Some(0));
        store.send(change(COLLECTED)).await.expect("open");
        let changes = collected(&mut feed, pending(), std::future::ready(())).await;
        assert_eq!(
            changes.map(|changes| items(&changes)),
            Some(COLLECTED),
            "nothing that has arrived is lost"
        );
    }
}
