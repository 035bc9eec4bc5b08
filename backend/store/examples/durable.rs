//! Compares the time of durable appends with the time of the disk's own sync. Run it with `cargo run --release -p
//! backend-store --example durable`, or with `-- 100` for 100 callers only. It runs only on Linux.
//!
//! In turns, callers append to a store, and a loop writes as many bytes as a commit of the store and syncs them with
//! `fdatasync`, to a file in the same directory that already has its full length. So both wait for the same disk in the
//! same seconds. An append waits at least for one such sync, and at most for two: for the one that is running and for its
//! own. The disk is always busy if there are as many commits per second as the loop has syncs.
//!
//! On a busy machine, both also wait for the processor. The processor time of a commit shows how long an append takes
//! beyond the sync if no other program runs.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use backend_core::ports::{Append, TopicLog};
use backend_store::{EmbeddedLog, Retention};
use shared::publication::Item;
use shared::{Epoch, Topic};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Time for which one of the two is measured before it is the other's turn.
const TURN: Duration = Duration::from_millis(250);
/// Number of turns of each. The first ones are not counted, because the store's file is still growing.
const TURNS: usize = 26;
const UNCOUNTED_TURNS: usize = 2;
/// Length of the file that the loop writes.
const FILE_BYTES: usize = 4 * 1024 * 1024;
const PAGE_BYTES: usize = 4096;
const CALLERS: [usize; 4] = [1, 10, 100, 1_000];

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let asked = std::env::args().nth(1).map(|callers| callers.parse()).transpose()?;
    for callers in asked.map_or(CALLERS.to_vec(), |callers| vec![callers]) {
        measure(callers).await?;
    }
    Ok(())
}

/// The times that callers waited, or that syncs took, in microseconds, and the number of commits or syncs.
#[derive(Default)]
struct Measured {
    waits: Vec<f64>,
    commits: u64,
    bytes: u64,
    elapsed: Duration,
    cpu: Duration,
}

impl Measured {
    fn add(&mut self, turn: Self) {
        self.waits.extend(turn.waits);
        self.commits += turn.commits;
        self.bytes += turn.bytes;
        self.elapsed += turn.elapsed;
        self.cpu += turn.cpu;
    }

    fn cpu_us_per_commit(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.commits as f64
    }

    fn commits_per_second(&self) -> f64 {
        self.commits as f64 / self.elapsed.as_secs_f64()
    }

    fn mean(&self) -> f64 {
        self.waits.iter().sum::<f64>() / self.waits.len() as f64
    }

    fn percentile(&mut self, share: f64) -> f64 {
        self.waits.sort_by(f64::total_cmp);
        self.waits[(self.waits.len() as f64 * share) as usize]
    }
}

async fn measure(callers: usize) -> Result<(), Failure> {
    let directory = tempfile::tempdir()?;
    let (log, mut changes) = EmbeddedLog::open(directory.path(), Retention::default())?;
    let (log, commits) = (Arc::new(log), Arc::new(AtomicU64::new(0)));
    let counted = commits.clone();
    // There is one message for each commit.
    let counting = tokio::spawn(async move {
        while changes.recv().await.is_some() {
            counted.fetch_add(1, Relaxed);
        }
    });
    let mut file = full_file(&directory.path().join("syncs"))?;
    let (mut appends, mut syncs) = (Measured::default(), Measured::default());
    for turn in 0..TURNS {
        let appended = append(&log, callers, &commits).await?;
        let synced = sync(&mut file, appended.bytes as usize / appended.commits.max(1) as usize)?;
        if turn >= UNCOUNTED_TURNS {
            appends.add(appended);
            syncs.add(synced);
        }
    }
    log.close().await;
    counting.await?;
    print(callers, appends, syncs);
    Ok(())
}

/// Lets callers append for one turn, each to a topic of its own and each one append after the other.
async fn append(log: &Arc<EmbeddedLog>, callers: usize, commits: &AtomicU64) -> Result<Measured, Failure> {
    let (started, cpu_before) = (Instant::now(), cpu_time()?);
    let (commits_before, bytes_before) = (commits.load(Relaxed), written_bytes()?);
    let callers = (0..callers).map(|caller| tokio::spawn(append_until(log.clone(), caller, started + TURN)));
    let mut waits = Vec::new();
    for caller in callers.collect::<Vec<_>>() {
        waits.extend(caller.await??);
    }
    let (elapsed, cpu) = (started.elapsed(), cpu_time()? - cpu_before);
    let (commits, bytes) = (commits.load(Relaxed) - commits_before, written_bytes()? - bytes_before);
    Ok(Measured { waits, commits, bytes, elapsed, cpu })
}

async fn append_until(log: Arc<EmbeddedLog>, caller: usize, end: Instant) -> Result<Vec<f64>, Failure> {
    let topic = Topic::new(&format!("bench/{caller}"))?;
    let mut waits = Vec::new();
    loop {
        let began = Instant::now();
        if began >= end {
            return Ok(waits);
        }
        let items = vec![Item::now("x".repeat(128))];
        let new_epoch = Epoch::from_random(caller as u64);
        log.append(Append {
            topic: topic.clone(),
            items,
            producer: None,
            meta: None,
            received_at: 1_700_000_000_000,
            new_epoch,
            principal: "bench".into(),
            principal_topics: 10_000,
        })
        .await?;
        waits.push(began.elapsed().as_secs_f64() * 1e6);
    }
}

/// Creates a file of [`FILE_BYTES`] whose blocks are all on the disk, so that a later sync writes only its data.
fn full_file(path: &Path) -> Result<File, Failure> {
    let mut file = File::create_new(path)?;
    file.write_all(&vec![1; FILE_BYTES])?;
    file.sync_all()?;
    Ok(file)
}

/// Writes `bytes` bytes, rounded up to whole pages, and syncs them, for one turn.
fn sync(file: &mut File, bytes: usize) -> Result<Measured, Failure> {
    let data = vec![2; bytes.next_multiple_of(PAGE_BYTES).clamp(PAGE_BYTES, FILE_BYTES)];
    let (started, cpu_before) = (Instant::now(), cpu_time()?);
    let (mut offset, mut waits) = (0, Vec::new());
    while started.elapsed() < TURN {
        let began = Instant::now();
        file.seek(SeekFrom::Start(offset as u64))?;
        file.write_all(&data)?;
        file.sync_data()?;
        waits.push(began.elapsed().as_secs_f64() * 1e6);
        offset += data.len();
        if offset + data.len() > FILE_BYTES {
            offset = 0;
        }
    }
    let commits = waits.len() as u64;
    let (elapsed, cpu) = (started.elapsed(), cpu_time()? - cpu_before);
    Ok(Measured { waits, commits, bytes: commits * data.len() as u64, elapsed, cpu })
}

/// Returns the processor time that the threads of this process have used. It is the first field of their `schedstat`, in
/// nanoseconds.
fn cpu_time() -> Result<Duration, Failure> {
    let mut nanoseconds = 0;
    for task in fs::read_dir("/proc/self/task")? {
        // A thread may end in the meantime.
        let schedstat = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
        nanoseconds +=
            schedstat.split(' ').next().and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// Returns the number of bytes that this process has written to disks (proc_pid_io(5)).
fn written_bytes() -> Result<u64, Failure> {
    let io = fs::read_to_string("/proc/self/io")?;
    let written = io.lines().find_map(|line| line.strip_prefix("write_bytes: "));
    Ok(written.ok_or("there is no number of written bytes")?.parse()?)
}

fn print(callers: usize, mut appends: Measured, mut syncs: Measured) {
    let Measured { commits, bytes, .. } = appends;
    println!(
        "{callers} callers: {:.0} appends per second, {:.1} in a commit of {} KiB",
        appends.waits.len() as f64 / appends.elapsed.as_secs_f64(),
        appends.waits.len() as f64 / commits as f64,
        bytes / commits.max(1) / 1024
    );
    println!(
        "  {:<20} {:>8} {:>8} {:>8} {:>10} {:>12}",
        "", "mean us", "p50 us", "p99 us", "a second", "us CPU each"
    );
    for (name, measured) in [("an append, a commit", &mut appends), ("the disk's own sync", &mut syncs)] {
        println!(
            "  {name:<20} {:>8.0} {:>8.0} {:>8.0} {:>10.0} {:>12.0}",
            measured.mean(),
            measured.percentile(0.5),
            measured.percentile(0.99),
            measured.commits_per_second(),
            measured.cpu_us_per_commit(),
        );
    }
    println!(
        "  wait beyond the sync: mean {:.0} us, p50 {:.0} us; {:.2} of two syncs; {:.2} commits for each sync",
        appends.mean() - syncs.mean(),
        appends.percentile(0.5) - syncs.percentile(0.5),
        appends.mean() / (2.0 * syncs.mean()),
        appends.commits_per_second() / syncs.commits_per_second(),
    );
}
