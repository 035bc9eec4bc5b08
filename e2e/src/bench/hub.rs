//! The servers that the benchmarks measure: `tickertape serve`, and the *peers* with which it is compared. Peers are
//! minimal servers: with Node's package `ws`, with Bun, and a bare loop of our own.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::packages::Packages;
use crate::child::Spawned;
use crate::setting;

/// Argument with which the program of the benchmarks runs the bare loop.
pub const BARE: &str = "bare-loop";

/// A running server that is measured: either Tickertape or a peer.
pub struct Hub {
    /// Name of the server in the benchmark's report.
    pub name: &'static str,
    /// URL of the server's WebSocket.
    pub ws: String,
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
        Self { name: "tickertape", ws, process, data }
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

    /// Starts a peer, which prints the URL of its WebSocket.
    fn peer(name: &'static str, command: &mut Command) -> Self {
        let process = Spawned::start(command);
        let ws = process.line_with(|line| Some(line.trim().to_string()));
        Self { name, ws, process, data: TempDir::new().expect("a temporary directory") }
    }

    /// Returns the id of the server's process.
    pub fn pid(&self) -> u32 {
        self.process.pid()
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
