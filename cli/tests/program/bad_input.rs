//! Tests of invalid input over the WebSocket. Each test checks the exact error, that the connection is in the right state
//! afterwards, and that other viewers do not notice anything.

use std::io::Write;

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Server, Socket};

#[test]
fn every_bad_message_is_answered_with_an_exact_error_and_the_connection_stays_open() {
    let server = Server::start();
    let mut viewer = server.watch("*");
    let mut socket = server.connect();
    let deep = format!(
        r#"{{"action": "publish", "id": 1, "topic": "a", "data": {}1{}}}"#,
        "[".repeat(20),
        "]".repeat(20)
    );
    let large = json!({"action": "publish", "id": 1, "topic": "a", "data": "x".repeat(25_000)}).to_string();
    let table: [(&str, u64, &str); 13] = [
        ("{\"action\": \"publish\", oops}", 200, "column 23"),
        ("hello", 200, "not JSON"),
        ("[1]", 200, "object"),
        (r#"{"action": "dance", "id": 1}"#, 201, "subscribe"),
        (r#"{"id": 1}"#, 201, "action"),
        (r#"{"action": "publish", "id": 1, "topic": "a b", "data": 1}"#, 202, "only letters, digits"),
        (r#"{"action": "subscribe", "id": 1, "filter": "a/*/b"}"#, 203, "'*'"),
        (r#"{"action": "publish", "id": 1, "topic": "a", "data": null}"#, 204, ""),
        (r#"{"action": "publish", "id": 1, "topic": "a", "data": NaN}"#, 200, "not JSON"),
        (
            r#"{"action": "publish", "id": 1, "topic": "a", "data": 1, "ts": 1700000000}"#,
            206,
            "milliseconds since 1970",
        ),
        (&deep, 204, "deeper than 8"),
        (&large, 205, "24576"),
        (r#"{"action": "history", "id": 1, "topic": "nobody"}"#, 208, "nobody has published"),
    ];
    for (text, code, words) in table {
        socket.say_text(text);
        let error = socket.hear_type("error");
        assert_eq!(error["code"], code, "{text} {error}");
        assert!(error["message"].as_str().unwrap().contains(words), "{text} {error}");
        assert_eq!(error["retryable"], false);
        socket.is_alive();
    }
    saw_nothing_but_the_marker(&server, &mut viewer);
}

#[test]
fn a_refused_request_is_named_by_its_id() {
    let server = Server::start();
    let mut socket = server.connect();
    socket.say_text(r#"{"action": "publish", "id": 42, "topic": "a b", "data": 1}"#);
    assert_eq!(socket.hear_type("error")["id"], 42);
}

#[test]
fn a_frame_against_the_platforms_rules_closes_its_own_connection_and_no_other() {
    let server = Server::start();
    let mut viewer = server.watch("*");
    let frame_of = |bytes: usize| Message::text("x".repeat(bytes));
    for (message, code) in [(frame_of(33 * 1024), 1009), (Message::binary(vec![1]), 1003)] {
        let mut socket = server.connect();
        socket.0.send(message).unwrap();
        assert_eq!(u16::from(socket.hear_close().unwrap().code), code);
    }
    saw_nothing_but_the_marker(&server, &mut viewer);
}

#[test]
fn text_that_is_not_utf8_closes_with_1007() {
    let server = Server::start();
    let mut socket = server.connect();
    // A masked text frame with two bytes that are not UTF-8. All bytes of the mask are zero.
    socket.0.get_mut().write_all(&[0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]).unwrap();
    assert_eq!(u16::from(socket.hear_close().unwrap().code), 1007);
    server.watch("*").is_alive();
}

#[test]
fn more_subscriptions_than_allowed_are_refused_and_the_others_stay() {
    let server = Server::start();
    let mut socket = server.connect();
    for n in 0..100 {
        socket.say(&json!({"action": "subscribe", "id": n, "filter": format!("t/{n}")}));
        socket.hear_type("subscribed");
    }
    socket.say(&json!({"action": "subscribe", "id": 100, "filter": "one/more"}));
    assert_eq!(socket.hear_type("error")["code"], 207);
    server.post("/topics/t/7", "1");
    assert_eq!(socket.hear_data(), [("t/7".to_owned(), json!(1))]);
}

fn saw_nothing_but_the_marker(server: &Server, viewer: &mut Socket) {
    server.post("/topics/marker", "1");
    assert_eq!(viewer.hear_data(), [("marker".to_owned(), json!(1))]);
}
