//! Reads the CPU time and the memory of a process from Linux's `/proc`.

use std::fs;
use std::time::Duration;

/// Length of a tick, the unit in which `/proc` reports CPU time. It is 10 ms on every architecture (`USER_HZ`,
/// proc(5)).
const TICK: Duration = Duration::from_millis(10);

/// Returns the CPU time that a process has used, in user space and in the kernel. Returns `None` if it cannot be read,
/// as on systems without `/proc`.
pub fn cpu(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, field 2, may contain spaces, so fields are counted from the bracket that ends it.
    let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |number: usize| fields.get(number - 3)?.parse::<u32>().ok();
    Some(TICK * (ticks(14)? + ticks(15)?))
}

/// Returns the resident memory of a process in bytes. Returns `None` if it cannot be read, as on systems without
/// `/proc`.
pub fn resident_bytes(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}
