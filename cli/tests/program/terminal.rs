//! Tests of the output of programs that run in a terminal.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::{PROGRAM, TIMEOUT};

#[test]
fn a_server_started_at_a_terminal_prints_its_address_first() {
    let directory = tempfile::tempdir().unwrap();
    let mut serve = Command::new(PROGRAM);
    serve.args(["serve", "--no-host", "--listen", "127.0.0.1:0", "--data-dir"]).arg(directory.path());
    let seen = seen_until(serve, "curl");
    let first = seen.lines().next().unwrap_or_default();
    assert!(first.contains("http://127.0.0.1:"), "{seen}");
    assert!(seen.contains("curl"), "{seen}");
}

/// Runs a program in a terminal until it prints `last`, and then kills it. Returns the text that it has printed.
fn seen_until(mut command: Command, last: &str) -> String {
    let (mut ours, theirs) = terminal();
    let mut child = command
        .env("TERM", "xterm-256color")
        .env_remove("NO_COLOR")
        .stdin(Stdio::from(theirs.try_clone().unwrap()))
        .stdout(Stdio::from(theirs.try_clone().unwrap()))
        .stderr(Stdio::from(theirs))
        .spawn()
        .unwrap();
    // The command holds the program's end of the terminal open, so it is dropped.
    drop(command);
    let (sender, parts) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        // Reading fails when the program has ended and no other process has the terminal open.
        while let Ok(read @ 1..) = ours.read(&mut bytes) {
            let _ = sender.send(String::from_utf8_lossy(&bytes[..read]).into_owned());
        }
    });
    let mut seen = String::new();
    while !seen.contains(last) {
        let Ok(part) = parts.recv_timeout(TIMEOUT) else { break };
        seen.push_str(&part);
    }
    let _ = child.kill();
    let _ = child.wait();
    seen
}

/// Opens a terminal. Returns the user's end of it, and the program's end.
fn terminal() -> (File, File) {
    let ours: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    (File::from(ours), theirs)
}
