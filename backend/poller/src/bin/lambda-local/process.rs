//! Programs that end when this one does.

use std::time::Duration;

use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::Failure;

/// How long one may take to end after it was asked to.
const PATIENCE: Duration = Duration::from_secs(45);

/// A running program. It is killed when this is dropped; [`Process::end`] is kinder.
pub struct Process {
    name: &'static str,
    child: Child,
}

impl Process {
    /// Starts it in a process group of its own: a terminal's Ctrl-C is for this program, which ends the others in order.
    pub fn start(name: &'static str, command: &mut Command) -> Result<Self, Failure> {
        #[cfg(unix)]
        command.process_group(0);
        let child = command.kill_on_drop(true).spawn();
        let child = child.map_err(|error| format!("{name} could not be started: {error}"))?;
        Ok(Self { name, child })
    }

    /// What it prints, if that was to be piped.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Its number.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits for an end that nobody asked for.
    pub async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => format!("{} ended: {status}", self.name),
            Err(error) => format!("{} was lost: {error}", self.name),
        }
    }

    /// Asks it to end, and kills it if it does not.
    pub async fn end(&mut self) {
        let asked = match self.child.id() {
            Some(pid) => ask_to_end(pid).await,
            None => return,
        };
        if !asked || timeout(PATIENCE, self.child.wait()).await.is_err() {
            // Whoever has ended by itself by now need not be killed.
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
