//! Starts the program under test. The injected faults can be changed while it runs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use storm::faults;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_tickertape");
const TIMEOUT: Duration = Duration::from_secs(30);

/// A running `tickertape serve --chaos`. Its process is killed when this value is dropped.
pub struct Server {
    child: Child,
    address: SocketAddr,
    directory: TempDir,
    kept: u64,
}

impl Server {
    /// Starts a server that injects no faults and whose empty store keeps `kept` publications of each topic.
    pub fn start(kept: u64, time_scale: u32) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("chaos.json"), faults::none(time_scale)).unwrap();
        let (child, address) = spawn("127.0.0.1:0", &directory, kept);
        Self { child, address, directory, kept }
    }

    /// Kills the server as `kill -9` does, and starts another server at the same address with the same store.
    pub fn kill_and_restart(&mut self) {
        self.kill();
        let listen = self.address.to_string();
        self.child = spawn(&listen, &self.directory, self.kept).0;
    }

    /// Replaces the faults that are injected. The server reads them within one second.
    pub fn set_faults(&self, chaos: &str) {
        std::fs::write(self.directory.path().join("chaos.json"), chaos).unwrap();
    }

    /// Returns the address of the WebSocket.
    pub fn ws(&self) -> String {
        format!("ws://{}/ws", self.address)
    }

    /// Sends a `GET` request and returns the body of the response as JSON.
    pub fn get(&self, path: &str) -> Value {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    fn kill(&mut self) {
        // An error only means that the process has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(listen: &str, directory: &TempDir, kept: u64) -> (Child, SocketAddr) {
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--json", "--no-host", "--listen", listen, "--keep-count", &kept.to_string()])
        .arg("--data-dir")
        .arg(directory.path().join("data"))
        .arg("--chaos")
        .arg(directory.path().join("chaos.json"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let announced: Value = serde_json::from_str(&line).expect("the server starts");
    let url = announced["url"].as_str().unwrap();
    (child, url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap())
}
