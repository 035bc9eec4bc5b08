//! Processes that a test starts, and that end when the test ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Maximum time between two lines of a process that starts, on a slow machine.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A process whose standard output is read line by line. Dropping this value kills the process.
pub struct Spawned {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Spawned {
    /// Starts `command`. Its standard error is that of the test, its standard input is empty.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let lines = lines(&mut child);
        Self { child, lines }
    }

    /// Waits for the first line of the standard output for which `wanted` returns a value, and returns this value.
    ///
    /// # Panics
    ///
    /// If no such line comes within 30 s.
    pub fn line_with<T>(&self, wanted: impl FnMut(&str) -> Option<T>) -> T {
        self.line_within(READY_WITHIN, wanted)
    }

    /// Does the same as [`line_with`](Self::line_with) with another time limit.
    ///
    /// # Panics
    ///
    /// If no such line comes within `limit`.
    pub fn line_within<T>(&self, limit: Duration, wanted: impl FnMut(&str) -> Option<T>) -> T {
        wait_for_line(&self.lines, limit, wanted)
    }

    /// Waits as [`line_with`](Self::line_with) does. Returns `None` if the process has closed its standard output before, which it does when
    /// it ends.
    ///
    /// # Panics
    ///
    /// If no such line comes within 30 s.
    pub fn line_before_end<T>(&self, wanted: impl FnMut(&str) -> Option<T>) -> Option<T> {
        match first_answer(&self.lines, READY_WITHIN, wanted) {
            Ok(answer) => Some(answer),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("the process does not say that it is ready"),
        }
    }

    /// Returns the id of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM, and waits until the process has ended.
    ///
    /// # Panics
    ///
    /// If it does not end within `limit`.
    pub fn end(&mut self, limit: Duration) {
        assert!(signal(self.child.id().into(), "TERM"), "the process has already ended");
        let begun = Instant::now();
        while self.child.try_wait().expect("it is a child of this process").is_none() {
            assert!(begun.elapsed() < limit, "the process goes on after SIGTERM");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills the process with SIGKILL, and waits until it has ended.
    pub fn kill(&mut self) {
        // This fails only if the process has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Starts a thread that reads the standard output of a process, and returns a channel that receives its lines.
///
/// # Panics
///
/// If the standard output is not piped.
pub fn lines(child: &mut Child) -> mpsc::Receiver<String> {
    let stdout = child.stdout.take().expect("stdout is piped");
    let (send, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Waits for the first received line for which `wanted` returns a value, and returns this value.
///
/// # Panics
///
/// If no line comes within `limit`.
pub fn wait_for_line<T>(
    lines: &mpsc::Receiver<String>,
    limit: Duration,
    wanted: impl FnMut(&str) -> Option<T>,
) -> T {
    first_answer(lines, limit, wanted).expect("the process says it is ready")
}

/// Returns the first value that `wanted` returns for a received line. An error says why no further line came.
fn first_answer<T>(
    lines: &mpsc::Receiver<String>,
    limit: Duration,
    mut wanted: impl FnMut(&str) -> Option<T>,
) -> Result<T, RecvTimeoutError> {
    loop {
        if let Some(answer) = wanted(&lines.recv_timeout(limit)?) {
            return Ok(answer);
        }
    }
}

/// Sends a signal, such as `KILL`, to one process. Returns false if there is no such process.
pub fn signal(pid: u64, name: &str) -> bool {
    Command::new("kill").args(["-s", name, &pid.to_string()]).status().is_ok_and(|status| status.success())
}

/// Returns the ids of the processes whose parent is `parent`. There are none on systems without `/proc`.
pub fn children_of(parent: u64) -> Vec<u64> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| parent_of(*pid) == Some(parent)).collect()
}

fn parent_of(pid: u64) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}
