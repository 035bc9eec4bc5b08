//! Tests of `lambda-local` when a program that it needs is missing or ends. `e2e/tests/lambda_local` tests the whole program.

#![cfg(unix)]

use std::process::{Command, Output, Stdio};

#[test]
fn a_missing_program_is_named() {
    let message = run("/nowhere/java");
    assert!(message.contains("DynamoDB Local could not be started"), "{message}");
}

#[test]
fn a_database_that_ends_stops_everything_and_its_status_is_shown() {
    let message = run("false");
    assert!(message.contains("DynamoDB Local ended: exit status: 1"), "{message}");
}

/// Runs `lambda-local` with the program `java` in place of Java, and returns its error message.
fn run(java: &str) -> String {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_lambda-local"))
        .args(["--tickertape", "tickertape", "--function-dir", ".", "--dynamodb-local", ".", "--java", java])
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8_lossy(&output.stderr).into_owned()
}
