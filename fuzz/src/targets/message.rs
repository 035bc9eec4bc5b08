//! Fuzzes the parsers of WebSocket messages: of those that clients send, and of those that servers send.

use backend_core::message;
use shared::{ClientMessage, ServerMessage};

use crate::target::{Target, signature, words_of};

pub const CLIENT: Target = Target {
    name: "client-message",
    words: &[
        "\"action\":",
        "\"subscribe\"",
        "\"publish\"",
        "\"history\"",
        "\"refresh\"",
        "\"ping\"",
        "\"id\":",
        "\"topic\":",
        "\"filter\":",
        "\"since\":",
        "\"rewind\":",
        "\"items\":",
        "\"data\":",
        "\"meta\":",
        "\"producer\":",
        "\"seq\":",
        "\"epoch\":",
        "\"offset\":",
    ],
    seeds: Some(examples),
    run: client,
};

pub const SERVER: Target = Target {
    name: "server-message",
    words: &[
        "\"type\":",
        "\"subscribed\"",
        "\"publications\"",
        "\"batch\"",
        "\"history\"",
        "\"pong\"",
        "\"error\"",
        "\"disconnect\"",
        "\"items\":",
        "\"parts\":",
        "\"heads\":",
        "\"position\":",
        "\"epoch\":",
        "\"offset\":",
        "\"received_at\":",
        "\"limits\":",
    ],
    seeds: Some(examples),
    run: server,
};

/// Parses a message of a client. Checks that it is still the same after it was written as JSON and parsed again.
fn client(input: &[u8]) -> u64 {
    let Ok(text) = str::from_utf8(input) else { return 0 };
    match message::read(text) {
        Ok(message) => {
            let again =
                ClientMessage::from_json(&message.to_json()).expect("a message that was written can be read");
            assert_eq!(again, message);
            signature((message.action(), message.id().is_some()))
        }
        Err(unreadable) => words_of(unreadable.refusal),
    }
}

fn server(input: &[u8]) -> u64 {
    let Ok(text) = str::from_utf8(input) else { return 0 };
    match ServerMessage::from_json(text) {
        Ok(message) => {
            let again =
                ServerMessage::from_json(&message.to_json()).expect("a message that was written can be read");
            assert_eq!(again, message);
            signature(message.type_name())
        }
        Err(error) => words_of(error),
    }
}

/// Returns the example messages in PROTOCOL.md.
fn examples() -> Vec<Vec<u8>> {
    let document = include_str!("../../../PROTOCOL.md");
    document.lines().filter(|line| line.starts_with("{\"")).map(|line| line.as_bytes().to_vec()).collect()
}
