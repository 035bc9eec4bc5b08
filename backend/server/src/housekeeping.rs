//! Periodic work: sends viewer counts, closes connections whose token has expired or whose client is too slow, and deletes old
//! data.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use apigw_websocket::{ConnectionId, Connections, Frame};
use backend_core::DiskTrouble;
use backend_core::service::{token_over, too_slow};
use backend_core::trusted_time::Doubt;
use bytes::Bytes;
use shared::limits;
use shared::server::Condition;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::app::App;
use crate::clock::{now_ms, times};
use crate::free_memory;

/// Time between two checks for problems with the disk or the clock.
const CONDITIONS: Duration = Duration::from_secs(1);
/// Time between two messages to clients with the number of viewers.
const OCCUPANCY: Duration = Duration::from_secs(1);
/// Time between two deletions of old history and of expired connections.
const SWEEP: Duration = Duration::from_secs(60);
/// Time between two returns of free memory to the operating system.
const RELEASE: Duration = Duration::from_secs(20);
/// Time for which the row of a connection is kept after its token has expired, in milliseconds. The client is informed
/// in this time.
const KEEP_EXPIRED_MS: i64 = 60_000;
/// Maximum time between two checks for expired tokens. The time until the next expiry alone is not enough, because a
/// new connection may have a token that expires earlier.
const LOOK: Duration = Duration::from_secs(1);
/// Time after which a connection is closed if its client has read none of the bytes in its queue.
const STALLED: Duration = Duration::from_millis(limits::STALLED_MS);

/// Checks once a second whether publications can be written to the disk and whether the clock is plausible. When the
/// answer changes, sends it to all clients, and writes new problems to the log. Runs until it is aborted.
pub async fn watch_conditions(app: Arc<App>) {
    let mut ticks = every(CONDITIONS);
    loop {
        ticks.tick().await;
        let times = times(&app);
        let trouble = app.log().check_disk(times.now_ms).await;
        let conditions = conditions(trouble.as_ref(), times.doubt);
        let before = app.conditions();
        let is_new = |condition: &&Condition| before.iter().all(|known| known.name != condition.name);
        conditions.iter().filter(is_new).for_each(|condition| tracing::warn!("{}", condition.message));
        if let Err(error) = app.set_conditions(conditions, times.now_ms).await {
            tracing::warn!(%error, "clients were not told what is wrong with the server");
        }
    }
}

fn conditions(trouble: Option<&DiskTrouble>, doubt: Option<Doubt>) -> Vec<Condition> {
    let disk = trouble.map(|trouble| Condition { name: trouble.word().into(), message: trouble.to_string() });
    let clock = doubt.map(|doubt| Condition {
        name: match doubt {
            Doubt::Ahead { .. } => "clock_ahead".into(),
            Doubt::Behind { .. } => "clock_behind".into(),
        },
        message: doubt.to_string(),
    });
    disk.into_iter().chain(clock).collect()
}

/// Checks once a second whether the number of viewers of a filter has changed, and sends it to these viewers if so.
/// Runs until it is aborted.
pub async fn send_occupancy(app: Arc<App>) {
    let mut ticks = every(OCCUPANCY);
    loop {
        ticks.tick().await;
        if let Err(error) = app.occupancy_due(now_ms(&app)).await {
            tracing::warn!(%error, "the number of viewers was not sent");
        }
    }
}

/// Closes each connection when its token expires, after a message that tells the client why. Runs until it is aborted.
pub async fn end_with_tokens(app: Arc<App>, connections: Connections) {
    loop {
        let now = now_ms(&app);
        for id in app.connections().token_over(now) {
            end(&connections, id.as_str(), &token_over());
        }
        let next = app.connections().next_token_end(now).map(|at| at.saturating_sub(now).unsigned_abs());
        sleep(next.map_or(LOOK, Duration::from_millis).min(LOOK)).await;
    }
}

/// Closes connections whose clients have read none of their queued bytes for `STALLED`. Runs until it is aborted.
pub async fn end_stalled(connections: Connections) {
    let mut ticks = every(LOOK);
    loop {
        ticks.tick().await;
        for id in connections.stalled(STALLED) {
            end(&connections, id.as_str(), &too_slow());
        }
    }
}

/// Sends a last message to a connection, and closes it. Does nothing if the connection is already closed.
fn end(connections: &Connections, id: &str, message: &Bytes) {
    let (Ok(id), Ok(text)) = (ConnectionId::from_str(id), str::from_utf8(message)) else { return };
    let _ = connections.delete_with(&id, &Frame::text(text));
}

/// Deletes, once a minute, the publications that are older or more numerous than the settings allow, and the rows of
/// connections with expired tokens. Runs until it is aborted.
pub async fn sweep(app: Arc<App>) {
    let mut ticks = every(SWEEP);
    loop {
        ticks.tick().await;
        // Rows that have just expired are kept until their clients have been informed.
        app.connections().forget_expired(now_ms(&app).saturating_sub(KEEP_EXPIRED_MS));
        sweep_log(&app).await;
    }
}

async fn sweep_log(app: &App) {
    loop {
        match app.log().sweep(now_ms(app)).await {
            Ok(swept) if swept.more => {}
            Ok(_) => return,
            Err(error) => return tracing::warn!(%error, "old history was not deleted"),
        }
    }
}

/// Returns free memory to the operating system every 20 seconds, so that the memory of a flood is returned soon after its end. Runs
/// until it is aborted.
pub async fn release_memory() {
    let mut ticks = every(RELEASE);
    loop {
        ticks.tick().await;
        // On another thread, so that no connection waits for it.
        if let Err(error) = tokio::task::spawn_blocking(free_memory::release).await {
            tracing::warn!(%error, "free memory was not returned");
        }
    }
}

fn every(period: Duration) -> tokio::time::Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
