//! Memory and processor time of a process together with all processes below it.

use std::fs;
use std::time::Duration;

use crate::bench::usage;
use crate::child::children_of;

/// Memory of a process and of all processes that it has started.
#[derive(Debug, Default, Clone, Copy)]
pub struct TreeMemory {
    /// Number of processes.
    pub processes: usize,
    /// Resident memory. What several processes share, such as the code of Node.js, is counted in each of them.
    pub rss_bytes: u64,
    /// Proportional memory: of what several processes share, each has its part.
    pub pss_bytes: u64,
}

/// Returns the memory of a process with all that it has started. Returns `None` if it cannot be read, as on systems without `/proc`.
pub fn memory(root: u32) -> Option<TreeMemory> {
    let mut total = TreeMemory::default();
    for pid in processes(root) {
        // A process that has just ended has no memory.
        let Ok(rollup) = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) else { continue };
        total.processes += 1;
        total.rss_bytes += field_bytes(&rollup, "Rss:").unwrap_or_default();
        total.pss_bytes += field_bytes(&rollup, "Pss:").unwrap_or_default();
    }
    (total.processes > 0).then_some(total)
}

/// Returns the processor time that a process and all that it has started have used. Those that have ended are left out.
pub fn cpu(root: u32) -> Duration {
    processes(root).into_iter().filter_map(|pid| usage::cpu(u32::try_from(pid).ok()?)).sum()
}

/// Returns a process and all that it has started.
fn processes(root: u32) -> Vec<u64> {
    let (mut found, mut left) = (Vec::new(), vec![u64::from(root)]);
    while let Some(pid) = left.pop() {
        left.extend(children_of(pid));
        found.push(pid);
    }
    found
}

fn field_bytes(rollup: &str, name: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_of_this_process_is_more_than_nothing() {
        let memory = memory(std::process::id()).expect("Linux");
        assert!(memory.processes >= 1 && memory.pss_bytes > 0 && memory.rss_bytes >= memory.pss_bytes);
    }

    #[test]
    fn a_field_is_read_by_its_whole_name() {
        let rollup = "00400000-7ffd [rollup]\nRss:  5 kB\nPss:  3 kB\nPss_Anon:  1 kB\n";
        assert_eq!((field_bytes(rollup, "Pss:"), field_bytes(rollup, "Rss:")), (Some(3072), Some(5120)));
    }
}
