//! Tests that every viewer receives exactly the publications that were published, or is told exactly which ones are
//! missing. The tests run the real program over real sockets, with injected faults and with time limits that are 720
//! times as short. `cargo xtask soak` runs the long test.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

mod server;
mod soak;
mod trial;

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use serde_json::Value;
use storm::Report;
use trial::Trial;

/// Factor by which the time limits of the server are shortened: two hours become ten seconds.
const TIME_SCALE: u32 = 720;
const ROTATIONS: u64 = 10;
const FAULTS: Duration = Duration::from_secs(35);

/// A lock that the test without faults holds exclusively. With time limits that are 720 times as short, a viewer has
/// less than one second to replace its connection. On a small machine, another test that runs at the same time could
/// take too much of this second. The tests with faults may run at the same time.
static MACHINE: RwLock<()> = RwLock::new(());

#[test]
fn a_hundred_viewers_lose_nothing_and_see_no_banner_through_ten_rotations() {
    let _alone = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
    let report = run(async {
        let storm = Trial::begin(100, 100_000, TIME_SCALE).await;
        storm.wait_for_rotations(ROTATIONS).await;
        storm.finish().await
    });
    println!("ten rotations: {report}");
    assert_eq!(report.violations, Vec::<String>::new());
    assert_eq!((report.gaps, report.banners), (0, 0), "{report}");
    assert!(report.least_rotations >= ROTATIONS, "{report}");
    assert!(report.publications >= 80 * 50, "50 a second: {report}");
}

#[test]
fn every_viewer_has_everything_in_the_end_whatever_fault_is_injected() {
    let _together = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
    let report = run(run_with_faults(100_000));
    println!("storm: {report}");
    assert_eq!(report.violations, Vec::<String>::new());
    assert_eq!(report.gaps, 0);
}

#[test]
fn only_what_history_no_longer_has_is_missing_and_it_is_announced_as_a_gap() {
    let _together = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
    let report = run(run_with_faults(KEPT));
    println!("storm over a short history: {report}");
    assert_eq!(report.violations, Vec::<String>::new());
    assert!(report.gaps > 0, "the history was not short enough for this to prove anything: {report}");
}

/// Number of publications that the server keeps of each topic. They are the publications of about one second.
const KEPT: u64 = 12;

/// Runs a load with every kind of fault. During the run, the server is killed and restarted twice.
async fn run_with_faults(kept: u64) -> Report {
    let mut storm = Trial::begin(12, kept, TIME_SCALE).await;
    storm.start_faults();
    let mut counts = Vec::new();
    for _ in 0..2 {
        tokio::time::sleep(FAULTS / 3).await;
        counts.push(storm.chaos_counts());
        storm.kill_and_restart();
    }
    tokio::time::sleep(FAULTS / 3).await;
    counts.push(storm.chaos_counts());
    storm.stop_faults();
    let report = storm.finish().await;
    let faults: u64 =
        counts.iter().flat_map(|count| count.as_object().unwrap().values()).filter_map(Value::as_u64).sum();
    println!("between restarts: {counts:?}");
    assert!(faults >= 50, "too few faults were injected: {counts:?}");
    assert!(
        report.histories > 0 && report.duplicates > 0,
        "no hole was filled, or nothing was delivered twice: {report}"
    );
    report
}

fn run<T>(storm: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(storm)
}
