//! Reads the CPU time and the memory of a process from Linux's `/proc`.

use std::fs;
use std::time::Duration;

/// Length of a tick, the unit in which `/proc` reports CPU time. It is 10 ms on every architecture (`USER_HZ`,
/// proc(5)).
const TICK: Duration = Duration::from_millis(10);
/// Maximum number of processes between one and its descendant.
const MOST_LEVELS: usize = 20;

/// Returns the CPU time that a process has used, in user space and in the kernel. Returns `None` if it cannot be read,
/// as on systems without `/proc`.
pub fn cpu(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, field 2, may contain spaces, so fields are counted from the bracket that ends it.
    let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |number: usize| fields.get(number - 3)?.parse::<u32>().ok();
    Some(TICK * (ticks(14)? + ticks(15)?))
}

/// Returns the CPU time that some of the processes have used that a process has started, directly or indirectly. They are those whose
/// command line contains `words`. The result is zero on systems without `/proc`.
pub fn cpu_of_descendants(pid: u32, words: &str) -> Duration {
    let entries = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let pids: Vec<u32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    let is_below = |of: u32| {
        std::iter::successors(Some(of), |of| parent(*of)).skip(1).take(MOST_LEVELS).any(|above| above == pid)
    };
    let has_words =
        |of: u32| fs::read_to_string(format!("/proc/{of}/cmdline")).is_ok_and(|line| line.contains(words));
    pids.into_iter().filter(|of| has_words(*of) && is_below(*of)).filter_map(cpu).sum()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Returns the resident memory of a process in bytes. Returns `None` if it cannot be read, as on systems without
/// `/proc`.
pub fn resident_bytes(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}

/// Returns the number of files that this process may have open. Returns `None` if it cannot be read, as on systems
/// without `/proc`.
pub fn open_files() -> Option<u64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}
