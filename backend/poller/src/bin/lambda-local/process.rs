//! Child processes that end together with this one.

use std::time::Duration;

use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::error::LocalError;

/// Maximum time between the request to end and the end of a process. After that, the process is killed.
const TIMEOUT: Duration = Duration::from_secs(45);

/// A running process. It is killed when this value is dropped. [`Process::end`] first asks it to end.
pub struct Process {
    name: &'static str,
    child: Child,
}

impl Process {
    /// Starts a process in a process group of its own. Ctrl-C in a terminal then reaches only this program, which ends the other
    /// processes in the right order.
    pub fn start(name: &'static str, command: &mut Command) -> Result<Self, LocalError> {
        #[cfg(unix)]
        command.process_group(0);
        let child = command.kill_on_drop(true).spawn();
        let child = child.map_err(|error| format!("{name} could not be started: {error}"))?;
        Ok(Self { name, child })
    }

    /// Returns the process's standard output if it is piped. Only the first call returns it.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Returns the process id.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits until the process ends by itself, and returns a message about it.
    pub async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => format!("{} ended: {status}", self.name),
            Err(error) => format!("{} was lost: {error}", self.name),
        }
    }

    /// Asks the process to end, and kills it if it has not ended in time.
    pub async fn end(&mut self) {
        let asked = match self.child.id() {
            Some(pid) => ask_to_end(pid).await,
            None => return,
        };
        if !asked || timeout(TIMEOUT, self.child.wait()).await.is_err() {
            // An error only means that the process has ended in the meantime.
            let _ = self.child.kill().await;
        }
    }
}

#[cfg(unix)]
async fn ask_to_end(pid: u32) -> bool {
    let asked = Command::new("kill").args(["-s", "TERM", &pid.to_string()]).status().await;
    asked.is_ok_and(|status| status.success())
}

#[cfg(not(unix))]
async fn ask_to_end(_pid: u32) -> bool {
    false
}
