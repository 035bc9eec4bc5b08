//! Runs `tickertape` as a client in a child process.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;

use serde_json::Value;

use super::{PROGRAM, Server, TIMEOUT};

/// Runs a command against the server at `url`, and waits until it ends.
pub fn run(url: &str, arguments: &[&str]) -> Output {
    run_with_input(url, arguments, "")
}

/// Runs a command against the server at `url`, with `input` as its standard input, and waits until it ends.
pub fn run_with_input(url: &str, arguments: &[&str], input: &str) -> Output {
    let mut child = spawn(url, arguments);
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    thread::spawn(move || stdin.write_all(input.as_bytes()));
    let (sender, ended) = mpsc::channel();
    let pid = child.id();
    thread::spawn(move || sender.send(child.wait_with_output()));
    match ended.recv_timeout(TIMEOUT) {
        Ok(output) => output.unwrap(),
        Err(_) => {
            let _ = Command::new("kill").args(["-s", "KILL", &pid.to_string()]).status();
            panic!("{arguments:?} did not end");
        }
    }
}

fn spawn(url: &str, arguments: &[&str]) -> Child {
    Command::new(PROGRAM)
        .args(arguments)
        .env("TICKERTAPE_URL", url)
        .env_remove("TICKERTAPE_TOKEN")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A running command. Its process is killed when this value is dropped.
pub struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: mpsc::Receiver<String>,
    errors: mpsc::Receiver<String>,
}

impl Client {
    /// Starts a command that connects to `server`.
    pub fn start(server: &Server, arguments: &[&str]) -> Self {
        Self::start_at(&server.ws(), arguments)
    }

    /// Starts a command that connects to `url`.
    pub fn start_at(url: &str, arguments: &[&str]) -> Self {
        let mut child = spawn(url, arguments);
        let stdin = child.stdin.take();
        let lines = read_lines(BufReader::new(child.stdout.take().unwrap()).lines());
        let errors = read_lines(BufReader::new(child.stderr.take().unwrap()).lines());
        Self { child, stdin, lines, errors }
    }

    /// Waits for the next line of standard output, and returns it as JSON.
    pub fn line(&self) -> Value {
        serde_json::from_str(&self.lines.recv_timeout(TIMEOUT).expect("another line")).unwrap()
    }

    /// Waits until the command prints a line that contains `part` to standard error.
    pub fn says(&self, part: &str) {
        while !self.errors.recv_timeout(TIMEOUT).expect("another word").contains(part) {}
    }

    /// Returns the command's standard input. It can be called only once.
    pub fn stdin(&mut self) -> ChildStdin {
        self.stdin.take().unwrap()
    }

    /// Sends a signal to the command. `name` is, for example, `INT`.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Waits until the command ends, and returns its exit code.
    pub fn ended(mut self) -> i32 {
        // Standard output ends when the command ends.
        while self.lines.recv_timeout(TIMEOUT).is_ok() {}
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_lines(lines: Lines<impl BufRead + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, received) = mpsc::channel();
    thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
    received
}
