//! Checks that the fixtures and `PROTOCOL.md` agree with the Rust types and constants of the protocol.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use shared::{ClientMessage, DisconnectCode, ErrorCode, ServerMessage, limits};

fn shared() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn document() -> String {
    read(&shared().join("../PROTOCOL.md"))
}

/// Returns the name and content of every fixture (file with an example of a message) whose file name begins with `of`.
fn fixtures(of: &str) -> Vec<(String, Value)> {
    let entries = std::fs::read_dir(shared().join("fixtures")).expect("shared/fixtures");
    let paths = entries.map(|entry| entry.expect("an entry of shared/fixtures").path());
    let named = paths.map(|path| (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), path));
    named.filter(|(name, _)| name.starts_with(of)).map(|(name, path)| (name, parse(&read(&path)))).collect()
}

/// Parses `value` as a message and serializes it again. Returns the kind of the message and the new JSON.
fn round_trip(value: &Value) -> (String, Value) {
    let text = value.to_string();
    if value.get("action").is_some() {
        let message: ClientMessage = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
        (message.action().into(), parse(&message.to_json()))
    } else {
        let message: ServerMessage = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
        (message.type_name().into(), parse(&message.to_json()))
    }
}

/// Returns a copy of `value` in which every object has an additional field that this build does not know.
fn with_unknown_fields(value: &Value, is_map: bool) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| with_unknown_fields(item, false)).collect(),
        Value::Object(fields) => {
            // The keys of these objects are names chosen by users, so no field is added to them.
            let keyed_by_name = |key: &str| matches!(key, "since" | "heads" | "data" | "rewind" | "units");
            let widened = |(key, inner): (&String, &Value)| {
                (key.clone(), with_unknown_fields(inner, keyed_by_name(key) && inner.get("epoch").is_none()))
            };
            let mut wider: serde_json::Map<String, Value> = fields.iter().map(widened).collect();
            if !is_map {
                wider.insert("from_the_future".into(), json!({"any": ["thing", 1, null]}));
            }
            Value::Object(wider)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn all_names() -> BTreeSet<String> {
    ClientMessage::ACTIONS.iter().chain(ServerMessage::TYPES).map(|name| (*name).to_owned()).collect()
}

#[test]
fn every_message_has_a_fixture_that_comes_back_as_it_went() {
    let mut seen = BTreeSet::new();
    for (name, value) in fixtures("client").into_iter().chain(fixtures("server")) {
        let (kind, back) = round_trip(&value);
        assert_eq!(back, value, "{name}");
        seen.insert(kind);
    }
    assert_eq!(seen, all_names());
}

#[test]
fn fields_from_a_newer_peer_are_ignored() {
    for (name, value) in fixtures("client").into_iter().chain(fixtures("server")) {
        let wider = with_unknown_fields(&value, false);
        assert_ne!(wider, value);
        assert_eq!(round_trip(&wider).1, value, "{name}");
    }
}

#[test]
fn a_type_from_a_newer_server_is_read_as_unknown() {
    let message = serde_json::from_str::<ServerMessage>(r#"{"type":"weather","wind":7}"#);
    assert_eq!(message.unwrap(), ServerMessage::Unknown);
}

#[test]
fn the_document_shows_every_fixture_and_every_example_can_be_read() {
    let document = document();
    let blocks = document.split("```json\n").skip(1);
    let examples: Vec<Value> =
        blocks.map(|block| block.split("```").next().unwrap_or_default()).map(parse).collect();
    let shown: BTreeSet<String> = examples.iter().map(|example| round_trip(example).0).collect();
    assert_eq!(shown, all_names());
    for (name, value) in fixtures("client").into_iter().chain(fixtures("server")) {
        assert!(examples.contains(&value), "{name} is not in PROTOCOL.md");
    }
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let head_line = line(head.iter().map(|cell| (*cell).to_owned()).collect());
    let rule = format!("|{}", "---|".repeat(head.len()));
    [head_line, rule].into_iter().chain(rows.map(line)).collect::<Vec<_>>().join("\n")
}

/// Asserts that `PROTOCOL.md` contains the text `expected` between `<!-- name -->` and `<!-- end -->`.
fn assert_section(name: &str, expected: &str) {
    let document = document();
    let after = document.split(&format!("<!-- {name} -->\n")).nth(1).unwrap_or_default();
    let found = after.split("\n<!-- end -->").next().unwrap_or_default();
    assert_eq!(found, expected, "PROTOCOL.md, section {name}, should read:\n{expected}\n");
}

#[test]
fn the_document_lists_the_codes() {
    let row = |number: u16, word: &str, advice| vec![number.to_string(), word.into(), format!("{advice:?}")];
    let head = ["code", "name", "what to do"];
    let errors = ErrorCode::ALL.iter().map(|code| row(code.number(), code.word(), code.advice()));
    assert_section("errors", &table(&head, errors));
    let disconnects = DisconnectCode::ALL.iter().map(|code| row(code.number(), code.word(), code.advice()));
    assert_section("disconnects", &table(&head, disconnects));
}

#[test]
fn the_document_lists_the_limits() {
    let rows = limits::TABLE.iter().map(|limit| {
        let texts = [limit.what, limit.unit, limit.source, limit.beyond].map(str::to_owned);
        let [what, unit, source, beyond] = texts;
        let all = limit.all.map_or(String::new(), |all| all.to_string());
        vec![what, limit.value.to_string(), all, unit, source, beyond]
    });
    assert_section("limits", &table(&["limit", "value", "of all", "unit", "set by", "beyond it"], rows));
}

#[test]
fn the_schema_of_board_documents_is_that_of_the_code() {
    let file = shared().join("../docs/board.schema.json");
    let expected = format!("{:#}\n", shared::board::schema());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        return std::fs::write(&file, expected).expect("docs/board.schema.json can be written");
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(found, expected, "docs/board.schema.json: run this test with UPDATE_SCHEMA=1");
}
