//! A database that is missing or ends is told, and ends everything.

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use e2e::child;
use e2e::topology::{TIMEOUT, built, emulate};
use tempfile::TempDir;

#[test]
fn a_missing_program_is_named() {
    let message = with_java("/nowhere/java");
    assert!(message.contains("DynamoDB Local could not be started: /nowhere/java"), "{message}");
}

#[test]
fn a_database_that_does_not_start_stops_everything_and_its_status_is_shown() {
    let message = with_java("false");
    assert!(
        message.contains("DynamoDB Local could not be started: it ended with exit status: 1"),
        "{message}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_database_that_ends_stops_everything_and_its_status_is_shown() {
    let folder = TempDir::new().expect("a folder");
    let mut emulator = spawn(&mut emulate(&built(), &[], &folder));
    let lines = child::lines(&mut emulator);
    child::wait_for_line(&lines, 2 * TIMEOUT, |line| line.starts_with('{').then_some(()));
    let is_java = |pid: &u64| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains("DynamoDBLocal")
    };
    let java: Vec<u64> = child::children_of(emulator.id().into()).into_iter().filter(is_java).collect();
    assert!(matches!(java.as_slice(), [pid] if child::signal(*pid, "KILL")), "{java:?}");
    let output = ended(emulator);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("DynamoDB Local ended (signal: 9"), "{message}");
    assert_eq!(output.status.code(), Some(1));
}

/// Runs the topology with the program `java` in place of Java, and returns its error message.
fn with_java(java: &str) -> String {
    let folder = TempDir::new().expect("a folder");
    let output = ended(spawn(emulate(&built(), &[], &folder).env("TICKERTAPE_JAVA", java)));
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn spawn(command: &mut Command) -> Child {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the emulator starts")
}

/// Waits until the emulator has ended by itself. Its standard input stays open until then.
fn ended(mut emulator: Child) -> Output {
    let _input = emulator.stdin.take();
    let begun = Instant::now();
    while emulator.try_wait().expect("its status").is_none() {
        if begun.elapsed() > TIMEOUT {
            emulator.kill().expect("it runs");
            panic!("the emulator does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    emulator.wait_with_output().expect("its output")
}
