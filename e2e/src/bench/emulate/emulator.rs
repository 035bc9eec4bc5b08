//! The emulators that are measured.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::child::Spawned;
use crate::setting;

/// Time limits pass faster by this factor, since API Gateway lets only 500 clients a second connect, and ours does the same. It also
/// shortens the time limit of functions, which is 29 s in the app for this reason.
const TIME_SCALE: &str = r#"{"time_scale": 2}"#;
/// Maximum time until an emulator is ready. The first start of ours may install packages.
const START: Duration = Duration::from_secs(120);

/// A running emulator with the app of this benchmark.
pub struct Emulator {
    /// Address of the WebSocket, with what the authorizer needs.
    pub ws: String,
    /// Time from the start of the program until it listens.
    pub ready: Duration,
    /// Address below which a request for a connection has its id.
    connections: String,
    process: Spawned,
    _folder: TempDir,
}

impl Emulator {
    /// Starts `tickertape emulate`.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn tickertape() -> Self {
        let folder = TempDir::new().expect("a temporary directory");
        let chaos = folder.path().join("chaos.json");
        std::fs::write(&chaos, TIME_SCALE).expect("written");
        let began = Instant::now();
        let (process, url) = emulate(&app(), &["--chaos".as_ref(), chaos.as_ref()]);
        let ready = began.elapsed();
        let connections = format!("{}/@connections/", url.replacen("ws://", "http://", 1));
        Self { ws: format!("{url}?token=t"), ready, connections, process, _folder: folder }
    }

    /// Starts serverless-offline, or returns `None` if `cargo xtask bench` could not install it.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn serverless_offline() -> Option<Self> {
        let installed = PathBuf::from(std::env::var_os("TICKERTAPE_SERVERLESS")?);
        let [web_socket, http, lambda] = free_ports();
        let mut command = Command::new("sh");
        // Its messages go to standard error.
        command
            .args([
                "-c",
                "exec node node_modules/serverless/bin/serverless.js offline \"$@\" 2>&1",
                "offline",
            ])
            .args([
                "--noSponsor",
                "--websocketPort",
                &web_socket,
                "--httpPort",
                &http,
                "--lambdaPort",
                &lambda,
            ])
            .current_dir(&installed)
            .envs([("SLS_TELEMETRY_DISABLED", "1"), ("SLS_NOTIFICATIONS_MODE", "off"), ("CI", "1")]);
        let began = Instant::now();
        let process = Spawned::start(&mut command);
        process.line_within(START, |line| line.contains("[http for websocket] listening").then_some(()));
        Some(Self {
            ready: began.elapsed(),
            ws: format!("ws://localhost:{web_socket}/?token=t"),
            connections: format!("http://localhost:{web_socket}/@connections/"),
            process,
            _folder: TempDir::new().expect("a temporary directory"),
        })
    }

    /// Returns the address for requests about a connection.
    pub fn connection_url(&self, id: &str) -> String {
        format!("{}{}", self.connections, id.replace('=', "%3D"))
    }

    /// Returns the id of the emulator's process.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }
}

/// Returns the time in milliseconds from the start of `tickertape emulate` until an app in Node.js with a table, a stream and an
/// authorizer is ready, the sample `serverless-yml` of the tests.
///
/// # Panics
///
/// If it does not start.
pub fn sample_ready() -> f64 {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulate/apps/serverless-yml");
    let began = Instant::now();
    let _running = emulate(&sample, &[]);
    began.elapsed().as_secs_f64() * 1e3
}

/// Starts `tickertape emulate`, and returns its process and the address of the app's API.
fn emulate(app: &Path, arguments: &[&OsStr]) -> (Spawned, String) {
    let mut command = Command::new(setting("TICKERTAPE_BIN"));
    command.arg("emulate").arg(app).args(["--json", "--no-board", "--quiet", "--listen", "127.0.0.1:0"]);
    let process = Spawned::start(command.args(arguments));
    let url = process.line_within(START, |line| {
        let ready: Value = serde_json::from_str(line).ok()?;
        Some(ready["apis"][0]["url"].as_str()?.to_owned())
    });
    (process, url)
}

fn app() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/emulate")
}

/// Returns ports that are free at the moment, for a program that cannot choose them itself.
fn free_ports() -> [String; 3] {
    let listeners = [0; 3].map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port"));
    listeners.map(|listener| listener.local_addr().expect("an address").port().to_string())
}
