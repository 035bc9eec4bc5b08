//! Finds and kills processes by Linux's `/proc`.

use std::collections::HashSet;
use std::fs;
use std::os::fd::OwnedFd;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// Maximum number of searches. A process may start another one while it is being searched for.
const ROUNDS: usize = 10;
/// Maximum number of descendants of one process that are listed.
const DESCENDANTS: usize = 10_000;

/// A process that can be killed without the danger that its id belongs to another one meanwhile.
pub(crate) struct Handle(OwnedFd);

impl Handle {
    fn of(pid: Pid) -> Option<Self> {
        pidfd_open(pid, PidfdFlags::empty()).ok().map(Self)
    }

    /// Kills the process.
    pub fn kill(&self) {
        // An error means that it has ended.
        let _ = pidfd_send_signal(&self.0, Signal::KILL);
    }
}

/// Returns the children of a process, their children, and so on.
pub(crate) fn descendants(root: Pid) -> Vec<Handle> {
    let (mut found, mut parents) = (Vec::new(), vec![root]);
    while let Some(parent) = parents.pop()
        && found.len() < DESCENDANTS
    {
        let children = children_of(parent);
        found.extend(children.iter().filter_map(|child| Handle::of(*child)));
        parents.extend(children);
    }
    found
}

/// Returns the children of all threads of a process.
fn children_of(parent: Pid) -> Vec<Pid> {
    let threads = fs::read_dir(format!("/proc/{}/task", parent.as_raw_pid())).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(pid).collect::<Vec<_>>()).collect()
}

/// Kills all processes whose environment has one of these entries, each in the form `NAME=VALUE`.
pub(crate) fn kill_with(entries: &[String]) {
    let entries: HashSet<&[u8]> = entries.iter().map(String::as_bytes).collect();
    for _ in 0..ROUNDS {
        if entries.is_empty() || kill_once(&entries) == 0 {
            return;
        }
    }
}

/// Kills the processes that there are at the moment, and returns their number.
fn kill_once(entries: &HashSet<&[u8]>) -> usize {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| pid(entry.file_name().to_str()?));
    let killed = pids.filter(|pid| {
        let Some(handle) = Handle::of(*pid) else { return false };
        // The environment of other users' processes cannot be read.
        let environment = fs::read(format!("/proc/{}/environ", pid.as_raw_pid())).unwrap_or_default();
        let has_entry = environment.split(|byte| *byte == 0).any(|entry| entries.contains(entry));
        if has_entry {
            handle.kill();
        }
        has_entry
    });
    killed.count()
}

fn pid(text: &str) -> Option<Pid> {
    Pid::from_raw(text.parse().ok()?)
}
