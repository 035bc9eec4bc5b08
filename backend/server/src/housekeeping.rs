//! Periodic work: viewer counts, and the deletion of old data.

use std::sync::Arc;
use std::time::Duration;

use backend_core::DiskTrouble;
use backend_core::trusted_time::Doubt;
use shared::server::Condition;
use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;
use crate::clock::{now_ms, times};

/// Period of the looks at disk and clock.
const CONDITIONS: Duration = Duration::from_secs(1);
/// Period of the viewer counts.
const OCCUPANCY: Duration = Duration::from_secs(1);
/// Period of the deletion of old history and of expired connections.
const SWEEP: Duration = Duration::from_secs(60);

/// Looks once a second whether the disk takes publications and the clock is believed, and tells the clients and the log
/// when that changes. Runs until it is aborted.
pub async fn watch_conditions(app: Arc<App>) {
    let mut ticks = every(CONDITIONS);
    loop {
        ticks.tick().await;
        let times = times(&app);
        let trouble = app.log().check_disk(times.now_ms).await;
        let conditions = conditions(trouble.as_ref(), times.doubt);
        if conditions.len() > app.conditions().len() {
            conditions.iter().for_each(|condition| tracing::warn!("{}", condition.message));
        }
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

/// Sends viewers their number whenever it has changed. Runs until it is aborted.
pub async fn send_occupancy(app: Arc<App>) {
    let mut ticks = every(OCCUPANCY);
    loop {
        ticks.tick().await;
        if let Err(error) = app.occupancy_due(now_ms(&app)).await {
            tracing::warn!(%error, "the number of viewers was not sent");
        }
    }
}

/// Deletes what is beyond retention. Runs until it is aborted.
pub async fn sweep(app: Arc<App>) {
    let mut ticks = every(SWEEP);
    loop {
        ticks.tick().await;
        app.connections().forget_expired(now_ms(&app));
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

fn every(period: Duration) -> tokio::time::Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
