//! Tests that a hostile server cannot control the terminal of a client. The server puts control sequences into every
//! text that it can send.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Output;
use std::thread;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use crate::support::{run, run_with_input};

/// Control sequences that clear the screen and set the title, once with escape sequences and once with C1 control
/// characters. Further characters delete text, change its direction, and begin a forged line.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{9d}0;t\u{9c}\u{7f}\u{8}\u{202e}\u{2066}\u{200f}\u{61c}\u{2028}\u{2029}\u{85}\r\nforged";

/// A function that returns the replies of the hostile server to one message of a client.
type Reply = fn(&Value) -> Vec<String>;

#[test]
fn no_publication_reaches_the_terminal_as_a_command() {
    let address = serve(publications);
    let url = format!("ws://{address}/ws");
    for arguments in [
        &["topics"][..],
        &["topics", "--json"],
        &["history", "a"],
        &["history", "a", "--json"],
        &["watch", "a", "--count", "1"],
        &["watch", "a", "--count", "1", "--json"],
    ] {
        let output = run(&url, arguments);
        assert!(output.status.success(), "{arguments:?} {output:?}");
        assert_harmless(arguments, &output);
        assert!(String::from_utf8_lossy(&output.stdout).contains("forged"), "{arguments:?} {output:?}");
    }
}

#[test]
fn json_keeps_the_value_of_what_it_escapes() {
    let url = format!("ws://{}/ws", serve(publications));
    for arguments in [&["history", "a", "--json"][..], &["watch", "a", "--count", "1", "--json"]] {
        let output = run(&url, arguments);
        let line: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(line["data"], json!({"text": HOSTILE}), "{arguments:?}");
    }
}

#[test]
fn no_error_of_a_server_reaches_the_terminal_as_a_command() {
    let refusing = format!("ws://{}/ws", serve(refusals));
    let failing = format!("ws://{}/ws", serve(gateway_errors));
    let talking_nonsense = format!("ws://{}/ws", serve(|_| vec![HOSTILE.into()]));
    for url in [&refusing, &failing] {
        for (arguments, input) in commands() {
            let output = run_with_input(url, &arguments, input);
            assert!(!output.status.success(), "{arguments:?} {output:?}");
            assert_harmless(&arguments, &output);
        }
    }
    for arguments in [&["topics"][..], &["history", "a"], &["publish", "a", "1"]] {
        assert_harmless(arguments, &run(&talking_nonsense, arguments));
    }
}

#[test]
fn no_answer_to_a_handshake_reaches_the_terminal_as_a_command() {
    let quoted = HOSTILE.replace(['\r', '\n'], "");
    for answer in [
        format!("HTTP/1.1 403 {quoted}\r\nx-amzn-ErrorType: {quoted}\r\n\r\n{HOSTILE}"),
        format!("HTTP/1.1 500 {quoted}\r\ncontent-length: 0\r\n\r\n"),
        format!(
            "HTTP/1.1 302 Found\r\nlocation: https://moved.example/{quoted}\r\ncontent-length: 0\r\n\r\n"
        ),
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{}",
            json!({"ws": HOSTILE})
        ),
        HOSTILE.to_owned(),
    ] {
        let address = answer_all(answer);
        for url in [format!("ws://{address}/ws"), format!("http://{address}")] {
            // Commands that run until they are stopped would try again for ever.
            for arguments in [&["topics"][..], &["history", "a"], &["publish", "a", "1"]] {
                let output = run(&url, arguments);
                assert!(!output.status.success(), "{arguments:?} {output:?}");
                assert_harmless(arguments, &output);
            }
        }
    }
}

#[test]
fn no_line_of_the_input_reaches_the_terminal_as_a_command() {
    let url = format!("ws://{}/ws", serve(acknowledgements));
    for format in ["number", "json", "csv", "influx", "prometheus", "syslog"] {
        let arguments = ["pipe", "a", "--format", format];
        let output = run_with_input(&url, &arguments, &format!("1\n{HOSTILE} {{\"\u{1b}[2J\": \u{202e}\n"));
        assert_harmless(&arguments, &output);
    }
}

/// Returns the arguments of every command that connects to a server, each with a text for its standard input.
fn commands() -> Vec<(Vec<&'static str>, &'static str)> {
    vec![
        (vec!["topics"], ""),
        (vec!["topics", "--json"], ""),
        (vec!["history", "a"], ""),
        (vec!["history", "a", "--json"], ""),
        (vec!["publish", "a", "1"], ""),
        (vec!["publish", "a", "1", "--json"], ""),
        (vec!["watch", "a", "--count", "1"], ""),
        (vec!["watch", "a", "--count", "1", "--json"], ""),
        (vec!["pipe", "a"], "1\n"),
        (vec!["pipe", "a", "--json"], "1\n"),
        (vec!["host"], ""),
    ]
}

fn publications(request: &Value) -> Vec<String> {
    let (id, item) = (&request["id"], r#"{"offset": 1, "ts": 1, "received_at": 1, "data": {"text": DATA}}"#);
    // The JSON contains the characters themselves, except for those that JSON does not allow in a string.
    let item = item.replace("DATA", &Value::from(HOSTILE).to_string());
    let position = json!({"epoch": "e", "offset": 1});
    let meta = json!({"unit": HOSTILE, "label": HOSTILE});
    match request["action"].as_str() {
        Some("subscribe") => vec![
            json!({"type": "subscribed", "id": id, "connection_id": HOSTILE, "filter": request["filter"], "server_ts": 1,
                "topics": [{"topic": "a", "position": position, "recovered": true, "meta": meta,
                    "replay_from": {"epoch": "e", "offset": 0}}], "rotate_in_ms": 6_600_000,
                "limits": {"message_bytes": 131_072, "frame_bytes": 32_768, "publication_bytes": 24_576,
                    "publishes_per_second": 20_000, "subscriptions": 100, "history_items": 1000}})
            .to_string(),
            format!(
                r#"{{"type": "publications", "topic": "a", "epoch": "e", "items": [{item}], "replay": true}}"#
            ),
        ],
        Some("history") => vec![format!(
            r#"{{"type": "history", "id": {id}, "topic": "a", "epoch": "e", "items": [{item}], "head": {position}, "recovered": true}}"#
        )],
        _ => vec![],
    }
}

fn refusals(request: &Value) -> Vec<String> {
    let reply =
        json!({"type": "error", "id": request["id"], "code": 400, "message": HOSTILE, "retryable": false});
    vec![reply.to_string()]
}

fn gateway_errors(request: &Value) -> Vec<String> {
    let failure = json!({"message": HOSTILE, "connectionId": HOSTILE, "requestId": HOSTILE});
    let end = json!({"type": "disconnect", "code": 4000, "reason": HOSTILE, "reconnect": false});
    let is_session = matches!(request["action"].as_str(), Some("subscribe" | "publish" | "ping"));
    let mut replies = vec![failure.to_string()];
    replies.extend(is_session.then(|| end.to_string()));
    replies
}

fn acknowledgements(request: &Value) -> Vec<String> {
    let published = json!({"type": "published", "id": request["id"], "topic": request["topic"],
        "position": {"epoch": "e", "offset": 1}});
    let pong = json!({"type": "pong", "t": request["t"], "server_ts": 1});
    match request["action"].as_str() {
        Some("publish") => vec![published.to_string()],
        Some("ping") => vec![pong.to_string()],
        _ => vec![],
    }
}

/// Starts a server that accepts every WebSocket handshake and sends `reply` to every message. Returns its address.
fn serve(reply: Reply) -> SocketAddr {
    listen(move |stream| {
        let Ok(mut socket) = tungstenite::accept(stream) else { return };
        while answer(&mut socket, reply).is_ok() {}
    })
}

fn answer(socket: &mut WebSocket<TcpStream>, reply: Reply) -> tungstenite::Result<()> {
    if let Message::Text(text) = socket.read()? {
        let request = serde_json::from_str(&text).unwrap_or_default();
        reply(&request).into_iter().try_for_each(|text| socket.send(Message::text(text)))?;
    }
    Ok(())
}

/// Starts a server that sends the same bytes in answer to every request, and then closes the connection. Returns its
/// address.
fn answer_all(answer: String) -> SocketAddr {
    listen(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(answer.as_bytes());
    })
}

fn listen(talk: impl Fn(TcpStream) + Clone + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let talk = talk.clone();
            thread::spawn(move || talk(stream));
        }
    });
    address
}

fn assert_harmless(arguments: &[&str], output: &Output) {
    for stream in [&output.stdout, &output.stderr] {
        let text = std::str::from_utf8(stream).unwrap();
        let is_harmful = |c: char| {
            (c.is_control() && c != '\n')
                || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(!text.contains(is_harmful), "{arguments:?}: {text:?}");
        assert!(!text.lines().any(|line| line.starts_with("forged")), "{arguments:?}: {text:?}");
    }
}
