//! `lambda-local`, when something it needs is not what it should be. The whole is tried by the tests of the whole
//! system.

#![cfg(unix)]

use std::process::{Command, Output, Stdio};

#[test]
fn a_program_that_is_not_there_is_named() {
    let said = run("/nowhere/java");
    assert!(said.contains("DynamoDB Local could not be started"), "{said}");
}

#[test]
fn a_database_that_ends_at_once_ends_everything_with_its_status() {
    let said = run("false");
    assert!(said.contains("DynamoDB Local ended: exit status: 1"), "{said}");
}

/// What it says when it fails with this Java.
fn run(java: &str) -> String {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_lambda-local"))
        .args(["--tickertape", "tickertape", "--function-dir", ".", "--dynamodb-local", ".", "--java", java])
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8_lossy(&output.stderr).into_owned()
}
