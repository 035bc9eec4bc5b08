//! The servers that the benchmarks measure: `tickertape serve`, and the *peers* with which it is compared. Peers are
//! minimal servers: with Node's package `ws`, with Bun, and a bare loop of our own; and nginx with its module nchan.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::nchan;
use super::packages::Packages;
use super::protocol::Protocol;
use super::usage;
use crate::child::{self, Spawned};
use crate::setting;

/// Argument with which the program of the benchmarks runs the bare loop.
pub const BARE: &str = "bare-loop";

/// A running server that is measured: either Tickertape or a peer.
pub struct Hub {
    /// Name of the server in the benchmark's report.
    pub name: &'static str,
    /// URL of the server's WebSocket.
    pub ws: String,
    /// The messages that the server understands.
    pub protocol: Protocol,
    process: Spawned,
    data: TempDir,
}

impl Hub {
    /// Starts the release build of `tickertape serve`. The option `--no-host` keeps it from publishing this machine's
    /// metrics.
    ///
    /// # Panics
    ///
    /// If the server does not start.
    pub fn tickertape() -> Self {
        let data = TempDir::new().expect("a temporary directory");
        let (process, ws) = serve(&data);
        Self { name: "tickertape", ws, protocol: Protocol::Tickertape, process, data }
    }

    /// Ends the server as `kill -9` does, and starts `tickertape serve` again with the same data. Its address is another one.
    ///
    /// # Panics
    ///
    /// If the server does not start.
    pub fn restart_after_kill(&mut self) {
        self.process.kill();
        (self.process, self.ws) = serve(&self.data);
    }

    /// Starts the bare loop (see [`bare`](super::bare)) in a process of its own.
    ///
    /// # Panics
    ///
    /// If the program of the benchmarks cannot be started again.
    pub fn bare() -> Self {
        let program = std::env::current_exe().expect("the path of this program");
        Self::peer("bare loop", Command::new(program).arg(BARE))
    }

    /// Starts the peer for Node. Returns `None` if its package is missing.
    ///
    /// # Panics
    ///
    /// If the peer cannot be started.
    pub fn node(packages: &Packages) -> Option<Self> {
        let folder = packages.with_ws()?;
        // The script is copied, because Node looks for packages beside it.
        let copy = folder.join("hub.mjs");
        std::fs::copy(script("ws-hub.mjs"), &copy).expect("the peer's script");
        Some(Self::peer("node ws 8", Command::new("node").arg(copy)))
    }

    /// Starts the peer for Bun. Returns `None` if Bun is missing.
    ///
    /// # Panics
    ///
    /// If the peer cannot be started.
    pub fn bun(packages: &Packages) -> Option<Self> {
        Some(Self::peer("bun", Command::new(packages.bun()?).arg(script("bun-hub.js"))))
    }

    /// Starts nginx with the module nchan. Returns `None` if one of them is missing or does not start.
    ///
    /// # Panics
    ///
    /// If there is no temporary directory.
    pub fn nchan() -> Option<Self> {
        let data = TempDir::new().expect("a temporary directory");
        let (process, ws) = nchan::start(data.path())?;
        Some(Self { name: "nchan", ws, protocol: Protocol::Nchan, process, data })
    }

    /// Starts a peer, which prints the URL of its WebSocket.
    fn peer(name: &'static str, command: &mut Command) -> Self {
        let process = Spawned::start(command);
        let ws = process.line_with(|line| Some(line.trim().to_string()));
        let data = TempDir::new().expect("a temporary directory");
        Self { name, ws, protocol: Protocol::Tickertape, process, data }
    }

    /// Returns the id of the server's process, or of its first process if it has several.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Returns the CPU time that all processes of the server have used. Returns `None` if it cannot be read, as on
    /// systems without `/proc`.
    pub fn cpu(&self) -> Option<Duration> {
        self.pids().map(usage::cpu).sum()
    }

    /// Returns the resident memory of all processes of the server in bytes. Returns `None` if it cannot be read.
    pub fn resident_bytes(&self) -> Option<u64> {
        self.pids().map(usage::resident_bytes).sum()
    }

    /// Returns the ids of the server's process and of those that it has started, such as the workers of nginx.
    fn pids(&self) -> impl Iterator<Item = u32> {
        let started = child::children_of(self.pid().into());
        std::iter::once(self.pid()).chain(started.into_iter().filter_map(|pid| u32::try_from(pid).ok()))
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if self.protocol == Protocol::Nchan {
            nchan::end(&self.process);
        }
    }
}

/// Starts `tickertape serve` with its data in `data`. Returns the process and the address of its WebSocket.
fn serve(data: &TempDir) -> (Spawned, String) {
    let mut command = Command::new(setting("TICKERTAPE_BIN"));
    command.args(["serve", "--json", "--no-host", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data.path());
    let process = Spawned::start(&mut command);
    let ws = process.line_with(|line| {
        let ready: Value = serde_json::from_str(line).ok()?;
        Some(ready["ws"].as_str()?.to_string())
    });
    (process, ws)
}

/// Returns the path of a peer's script.
fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers").join(name)
}
