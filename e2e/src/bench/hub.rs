//! The servers that the benchmarks measure: `tickertape serve`, and the *peer* with which it is compared. The peer is a
//! minimal server with Node's package `ws`.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::child::Spawned;
use crate::setting;

/// A running server that is measured: either Tickertape or the peer for Node.
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

    /// Starts the peer, a minimal server for Node. Returns `None` if Node or the package `ws` is missing, and prints
    /// the reason to the standard error.
    pub fn node() -> Option<Self> {
        let data = TempDir::new().expect("a temporary directory");
        if !install_ws(&data) {
            eprintln!("no peer: `npm install ws` does not work here, so there are no ratios");
            return None;
        }
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers/ws-hub.mjs");
        let copy = data.path().join("hub.mjs");
        std::fs::copy(script, &copy).expect("the peer's script");
        let process = Spawned::start(Command::new("node").arg(copy));
        let ws = process.line_with(|line| Some(line.trim().to_string()));
        Some(Self { name: "node ws 8", ws, process, data })
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

fn install_ws(folder: &TempDir) -> bool {
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "ws@8"]).current_dir(folder.path());
    npm.status().is_ok_and(|status| status.success())
}
