//! Measures the resident memory that each idle connection with a subscription adds to a server.

use std::time::{Duration, Instant};

use super::crowd::Crowd;
use super::hub::Hub;
use super::packages::Packages;
use super::report_spread;

/// Number of times that each figure is measured.
const TURNS: usize = 3;
/// Time after which the server has sent everything that it sends to new viewers.
const SETTLING: Duration = Duration::from_millis(1_500);
const TOPIC: &str = "bench/idle";

/// Measures with 1,000 and with 5,000 idle viewers. Each number is measured for Tickertape and for the peers in turns.
pub async fn run() {
    let packages = Packages::install();
    for viewers in [1_000, 5_000] {
        let mut all: Vec<(&str, Vec<f64>)> = Vec::new();
        for _ in 0..TURNS {
            let hubs = [Some(Hub::tickertape()), Hub::bun(&packages), Hub::node(&packages)];
            for (place, hub) in hubs.into_iter().flatten().enumerate() {
                let Some(kib) = kib_a_viewer(&hub, viewers).await else {
                    return eprintln!("no /proc here: memory is not measured");
                };
                match all.get_mut(place) {
                    Some((_, values)) => values.push(kib),
                    None => all.push((hub.name, vec![kib])),
                }
            }
        }
        for (name, mut values) in all {
            report_spread(&format!("{name}: {viewers} subscribed, memory each"), &mut values, "KiB");
        }
    }
}

/// Returns the memory that each of so many viewers adds to a server, in KiB.
async fn kib_a_viewer(hub: &Hub, viewers: usize) -> Option<f64> {
    // Opens some connections first, so that memory which is allocated only once is not counted as memory of the others.
    let _first = Crowd::gather(hub, TOPIC, 10, Instant::now()).await;
    tokio::time::sleep(SETTLING).await;
    let before = hub.resident_bytes()?;
    let _crowd = Crowd::gather(hub, TOPIC, viewers, Instant::now()).await;
    tokio::time::sleep(SETTLING).await;
    let after = hub.resident_bytes()?;
    Some(after.saturating_sub(before) as f64 / viewers as f64 / 1024.0)
}
