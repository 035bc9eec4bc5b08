//! A process that ends when the test does.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A process whose standard output is read line by line, killed on drop.
pub struct Spawned {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Spawned {
    /// Starts `command`; its standard error goes to the test's.
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
        let stdout = child.stdout.take().expect("stdout is piped");
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// The first line of output for which `wanted` answers, and its answer.
    ///
    /// # Panics
    ///
    /// If no such line comes within 30 s.
    pub fn line_with<T>(&self, mut wanted: impl FnMut(&str) -> Option<T>) -> T {
        loop {
            let line =
                self.lines.recv_timeout(Duration::from_secs(30)).expect("the process says it is ready");
            if let Some(answer) = wanted(&line) {
                return answer;
            }
        }
    }

    /// Its number, as the system knows it.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends the process as `kill -9` does.
    pub fn kill(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        self.kill();
    }
}
