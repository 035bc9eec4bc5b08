//! The limits of WebSocket messages, and of the answers to subscriptions.

use serde_json::json;
use shared::limits::{self, Limit};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::support::{Server, Socket, request};

pub fn frame_bytes(server: &Server, bytes: usize) {
    let message = |bytes: usize| {
        let empty = r#"{"action":"ping","t":1,"x":""}"#;
        empty.replace(r#""x":"""#, &format!(r#""x":"{}""#, "x".repeat(bytes - empty.len())))
    };
    let mut socket = server.connect();
    socket.say_text(&message(bytes));
    assert_eq!(socket.hear_type("pong")["t"], 1);
    socket.say_text(&message(bytes + 1));
    assert_eq!(u16::from(socket.hear_close().unwrap().code), 1009);
}

pub fn message_bytes(server: &Server, bytes: usize) {
    let mut socket = server.connect();
    in_frames(&mut socket, bytes);
    assert_eq!(socket.hear()["code"], 200, "not JSON, and read");
    in_frames(&mut socket, bytes + 1);
    assert_eq!(u16::from(socket.hear_close().unwrap().code), 1009);
}

/// Sends a message of this size in frames that are small enough.
fn in_frames(socket: &mut Socket, bytes: usize) {
    let text = vec![b'x'; bytes];
    let parts: Vec<&[u8]> = text.chunks(limits::FRAME_BYTES).collect();
    for (number, part) in parts.iter().enumerate() {
        let code = OpCode::Data(if number == 0 { Data::Text } else { Data::Continue });
        let frame = Frame::message(part.to_vec(), code, number + 1 == parts.len());
        // The server may have closed the connection before the last frame.
        let _ = socket.0.send(Message::Frame(frame));
    }
}

pub fn subscriptions(server: &Server, filters: usize) {
    let mut socket = server.connect();
    for number in 0..=filters {
        socket.say(&json!({"action": "subscribe", "id": number, "filter": format!("f{number}")}));
        let answer = socket.hear();
        if number < filters {
            assert_eq!(answer["type"], "subscribed");
        } else {
            assert_eq!(answer["code"], 207);
        }
    }
    assert_eq!(request(server.address, "GET", "/healthz", &[], b"").status, 200);
}

pub fn conflation_rate(server: &Server, most: usize) {
    let mut socket = server.connect();
    let subscribe = |id: usize, max_hz: usize| json!({"action": "subscribe", "id": id, "filter": "fast", "max_hz": max_hz});
    socket.say(&subscribe(1, most));
    assert_eq!(socket.hear()["type"], "subscribed");
    socket.say(&subscribe(2, most + 1));
    assert_eq!(socket.hear()["code"], 215);
}

pub fn replay_items(server: &Server, items: usize) {
    assert_eq!(server.post("/topics/past", vec!["1"; items + 50].join("\n")).status, 200);
    let (replayed, oldest) = replayed(server, "past", items + 50);
    assert_eq!((replayed, oldest), (items, 51), "the newest ones");
}

pub fn replay_bytes(limit: &Limit) {
    let (server, most) = (Server::start(), usize::try_from(limit.value).unwrap());
    let data = format!("\"{}\"", "x".repeat(20_000));
    let topics = 3 * most / (limits::REPLAY_ITEMS * data.len()) + 2;
    for topic in 0..topics {
        for _ in 0..limits::REPLAY_ITEMS / 50 {
            assert_eq!(
                server.post(&format!("/topics/large/{topic}"), vec![data.as_str(); 50].join("\n")).status,
                200
            );
        }
    }
    let (items, _) = replayed(&server, "large/*", limits::REPLAY_ITEMS);
    let bytes = items * data.len();
    assert!(bytes <= most && bytes > most / 2, "{bytes} bytes of {most} are replayed");
}

/// Subscribes, and returns the number of publications that are replayed, and the lowest offset among them.
fn replayed(server: &Server, filter: &str, rewind: usize) -> (usize, u64) {
    let mut socket = server.connect();
    socket.say(&json!({"action": "subscribe", "id": 1, "filter": filter, "rewind": {"count": rewind}}));
    // The answer to this message comes after everything that is replayed.
    socket.say(&json!({"action": "unsubscribe", "id": 2, "filter": filter}));
    let (mut count, mut oldest) = (0, u64::MAX);
    loop {
        let message = socket.hear();
        let parts = match message["type"].as_str().unwrap() {
            "publications" => vec![message.clone()],
            "batch" => message["parts"].as_array().unwrap().clone(),
            "unsubscribed" => return (count, oldest),
            _ => Vec::new(),
        };
        // A publication that was made a moment ago may be broadcast as well.
        let parts = parts.iter().filter(|part| part["replay"] == true);
        for item in parts.flat_map(|part| part["items"].as_array().unwrap()) {
            count += 1;
            oldest = oldest.min(item["offset"].as_u64().unwrap());
        }
    }
}
