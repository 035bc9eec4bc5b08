//! Tests of `serve --chaos FILE`.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Server, Socket, TIMEOUT, run};

#[test]
fn faults_are_injected_as_the_file_says_and_stop_when_it_changes() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("chaos.json");
    std::fs::write(&file, r#"{"refuse": {"probability": 1, "status": 429}}"#).unwrap();
    let server = Server::start_with(&["--chaos", file.to_str().unwrap()]);
    until(|| Socket::connect_with(server.address, &[]).err() == Some(429));
    assert!(server.get("/healthz").json()["chaos"]["refused"].as_u64() > Some(0));
    std::fs::write(&file, "{}").unwrap();
    until(|| Socket::connect_with(server.address, &[]).is_ok());
    assert_eq!(server.get("/healthz").json().get("chaos"), None);
}

#[test]
fn a_faster_clock_shortens_the_rotation_that_clients_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("chaos.json");
    std::fs::write(&file, r#"{"time_scale": 720}"#).unwrap();
    let server = Server::start_with(&["--chaos", file.to_str().unwrap()]);
    let mut socket = server.connect();
    socket.say(&json!({"action": "subscribe", "id": 1, "filter": "*"}));
    assert_eq!(socket.hear_type("subscribed")["rotate_in_ms"], 110 * 60_000 / 720);
    let close = socket.hear_close().unwrap();
    assert_eq!((u16::from(close.code), close.reason.as_str()), (1001, "Going away"));
}

#[test]
fn a_file_with_an_unknown_field_prevents_the_start_and_the_field_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("chaos.json");
    std::fs::write(&file, r#"{"freezee": 1}"#).unwrap();
    let data = directory.path().join("data");
    let arguments = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--chaos",
        file.to_str().unwrap(),
        "--data-dir",
        data.to_str().unwrap(),
    ];
    let output = run("ws://127.0.0.1:1/ws", &arguments);
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("unknown field `freezee`") && words.contains("line 1"), "{words}");
}

#[test]
fn the_banner_says_that_faults_are_injected() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("chaos.json");
    std::fs::write(&file, "{}").unwrap();
    let banner = Server::banner(&["--chaos", file.to_str().unwrap()]);
    assert!(banner.contains("faults are injected") && banner.contains("chaos.json"), "{banner}");
    assert!(!Server::banner(&[]).contains("faults are injected"));
}

fn until(mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < TIMEOUT, "the condition was not met in time");
        std::thread::sleep(Duration::from_millis(50));
    }
}
