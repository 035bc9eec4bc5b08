//! What a viewer saw is what was published, or names exactly what is missing: the real program over real sockets,
//! with time passing 720 times as fast and things going wrong on purpose. `cargo xtask soak` runs the long one.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

mod server;
mod soak;
mod trial;

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use serde_json::Value;
use storm::Told;
use trial::Trial;

/// Two hours in ten seconds.
const HASTE: u32 = 720;
const ROTATIONS: u64 = 10;
const STORM: Duration = Duration::from_secs(35);

/// Calm is measured alone: at 720 times the speed, a rotation has less than a second, which a storm next door on a
/// small machine would take from it. Storms may rage side by side.
static WEATHER: RwLock<()> = RwLock::new(());

#[test]
fn a_hundred_viewers_lose_nothing_and_notice_nothing_through_ten_rotations() {
    let _alone = WEATHER.write().unwrap_or_else(PoisonError::into_inner);
    let told = run(async {
        let storm = Trial::begin(100, 100_000, HASTE).await;
        storm.until_everyone_rotated(ROTATIONS).await;
        storm.end().await
    });
    println!("ten rotations: {told}");
    assert_eq!(told.faults, Vec::<String>::new());
    assert_eq!((told.gaps, told.banners), (0, 0));
    assert!(told.least_rotations >= ROTATIONS, "{told}");
    assert!(told.publications >= 80 * 50, "50 a second: {told}");
}

#[test]
fn whatever_goes_wrong_everyone_has_everything_in_the_end() {
    let _together = WEATHER.read().unwrap_or_else(PoisonError::into_inner);
    let told = run(raging(100_000));
    println!("storm: {told}");
    assert_eq!(told.faults, Vec::<String>::new());
    assert_eq!(told.gaps, 0);
}

#[test]
fn whatever_goes_wrong_what_history_no_longer_has_is_announced_and_nothing_else_is_missing() {
    let _together = WEATHER.read().unwrap_or_else(PoisonError::into_inner);
    let told = run(raging(KEPT));
    println!("storm over a short history: {told}");
    assert_eq!(told.faults, Vec::<String>::new());
    assert!(told.gaps > 0, "the history was not short enough for this to prove anything: {told}");
}

/// About a second of a topic.
const KEPT: u64 = 12;

/// Every fault there is, and two restarts by `kill -9`.
async fn raging(kept: u64) -> Told {
    let mut storm = Trial::begin(12, kept, HASTE).await;
    storm.rage();
    let mut counts = Vec::new();
    for _ in 0..2 {
        tokio::time::sleep(STORM / 3).await;
        counts.push(storm.chaos_counts());
        storm.kill_and_restart();
    }
    tokio::time::sleep(STORM / 3).await;
    counts.push(storm.chaos_counts());
    storm.calm();
    let told = storm.end().await;
    let faults: u64 =
        counts.iter().flat_map(|count| count.as_object().unwrap().values()).filter_map(Value::as_u64).sum();
    println!("between restarts: {counts:?}");
    assert!(faults >= 50, "no storm worth the name: {counts:?}");
    assert!(told.histories > 0 && told.duplicates > 0, "no hole was filled, or nothing came twice: {told}");
    told
}

fn run<T>(storm: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(storm)
}
