//! The long test that `cargo xtask soak` runs.

use std::time::{Duration, Instant};

use storm::Report;

use crate::run;
use crate::trial::Trial;

const MINUTE: Duration = Duration::from_secs(60);
/// Factor by which the time limits of the server are shortened: two hours become one minute. With a higher factor, the
/// server would close an idle connection before a busy machine can use it.
const TIME_SCALE: u32 = 120;
const VIEWERS: usize = 25;

#[test]
#[ignore = "not a test of its own: cargo xtask soak"]
fn soak() {
    let minutes = std::env::var("TICKERTAPE_SOAK_MINUTES").map_or(10, |minutes| minutes.parse().unwrap());
    let report = run(soaking(minutes));
    println!("{report}");
    for violation in report.violations.iter().take(20) {
        println!("  {violation}");
    }
    let verdict = report.violations.is_empty() && report.gaps == 0;
    println!("{}", if verdict { "nothing was lost or delivered twice" } else { "FAILED" });
    assert!(verdict);
}

/// Runs a load for some minutes. Each minute consists of fifty seconds with faults and ten seconds without. In the middle of the
/// fifty seconds, the server is restarted after `kill -9`.
async fn soaking(minutes: u32) -> Report {
    let mut storm = Trial::begin(VIEWERS, 1_000_000, TIME_SCALE).await;
    let began = Instant::now();
    for minute in 1..=minutes {
        storm.start_faults();
        tokio::time::sleep(MINUTE * 25 / 60).await;
        storm.kill_and_restart();
        tokio::time::sleep(MINUTE * 25 / 60).await;
        let counts = storm.chaos_counts();
        storm.stop_faults();
        tokio::time::sleep((MINUTE * minute).saturating_sub(began.elapsed())).await;
        println!("minute {minute}: {} published; {counts}", storm.publications());
    }
    storm.finish().await
}
