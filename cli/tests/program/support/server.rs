//! Runs `tickertape serve` in a child process.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Answer, PROGRAM, Socket, TIMEOUT, request};

/// A running server. Its process is killed when this value is dropped.
pub struct Server {
    child: Child,
    /// Address of the server.
    pub address: SocketAddr,
    directory: PathBuf,
    /// The directory of the store, which is deleted together with the server. `None` if the directory belongs to the test.
    _temporary: Option<TempDir>,
}

impl Server {
    /// Starts a server on a free port. It has an empty store, and does not publish this machine's metrics.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server like [`Server::start`], with further arguments.
    pub fn start_with(arguments: &[&str]) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let mut server = Self::start_at("127.0.0.1:0", temporary.path(), arguments);
        server._temporary = Some(temporary);
        server
    }

    /// Starts a server that listens on the address `listen` and whose store is in `directory`.
    pub fn start_at(listen: &str, directory: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["serve", "--json", "--no-host", "--listen", listen, "--data-dir"]);
        Self::spawn(command.arg(directory).args(arguments), directory)
    }

    /// Starts a server like [`Server::start_with`] that may have at most `files` files open. This is its hard limit,
    /// which it cannot raise.
    #[cfg(unix)]
    pub fn start_with_open_files(files: u32, arguments: &[&str]) -> Self {
        Self::start_under(&format!("ulimit -n {files}"), arguments)
    }

    /// Starts a server like [`Server::start_with`] that may have at most `files` files open. This is its soft limit,
    /// which it can raise.
    #[cfg(unix)]
    pub fn start_with_soft_open_files(files: u32, arguments: &[&str]) -> Self {
        Self::start_under(&format!("ulimit -S -n {files}"), arguments)
    }

    /// Starts a server in a shell that has run `command` before.
    #[cfg(unix)]
    fn start_under(command: &str, arguments: &[&str]) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{command} && exec \"$0\" \"$@\""), PROGRAM]);
        shell.args(["serve", "--json", "--no-host", "--listen", "127.0.0.1:0", "--data-dir"]);
        let mut server = Self::spawn(shell.arg(temporary.path()).args(arguments), temporary.path());
        server._temporary = Some(temporary);
        server
    }

    /// Returns the id of the server's process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn spawn(command: &mut Command, directory: &Path) -> Self {
        let mut child = command
            .env_remove("TICKERTAPE_DATA_DIR")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let line = first_line(child.stdout.take().unwrap());
        let address = address(&line).unwrap_or_else(|| panic!("no address: {line:?} {}", errors(&mut child)));
        Self { child, address, directory: directory.to_owned(), _temporary: None }
    }

    /// Starts a server with these arguments, returns the text that it prints when it is ready, and kills it.
    pub fn banner(arguments: &[&str]) -> String {
        let temporary = tempfile::tempdir().unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--no-host", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(temporary.path())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let (sender, banner) = mpsc::channel();
        thread::spawn(move || {
            let mut text = Vec::new();
            let mut bytes = [0; 4096];
            // The last line that the server prints is a `curl` command to try.
            while !String::from_utf8_lossy(&text).contains("curl") {
                let read = stdout.read(&mut bytes).unwrap();
                text.extend_from_slice(&bytes[..read]);
            }
            sender.send(String::from_utf8(text).unwrap())
        });
        let banner = banner.recv_timeout(TIMEOUT).unwrap();
        let _ = child.kill();
        let _ = child.wait();
        banner
    }

    /// Kills the server as `kill -9` does, and starts another server at the same address.
    pub fn restart_after_kill(&mut self) {
        self.kill();
        let listen = self.address.to_string();
        let next = Self::start_at(&listen, &self.directory, &[]);
        let temporary = self._temporary.take();
        *self = next;
        self._temporary = temporary;
    }

    /// Kills the server as `kill -9` does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// Sends a signal to the server. `name` is, for example, `TERM`.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Waits until the server ends. Returns its exit status, and the text that it has printed to standard error.
    pub fn ended(&mut self) -> (ExitStatus, String) {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, errors(&mut self.child));
            }
            assert!(began.elapsed() < TIMEOUT, "the server did not end");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Checks that the first line that the server printed to standard error contains `part`.
    pub fn says(&mut self, part: &str) {
        let line = first_line(self.child.stderr.take().unwrap());
        assert!(line.contains(part), "{line}");
    }

    /// Returns the address of the WebSocket.
    pub fn ws(&self) -> String {
        format!("ws://{}/ws", self.address)
    }

    /// Connects a WebSocket client.
    pub fn connect(&self) -> Socket {
        Socket::connect(self.address)
    }

    /// Connects a WebSocket client and subscribes to a filter.
    pub fn watch(&self, filter: &str) -> Socket {
        let mut socket = self.connect();
        socket.say(&serde_json::json!({"action": "subscribe", "id": 1, "filter": filter}));
        socket.hear_type("subscribed");
        socket
    }

    /// Sends a `GET` request.
    pub fn get(&self, path: &str) -> Answer {
        request(self.address, "GET", path, &[], b"")
    }

    /// Sends a `POST` request with the headers that curl sends.
    pub fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        let form = [("Content-Type", "application/x-www-form-urlencoded")];
        request(self.address, "POST", path, &form, body.as_ref())
    }

    /// Returns the server's resident memory, in bytes.
    #[cfg(target_os = "linux")]
    pub fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address(line: &str) -> Option<SocketAddr> {
    let announced: serde_json::Value = serde_json::from_str(line).ok()?;
    announced["url"].as_str()?.split_once("://")?.1.trim_end_matches('/').parse().ok()
}

fn errors(child: &mut Child) -> String {
    let mut text = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        let _ = stderr.read_to_string(&mut text);
    }
    text
}

/// Returns the first line of a text. A separate thread reads it, so that a program that prints nothing does not block
/// the test for ever.
fn first_line(from: impl Read + Send + 'static) -> String {
    let (sender, line) = mpsc::channel();
    thread::spawn(move || {
        let mut lines = BufReader::new(from);
        let mut line = String::new();
        let _ = lines.read_line(&mut line);
        let _ = sender.send(line);
        // The remaining output is read and discarded, because the program would fail if the pipe was closed or full.
        let _ = std::io::copy(&mut lines, &mut std::io::sink());
    });
    line.recv_timeout(TIMEOUT).unwrap_or_default()
}
