//! Periodic work: viewer counts, and the deletion of old data.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;
use crate::clock::wall_ms;

/// Period of the viewer counts.
const OCCUPANCY: Duration = Duration::from_secs(1);
/// Period of the deletion of old history and of expired connections.
const SWEEP: Duration = Duration::from_secs(60);

/// Sends viewers their number whenever it has changed. Runs until it is aborted.
pub async fn send_occupancy(app: Arc<App>) {
    let mut ticks = every(OCCUPANCY);
    loop {
        ticks.tick().await;
        if let Err(error) = app.occupancy_due(wall_ms()).await {
            tracing::warn!(%error, "the number of viewers was not sent");
        }
    }
}

/// Deletes what is beyond retention. Runs until it is aborted.
pub async fn sweep(app: Arc<App>) {
    let mut ticks = every(SWEEP);
    loop {
        ticks.tick().await;
        app.connections().forget_expired(wall_ms());
        sweep_log(&app).await;
    }
}

async fn sweep_log(app: &App) {
    loop {
        match app.log().sweep(wall_ms()).await {
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
