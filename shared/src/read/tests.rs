//! Compares the messages as this build reads them with those that serde's derived code reads.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::Deserialize;
use serde_json::Value;

use crate::ServerMessage;

/// Values that replace others: of every type, at the edges of the numbers, with escape sequences, and with half of a character.
const VALUES: [&str; 24] = [
    "null",
    "true",
    "0",
    "-1",
    "-0",
    "1.0",
    "1.50e3",
    "1e999",
    "65536",
    "4294967296",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "{}",
    r#"{"a":{"epoch":"e","offset":1}}"#,
    "\"\"",
    "\"*\"",
    "\"host/cpu\"",
    "\"host//cpu\"",
    r#""\u0061\n""#,
    r#""\ud83d\ude00""#,
    r#""\ud83d""#,
    "\"disk_full\"",
    "[1, 2 ]",
];
/// Names of fields, as they are written in JSON.
const NAMES: [&str; 14] = [
    "type",
    "id",
    "topic",
    "epoch",
    "items",
    "offset",
    "data",
    "meta",
    "heads",
    r"t\u0079pe",
    r"i\u0064",
    r"\ud83d",
    "later",
    "",
];

/// A JSON text that need not be one that serde would write: names of fields may occur twice, and literals are kept.
#[derive(Clone, Debug)]
enum Json {
    Literal(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    fn of(value: &Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(fields) => {
                Self::Object(fields.iter().map(|(name, value)| (name.clone(), Self::of(value))).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Self::Literal(value.to_string())
            }
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::List(items) => {
                format!("[ {}]", items.iter().map(Self::text).collect::<Vec<_>>().join(" ,"))
            }
            Self::Object(fields) => {
                let field = |(name, value): &(String, Self)| format!("\"{name}\" : {}", value.text());
                format!("{{\n{}}}", fields.iter().map(field).collect::<Vec<_>>().join(","))
            }
        }
    }

    fn count(&self) -> usize {
        1 + match self {
            Self::Literal(_) => 0,
            Self::List(items) => items.iter().map(Self::count).sum::<usize>(),
            Self::Object(fields) => fields.iter().map(|(_, value)| value.count()).sum(),
        }
    }

    /// Returns the node with this number, counted from the outermost one.
    fn node(&mut self, number: usize) -> Option<&mut Self> {
        let mut left = match number.checked_sub(1) {
            Some(left) => left,
            None => return Some(self),
        };
        let inner: Vec<&mut Self> = match self {
            Self::Literal(_) => return None,
            Self::List(items) => items.iter_mut().collect(),
            Self::Object(fields) => fields.iter_mut().map(|(_, value)| value).collect(),
        };
        for node in inner {
            match left.checked_sub(node.count()) {
                Some(rest) => left = rest,
                None => return node.node(left),
            }
        }
        None
    }
}

/// A change of a message that somebody might send.
#[derive(Clone, Debug)]
enum Change {
    Replace(&'static str),
    Add(&'static str, &'static str),
    Remove(Index),
    Repeat(Index),
    Rename(Index, &'static str),
}

impl Change {
    fn apply(&self, node: &mut Json) {
        match (self, node) {
            (Self::Replace(value), node) => {
                // Serde reads a list in place of an object, which this build does not.
                if !(value.starts_with('[') && matches!(node, Json::Object(_))) {
                    *node = Json::Literal((*value).to_owned());
                }
            }
            (Self::Add(name, value), Json::Object(fields)) if !value.starts_with('[') => {
                fields.push(((*name).to_owned(), Json::Literal((*value).to_owned())));
            }
            (Self::Remove(index), Json::Object(fields)) if !fields.is_empty() => {
                fields.remove(index.index(fields.len()));
            }
            (Self::Repeat(index), Json::Object(fields)) if !fields.is_empty() => {
                fields.push(fields[index.index(fields.len())].clone());
            }
            (Self::Rename(index, name), Json::Object(fields)) if !fields.is_empty() => {
                let index = index.index(fields.len());
                fields[index].0 = (*name).to_owned();
            }
            (_, Json::Literal(_) | Json::List(_) | Json::Object(_)) => {}
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        select(&VALUES[..]).prop_map(Change::Replace),
        (select(&NAMES[..]), select(&VALUES[..])).prop_map(|(name, value)| Change::Add(name, value)),
        any::<Index>().prop_map(Change::Remove),
        any::<Index>().prop_map(Change::Repeat),
        (any::<Index>(), select(&NAMES[..])).prop_map(|(index, name)| Change::Rename(index, name)),
    ]
}

/// Returns the example of every message of the server.
fn examples() -> Vec<Json> {
    let folder =
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures")).expect("shared/fixtures");
    let paths = folder.map(|entry| entry.expect("an entry of shared/fixtures").path());
    let is_of_server = |path: &std::path::PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("server"))
    };
    let mut paths: Vec<_> = paths.filter(is_of_server).collect();
    paths.sort();
    let read = |path| std::fs::read_to_string(path).expect("a fixture");
    paths.into_iter().map(|path| Json::of(&serde_json::from_str(&read(path)).expect("JSON"))).collect()
}

#[derive(Deserialize)]
struct Tagged {
    r#type: String,
}

/// Reads a message with the code that serde derives.
fn by_serde(text: &str) -> serde_json::Result<ServerMessage> {
    let Tagged { r#type } = serde_json::from_str(text)?;
    match r#type.as_str() {
        "subscribed" => serde_json::from_str(text).map(ServerMessage::Subscribed),
        "publications" => serde_json::from_str(text).map(ServerMessage::Publications),
        "batch" => serde_json::from_str(text).map(ServerMessage::Batch),
        "published" => serde_json::from_str(text).map(ServerMessage::Published),
        "unsubscribed" => serde_json::from_str(text).map(ServerMessage::Unsubscribed),
        "history" => serde_json::from_str(text).map(ServerMessage::History),
        "buckets" => serde_json::from_str(text).map(ServerMessage::Buckets),
        "refreshed" => serde_json::from_str(text).map(ServerMessage::Refreshed),
        "pong" => serde_json::from_str(text).map(ServerMessage::Pong),
        "occupancy" => serde_json::from_str(text).map(ServerMessage::Occupancy),
        "forgotten" => serde_json::from_str(text).map(ServerMessage::Forgotten),
        "conditions" => serde_json::from_str(text).map(ServerMessage::Conditions),
        "error" => serde_json::from_str(text).map(ServerMessage::Error),
        "disconnect" => serde_json::from_str(text).map(ServerMessage::Disconnect),
        _ => Ok(ServerMessage::Unknown),
    }
}

/// Returns a description of the difference between the two ways to read a message; `None` if there is none.
fn difference(text: &str) -> Option<String> {
    let (ours, serdes) = (ServerMessage::from_json(text), by_serde(text));
    let is_same = match (&ours, &serdes) {
        (Ok(ours), Ok(serdes)) => ours == serdes,
        (Err(_), Err(_)) => true,
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
    };
    (!is_same).then(|| format!("{text}\nread as {ours:?}\nby serde {serdes:?}"))
}

#[test]
fn every_example_is_read_as_serde_reads_it() {
    let examples = examples();
    assert!(examples.len() >= ServerMessage::TYPES.len());
    for example in examples {
        let text = example.text();
        assert!(by_serde(&text).is_ok(), "{text}");
        assert_eq!(difference(&text), None);
    }
}

#[test]
fn a_text_that_is_no_object_is_an_error() {
    for text in ["", "null", "1", "\"publications\"", "{", "{}", r#"{"type": 1}"#, r#"{"type": "pong"} x"#] {
        assert!(ServerMessage::from_json(text).is_err(), "{text}");
        assert_eq!(difference(text), None);
    }
}

#[test]
fn a_time_is_so_near_that_sums_of_times_do_not_overflow() {
    let server_ts = |time: i64| {
        let text = format!(r#"{{"type": "pong", "t": 1, "server_ts": {time}}}"#);
        match ServerMessage::from_json(&text) {
            Ok(ServerMessage::Pong(pong)) => pong.server_ts,
            other => panic!("{other:?}"),
        }
    };
    for (sent, read) in [
        (1_795_344_127_000, 1_795_344_127_000),
        (i64::MAX, super::FURTHEST_MS),
        (i64::MIN, -super::FURTHEST_MS),
    ] {
        assert_eq!(server_ts(sent), read);
    }
    let buckets: Vec<crate::bucket::Bucket> =
        serde_json::from_str("[[-9223372036854775808,18446744073709551615,1,0,5]]").unwrap();
    assert_eq!((buckets[0].first_ms, buckets[0].last_ms), (-super::FURTHEST_MS, super::FURTHEST_MS));
}

#[test]
fn an_error_names_the_field_at_fault() {
    let fault = |text| ServerMessage::from_json(text).expect_err("an error").to_string();
    assert_eq!(fault(r#"{"type": "pong", "t": 1}"#), "missing field `server_ts`");
    assert_eq!(fault(r#"{"type": "pong", "t": 1, "t": 1}"#), "duplicate field `t`");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_changed_message_is_read_as_serde_reads_it(
        example in select(examples()),
        changes in prop::collection::vec((any::<Index>(), change()), 1..4),
    ) {
        let mut message = example;
        for (index, change) in changes {
            let number = index.index(message.count());
            if let Some(node) = message.node(number) {
                change.apply(node);
            }
        }
        prop_assert_eq!(difference(&message.text()), None);
    }
}
