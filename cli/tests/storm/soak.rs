//! The long one, for `cargo xtask soak`.

use std::time::{Duration, Instant};

use storm::Told;

use crate::run;
use crate::trial::Trial;

const MINUTE: Duration = Duration::from_secs(60);
/// Two hours in a minute. Faster, silence is cut so soon that on a busy machine nobody stands long enough to speak.
const HASTE: u32 = 120;
const VIEWERS: usize = 25;

#[test]
#[ignore = "not a test of its own: cargo xtask soak"]
fn soak() {
    let minutes = std::env::var("TICKERTAPE_SOAK_MINUTES").map_or(10, |minutes| minutes.parse().unwrap());
    let told = run(soaking(minutes));
    println!("{told}");
    for fault in told.faults.iter().take(20) {
        println!("  {fault}");
    }
    let verdict = told.faults.is_empty() && told.gaps == 0;
    println!("{}", if verdict { "nothing lost, nothing doubled" } else { "FAILED" });
    assert!(verdict);
}

/// Each minute: chaos for fifty seconds, with a `kill -9` in the middle, and ten seconds of calm.
async fn soaking(minutes: u32) -> Told {
    let mut storm = Trial::begin(VIEWERS, 1_000_000, HASTE).await;
    let began = Instant::now();
    for minute in 1..=minutes {
        storm.rage();
        tokio::time::sleep(MINUTE * 25 / 60).await;
        storm.kill_and_restart();
        tokio::time::sleep(MINUTE * 25 / 60).await;
        let counts = storm.chaos_counts();
        storm.calm();
        tokio::time::sleep((MINUTE * minute).saturating_sub(began.elapsed())).await;
        println!("minute {minute}: {} published; {counts}", storm.publications());
    }
    storm.end().await
}
