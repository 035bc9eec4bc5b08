//! Measures how many durable appends per second the store makes, and their CPU time. Run it with `cargo run --release
//! -p backend-store --example appends`.
//!
//! An append is acknowledged only after it was synced to the disk. So the rate of a single caller is limited by the
//! time of a sync, whereas many callers share one sync. With `--json`, each result is printed as a JSON object for
//! `cargo xtask bench`.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use backend_core::ports::{Append, TopicLog};
use backend_store::{EmbeddedLog, Retention};
use shared::publication::Item;
use shared::{Epoch, Topic};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Duration of each measurement.
const RUN: Duration = Duration::from_secs(3);

struct Case {
    callers: usize,
    batch: usize,
}

const CASES: [Case; 5] = [
    Case { callers: 1, batch: 1 },
    Case { callers: 32, batch: 1 },
    Case { callers: 256, batch: 1 },
    Case { callers: 1, batch: 100 },
    Case { callers: 32, batch: 100 },
];

struct Measured {
    appends_per_second: f64,
    publications_per_second: f64,
    cpu_us_per_publication: Option<f64>,
    bytes_per_publication: f64,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let json = std::env::args().any(|arg| arg == "--json");
    for case in CASES {
        print(&case, &measure(&case).await?, json);
    }
    Ok(())
}

async fn measure(case: &Case) -> Result<Measured, Failure> {
    let directory = tempfile::tempdir()?;
    let (log, mut changes) = EmbeddedLog::open(directory.path(), Retention::default())?;
    let log = Arc::new(log);
    let drain = tokio::spawn(async move { while changes.recv().await.is_some() {} });
    let (started, cpu) = (Instant::now(), cpu_time());
    let callers = (0..case.callers)
        .map(|caller| tokio::spawn(append_until(log.clone(), caller, case.batch, started + RUN)));
    let mut appends = 0;
    for caller in callers.collect::<Vec<_>>() {
        appends += caller.await??;
    }
    let (elapsed, cpu) = (started.elapsed(), cpu_time().zip(cpu).map(|(now, then)| now - then));
    log.close().await;
    drain.await?;
    summarise(case, appends, elapsed, cpu, directory.path())
}

/// Publishes to a topic of this caller until `end`, one append after the other. Returns the number of appends.
async fn append_until(
    log: Arc<EmbeddedLog>,
    caller: usize,
    batch: usize,
    end: Instant,
) -> Result<u64, Failure> {
    let topic = Topic::new(&format!("bench/{caller}"))?;
    let mut appends = 0;
    while Instant::now() < end {
        let received_at = 1_700_000_000_000 + appends as i64;
        let items = (0..batch).map(|n| Item::now(n as f64 * 0.5)).collect();
        let new_epoch = Epoch::from_random(caller as u64);
        log.append(Append {
            topic: topic.clone(),
            items,
            producer: None,
            meta: None,
            received_at,
            new_epoch,
            principal: "bench".into(),
            principal_topics: 10_000,
        })
        .await?;
        appends += 1;
    }
    Ok(appends)
}

fn summarise(
    case: &Case,
    appends: u64,
    elapsed: Duration,
    cpu: Option<f64>,
    directory: &Path,
) -> Result<Measured, Failure> {
    let publications = (appends * case.batch as u64) as f64;
    let bytes = fs::metadata(directory.join("tickertape.redb"))?.len();
    Ok(Measured {
        appends_per_second: appends as f64 / elapsed.as_secs_f64(),
        publications_per_second: publications / elapsed.as_secs_f64(),
        cpu_us_per_publication: cpu.map(|seconds| seconds * 1e6 / publications),
        bytes_per_publication: bytes as f64 / publications,
    })
}

/// Returns the CPU time of this process in seconds, in user mode and in the kernel (proc_pid_stat(5), fields 14 and 15,
/// in ticks of 10 ms). Returns `None` on a system without this file.
fn cpu_time() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = stat.rsplit_once(')')?.1;
    let ticks = after_name.split_whitespace().skip(11).take(2).map(|field| field.parse::<f64>().ok());
    ticks.sum::<Option<f64>>().map(|ticks| ticks / 100.0)
}

fn print(case: &Case, measured: &Measured, json: bool) {
    let Case { callers, batch } = case;
    let Measured { appends_per_second, publications_per_second, bytes_per_publication, .. } = measured;
    let cpu = measured.cpu_us_per_publication;
    if json {
        let cpu = cpu.map_or("null".into(), |us| format!("{us:.2}"));
        println!(
            r#"{{"callers":{callers},"batch":{batch},"appends_per_second":{appends_per_second:.0},"publications_per_second":{publications_per_second:.0},"cpu_us_per_publication":{cpu},"bytes_per_publication":{bytes_per_publication:.0}}}"#
        );
    } else {
        let cpu = cpu.map_or("?".into(), |us| format!("{us:.1}"));
        println!(
            "{callers:>4} callers, {batch:>3} an append: {appends_per_second:>8.0} appends/s {publications_per_second:>9.0} publications/s {cpu:>7} us CPU {bytes_per_publication:>6.0} B on disk each"
        );
    }
}
