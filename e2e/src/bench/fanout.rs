//! Measures deliveries, with one publisher and many viewers of one topic: the CPU time of each, and its latency.
//! Tickertape is compared with the peers, and with the bare loop, which does the least that is possible.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::crowd::Crowd;
use super::hub::Hub;
use super::packages::Packages;
use super::viewer::{self, Socket};
use super::{percentile, report_spread, usage};

const TOPIC: &str = "bench/fanout";
/// Numbers of viewers, and of publications per second. 16,000 files, of which a server needs some for itself, are the
/// most that many machines permit.
const SIZES: [(usize, u64); 4] = [(100, 200), (1_000, 40), (5_000, 4), (15_500, 2)];
/// Number of times that each server is measured before and after the others.
const TURNS: usize = 3;
const WARM_UP: Duration = Duration::from_secs(1);
const RUN: Duration = Duration::from_secs(5);
/// Time after which a server has sent everything that it sends to new viewers, such as their number.
const SETTLING: Duration = Duration::from_millis(1_500);

/// The figures of one measurement of one server.
#[derive(Clone, Copy)]
struct Figures {
    cpu_us: f64,
    p50_ms: f64,
    p99_ms: f64,
    memory_kib: f64,
}

/// All measurements of one server with the same number of viewers.
type Turns = Vec<Figures>;

/// Measures all servers in turns with each number of viewers, or only with `only` viewers.
pub async fn run(only: Option<usize>) {
    let packages = Packages::install();
    let mut ours = BTreeMap::new();
    for (viewers, a_second) in
        SIZES.into_iter().filter(|(viewers, _)| only.is_none_or(|only| only == *viewers))
    {
        if !has_files_for(viewers) {
            eprintln!("{viewers} viewers need more open files than this machine permits");
            continue;
        }
        let turns = in_turns(&packages, viewers, a_second).await;
        tell(viewers, &turns);
        ours.insert(viewers, turns.into_iter().next().map(|(_, turns)| turns).unwrap_or_default());
    }
    let of = |viewers: usize| ours.get(&viewers);
    if let (Some(few), Some(many)) = (of(1_000), of(15_500)) {
        tell_ratio("tickertape: CPU a delivery, 15,500 to 1,000", many, few);
    }
}

/// Returns true if this process may open a file for each viewer.
fn has_files_for(viewers: usize) -> bool {
    usage::open_files().is_none_or(|files| files >= viewers as u64 + 64)
}

/// Measures each server several times. The order of the servers changes, so that a change of the machine's speed affects
/// all alike.
async fn in_turns(packages: &Packages, viewers: usize, a_second: u64) -> Vec<(&'static str, Turns)> {
    let starts: [fn(&Packages) -> Option<Hub>; 5] =
        [|_| Some(Hub::tickertape()), |_| Some(Hub::bare()), Hub::bun, Hub::node, |_| Hub::nchan()];
    let mut measured: Vec<Option<(&str, Turns)>> = vec![None; starts.len()];
    for turn in 0..TURNS {
        let forwards: Vec<usize> = (0..starts.len()).collect();
        let order: Vec<usize> = if turn % 2 == 0 { forwards } else { forwards.into_iter().rev().collect() };
        for place in order {
            let Some(hub) = starts[place](packages) else { continue };
            let Some(figures) = measure(&hub, viewers, a_second).await else { continue };
            measured[place].get_or_insert_with(|| (hub.name, Vec::new())).1.push(figures);
        }
    }
    measured.into_iter().flatten().collect()
}

/// Measures one server. The publisher pauses between its `a_second` publications per second, so that the server sends
/// each of them in a frame of its own. Returns `None` if there is no `/proc`.
async fn measure(hub: &Hub, viewers: usize, a_second: u64) -> Option<Figures> {
    let start = Instant::now();
    let mut publisher = viewer::connect(&hub.protocol.publishers(&hub.ws, TOPIC)).await;
    let memory_before = hub.resident_bytes()?;
    let crowd = Crowd::gather(hub, TOPIC, viewers, start).await;
    tokio::time::sleep(SETTLING).await;
    let memory = hub.resident_bytes()?.saturating_sub(memory_before);
    let warm_up = publish(hub, &mut publisher, start, WARM_UP, a_second).await;
    settle(&crowd, warm_up * viewers as u64).await;
    crowd.forget();
    let before = hub.cpu()?;
    let expected = publish(hub, &mut publisher, start, RUN, a_second).await * viewers as u64;
    settle(&crowd, expected).await;
    let cpu = hub.cpu()? - before;
    assert_eq!(crowd.deliveries(), expected, "{}: not every publication has arrived", hub.name);
    let mut ages = crowd.ages_us();
    Some(Figures {
        cpu_us: cpu.as_secs_f64() * 1e6 / expected as f64,
        p50_ms: percentile(&mut ages, 0.5) / 1_000.0,
        p99_ms: percentile(&mut ages, 0.99) / 1_000.0,
        memory_kib: memory as f64 / viewers as f64 / 1024.0,
    })
}

/// Publishes for some time, and returns the number of publications.
async fn publish(hub: &Hub, publisher: &mut Socket, start: Instant, run: Duration, a_second: u64) -> u64 {
    let (began, mut sent) = (Instant::now(), 0);
    let mut pace = tokio::time::interval(Duration::from_micros(1_000_000 / a_second));
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while began.elapsed() < run {
        pace.tick().await;
        sent += 1;
        viewer::publish_as(hub.protocol, publisher, TOPIC, sent, &viewer::payload(start)).await;
    }
    sent
}

/// Waits until so many publications have arrived, at most ten seconds.
async fn settle(crowd: &Crowd, expected: u64) {
    for _ in 0..400 {
        if crowd.deliveries() >= expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// Prints the figures of all servers. The first of them is compared with the others.
fn tell(viewers: usize, all: &[(&str, Turns)]) {
    for (name, turns) in all {
        let tell = |what: &str, unit: &str, figure: fn(&Figures) -> f64| {
            let mut values: Vec<f64> = turns.iter().map(figure).collect();
            report_spread(&format!("{name}: {viewers} viewers, {what}"), &mut values, unit);
        };
        tell("CPU a delivery", "µs", |figures| figures.cpu_us);
        tell("latency p50", "ms", |figures| figures.p50_ms);
        tell("latency p99", "ms", |figures| figures.p99_ms);
        tell("memory a viewer", "KiB", |figures| figures.memory_kib);
    }
    let Some(((_, ours), others)) = all.split_first() else { return };
    for (name, theirs) in others {
        tell_ratio(&format!("{viewers} viewers, CPU of tickertape to {name}"), ours, theirs);
    }
}

/// Prints the ratio of the CPU time of two servers that were measured in the same turns.
fn tell_ratio(figure: &str, ours: &[Figures], theirs: &[Figures]) {
    let mut ratios: Vec<f64> =
        ours.iter().zip(theirs).map(|(ours, theirs)| ours.cpu_us / theirs.cpu_us).collect();
    report_spread(figure, &mut ratios, "times");
}
