//! The servers that are measured: `tickertape serve`, and the *peer* with which it is compared, a minimal hub with Node's `ws`
//! package.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::child::Spawned;
use crate::setting;

/// A running server that sends every publication to every viewer.
pub struct Hub {
    /// Name in the report.
    pub name: &'static str,
    /// Address of its WebSocket.
    pub ws: String,
    process: Spawned,
    _data: TempDir,
}

impl Hub {
    /// Starts the release build of `tickertape serve`, without the metrics of this machine.
    ///
    /// # Panics
    ///
    /// If the server does not start.
    pub fn tickertape() -> Self {
        let data = TempDir::new().expect("a temporary directory");
        let mut command = Command::new(setting("TICKERTAPE_BIN"));
        command
            .args(["serve", "--json", "--no-host", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data.path());
        let process = Spawned::start(&mut command);
        let ws = process.line_with(|line| {
            let ready: Value = serde_json::from_str(line).ok()?;
            Some(ready["ws"].as_str()?.to_string())
        });
        Self { name: "tickertape", ws, process, _data: data }
    }

    /// Starts the peer. Returns `None`, with the reason on standard error, if Node or the package `ws` is missing.
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
        Some(Self { name: "node ws 8", ws, process, _data: data })
    }

    /// Returns the id of the server's process.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }
}

fn install_ws(folder: &TempDir) -> bool {
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "ws@8"]).current_dir(folder.path());
    npm.status().is_ok_and(|status| status.success())
}
