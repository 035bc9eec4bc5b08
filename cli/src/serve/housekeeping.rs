//! What happens by the clock.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::App;
use crate::client::clock::wall_ms;

/// How often watchers learn how many they are.
const OCCUPANCY: Duration = Duration::from_secs(1);
/// How often old history and missed goodbyes are cleared away.
const SWEEP: Duration = Duration::from_secs(60);

/// Tells watchers how many they are, until it is aborted.
pub async fn tell_occupancy(app: Arc<App>) {
    let mut ticks = every(OCCUPANCY);
    loop {
        ticks.tick().await;
        if let Err(error) = app.occupancy_due(wall_ms()).await {
            tracing::warn!(%error, "viewers were not told how many they are");
        }
    }
}

/// Drops what retention no longer keeps, until it is aborted.
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
            Err(error) => return tracing::warn!(%error, "old history was not dropped"),
        }
    }
}

fn every(period: Duration) -> tokio::time::Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
