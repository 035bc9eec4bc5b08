//! The ends of connections: the close frames that clients get, and the events that functions get.

use std::fs;
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::app::{App, LIMIT, copy_of};
use crate::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_connection_is_in_its_event_whoever_ended_it() {
    let app = App::telling(copy_of("mirror"), &["--no-board"]);
    let ended = |code: u16, reason: &str| {
        app.says(&[
            "ended",
            &format!("\"disconnectStatusCode\": {code}"),
            &format!("\"disconnectReason\": \"{reason}\""),
        ]);
    };
    app.connect("").await.leave().await;
    ended(1005, "Client-side close frame status not set");
    let mut client = app.connect("").await;
    let close = CloseFrame { code: 4001.into(), reason: "moved on".into() };
    client.send_raw(Message::Close(Some(close))).await;
    assert_eq!(client.close_code().await, 4001);
    ended(4001, "moved on");
    drop(app.connect("").await);
    ended(1006, "");
    let mut client = app.connect("").await;
    client.send_raw(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(client.close_code().await, 1003);
    app.says(&["ended", "\"disconnectStatusCode\": 1003"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_of_32_kb_and_messages_of_128_kb_are_taken_and_larger_ones_close_with_1009() {
    let app = App::start("mirror");
    let part = |length: usize| "x".repeat(length);
    let mut client = app.connect("").await;
    client.send(&part(32 * 1024)).await;
    assert_eq!(client.text().await, "$default");
    send_in_parts(&mut client, &[&part(32 * 1024), &part(32 * 1024), &part(32 * 1024), &part(32 * 1024)])
        .await;
    assert_eq!(client.text().await, "$default");
    client.send(&part(32 * 1024 + 1)).await;
    assert_eq!(client.close_code().await, 1009);
    let mut client = app.connect("").await;
    let parts = [&*part(32 * 1024), &part(32 * 1024), &part(32 * 1024), &part(32 * 1024), "x"];
    send_in_parts(&mut client, &parts).await;
    assert_eq!(client.close_code().await, 1009);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_minutes_of_silence_and_two_hours_end_a_connection_with_1001() {
    let chaos = NamedTempFile::new().expect("a file");
    fs::write(chaos.path(), r#"{"time_scale": 2400}"#).expect("written");
    let app = App::telling(copy_of("mirror"), &["--no-board", "--chaos", &chaos.path().to_string_lossy()]);
    let silent = connect_in_the_end(&app).await;
    assert_eq!(silent.close_code().await, 1001);
    app.says_times("\"disconnectStatusCode\": 1001", 1);
    // Two hours are three seconds. Messages restart the idle time, and not the life.
    let mut busy = connect_in_the_end(&app).await;
    let code = loop {
        if let Err(code) = busy.text_or_close(r#"{"action":"ask"}"#, Duration::from_millis(50)).await {
            break code;
        }
    };
    assert_eq!(code, 1001);
    app.says_times("Going away", 2);
}

/// Connects a client. With faster time, the first process of a function may need longer than the limit of an integration.
async fn connect_in_the_end(app: &App) -> Client {
    let begun = Instant::now();
    loop {
        match Client::connect(app.url(), &[]).await {
            Ok(client) => return client,
            Err(refused) => assert!(begun.elapsed() < LIMIT, "{refused:?}"),
        }
    }
}

/// Sends one message in several frames.
async fn send_in_parts(client: &mut Client, parts: &[&str]) {
    for (index, part) in parts.iter().enumerate() {
        let kind = if index == 0 { Data::Text } else { Data::Continue };
        let is_last = index + 1 == parts.len();
        let frame = Frame::message(part.to_string(), OpCode::Data(kind), is_last);
        client.send_raw(Message::Frame(frame)).await;
    }
}
