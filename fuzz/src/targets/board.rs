//! Fuzzes the check and the reader of board documents, which clients save and links contain.

use serde_json::Value;
use shared::board::{Board, Finding, lint};

use crate::target::{Target, signature, words_of};

pub const TARGET: Target = Target {
    name: "board",
    words: &[
        "\"version\":1",
        "\"version\":2",
        "\"panels\":[",
        "\"sources\":[",
        "\"topic\":\"host/cpu\"",
        "\"series\":[",
        "\"thresholds\":[",
        "\"above\":",
        "\"new_topics\":\"hide\"",
        "\"hidden\":true",
        "\"min\":-1e308",
        "{",
        "}",
    ],
    seeds: None,
    run: board,
};

/// Checks and reads the input. Checks that a document that a server accepts can be read, and is written again without a loss.
fn board(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let findings = lint(&text);
    let is_accepted = !findings.iter().any(Finding::is_error);
    match Board::read(&text) {
        Ok(board) => {
            let again = Board::from_value(board.to_value()).expect("what was written can be read");
            assert_eq!(again, board, "a document changes when it is written");
            if is_accepted {
                assert_keeps_fields(&serde_json::from_str(&text).expect("JSON"), &board.to_value());
            }
            signature((findings.len(), board.panels.len(), board.other.len()))
        }
        Err(error) => {
            assert!(!is_accepted, "a server accepts what cannot be read: {error}");
            words_of(error)
        }
    }
}

/// Checks that every field of an object is in the object that was written, apart from those that have their defaults.
fn assert_keeps_fields(read: &Value, written: &Value) {
    let has_meaning = |value: &Value| !matches!(value, Value::Bool(false)) && *value != serde_json::json!([]);
    let Some(fields) = read.as_object() else { return };
    for (name, value) in fields.iter().filter(|(name, value)| has_meaning(value) && *name != "new_topics") {
        assert!(written.get(name).is_some(), "the field {name} with {value} is lost");
    }
}
