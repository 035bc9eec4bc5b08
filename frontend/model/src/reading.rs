//! Interprets published data: finds the numbers in it, and writes it as text on one line. Depends on JSON values and
//! on [`Field`].

use serde_json::{Map, Number, Value};
use shared::data::MESSAGE_FIELDS;

use crate::digits::Digits;
use crate::field::Field;

/// Names of the field that contains the level of an event, which a log panel shows by colour. `PRIORITY` is the
/// severity of syslog in entries of journald.
pub const LEVEL_FIELDS: [&str; 7] =
    ["level", "severity", "lvl", "log.level", "levelname", "loglevel", "PRIORITY"];
/// Maximum number of characters of a text that are kept and shown, in order to save memory.
const TEXT_CHARS: usize = 1_000;
/// Prefixes of the names of fields that journald adds to every entry. These fields contain nothing about the event
/// and are not shown.
const JOURNALD_PREFIXES: [&str; 2] = ["_", "SYSLOG_"];

/// Returns the fields of `data` with the names of their series, in the order in which they were sent. A single number
/// has the name `own`. A field of an object has its path (`disk.free`), and an item of a list has a path with its
/// index (`load.0`). A boolean beside numbers is 0 or 1. Data without any number has no fields.
///
/// `digits` contains the digits of the numbers in `data` as they were sent.
pub fn fields(data: &Value, own: &str, digits: &Digits<'_>) -> Vec<(String, Field)> {
    let mut found = Vec::new();
    match data {
        Value::Number(number) => {
            found.extend(number_field(number, digits).map(|field| (own.to_owned(), field)))
        }
        Value::Object(fields) if count_numbers(data) > 0 => {
            fields.iter().for_each(|(key, value)| collect(value, key.clone(), digits, &mut found));
        }
        Value::Array(items) if is_numbers(items) => collect(data, String::new(), digits, &mut found),
        Value::Object(_) | Value::Array(_) | Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
    found
}

/// Returns the paths of the fields of `data` that a chart cannot draw, because they are lists that contain other
/// values than numbers.
pub fn not_drawn(data: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if let Value::Object(fields) = data {
        fields.iter().for_each(|(key, value)| collect_not_drawn(value, key.clone(), &mut found));
    }
    found
}

/// Returns the number of numbers in `data` for which [`fields`] would return a field, without creating their names.
pub fn count_numbers(data: &Value) -> usize {
    match data {
        Value::Number(_) => 1,
        Value::Object(fields) => fields.values().map(count_numbers).sum(),
        Value::Array(items) if is_numbers(items) => items.len(),
        Value::Array(_) | Value::Null | Value::Bool(_) | Value::String(_) => 0,
    }
}

/// Returns true if `data` is an event that is shown in a log: an object with a message, or an event of Docker.
pub fn is_event(data: &Value) -> bool {
    data.as_object().is_some_and(|fields| message(fields).is_some() || is_docker_event(fields))
}

/// Returns `data` as text on one line. A text is returned as it is, an event with its message before its other
/// fields, and anything else as JSON. `digits` contains the digits of the numbers in `data` as they were sent.
pub fn text(data: &Value, digits: &Digits<'_>) -> String {
    let text = match data {
        Value::String(text) => text.clone(),
        Value::Object(fields) if is_docker_event(fields) => docker_text(fields),
        Value::Object(fields) => fields_text(fields, digits),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => digits.json(data),
    };
    shortened(&text)
}

/// Returns the value of one field as text: a text as it is, and anything else as JSON.
pub fn plain_text(value: &Value, digits: &Digits<'_>) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => digits.json(other),
    }
}

fn number_field(number: &Number, digits: &Digits<'_>) -> Option<Field> {
    number.as_f64().map(|value| Field::Number { value, sent: digits.sent(number) })
}

fn is_numbers(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(Value::is_number)
}

fn collect(value: &Value, name: String, digits: &Digits<'_>, found: &mut Vec<(String, Field)>) {
    match value {
        Value::Object(inner) => {
            inner.iter().for_each(|(key, value)| collect(value, format!("{name}.{key}"), digits, found));
        }
        Value::Array(items) if is_numbers(items) => {
            let path = if name.is_empty() { String::new() } else { format!("{name}.") };
            let items = items.iter().enumerate();
            items.for_each(|(index, item)| collect(item, format!("{path}{index}"), digits, found));
        }
        Value::Array(_) => {}
        Value::Bool(value) => found.push((name, Field::number(f64::from(u8::from(*value))))),
        Value::Number(number) => found.extend(number_field(number, digits).map(|field| (name, field))),
        Value::String(text) => found.push((name, Field::Text(shortened_to(text, STATE_CHARS)))),
        Value::Null => found.push((name, Field::Nothing)),
    }
}

/// Maximum number of characters of a text that is shown in place of a number.
const STATE_CHARS: usize = 40;

/// Returns the field for data that is not a number although the topic has numbers. A text is cut so that it is short
/// enough for large type.
pub fn other_field(data: &Value, digits: &Digits<'_>) -> Field {
    match data {
        Value::Null => Field::Nothing,
        other => Field::Text(shortened_to(&text(other, digits), STATE_CHARS)),
    }
}

fn collect_not_drawn(value: &Value, name: String, found: &mut Vec<String>) {
    match value {
        Value::Object(inner) => {
            inner.iter().for_each(|(key, value)| collect_not_drawn(value, format!("{name}.{key}"), found));
        }
        Value::Array(items) if !is_numbers(items) => found.push(name),
        Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Returns the name of the field that contains the message of an event, and the message. Returns `None` if no field
/// has a known name.
fn message(fields: &Map<String, Value>) -> Option<(&'static str, String)> {
    let named = |name: &'static str| fields.get(name).and_then(message_text).map(|text| (name, text));
    MESSAGE_FIELDS.into_iter().find_map(named)
}

/// Returns the text of a message field. journald sends a message that is not UTF-8 as a list of its bytes.
fn message_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(bytes) => {
            let byte = |value: &Value| value.as_u64().and_then(|byte| u8::try_from(byte).ok());
            let bytes: Option<Vec<u8>> = bytes.iter().map(byte).collect();
            bytes.filter(|bytes| !bytes.is_empty()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

fn fields_text(fields: &Map<String, Value>, digits: &Digits<'_>) -> String {
    let (name, text) = message(fields).unwrap_or_default();
    let is_journald = name == "MESSAGE";
    let is_told = |key: &str| {
        key == name
            || (!name.is_empty() && LEVEL_FIELDS.contains(&key))
            || (is_journald && JOURNALD_PREFIXES.iter().any(|prefix| key.starts_with(prefix)))
    };
    let others = fields.iter().filter(|(key, _)| !is_told(key)).map(|(key, value)| match value {
        Value::String(text) => format!("{key}={text}"),
        other => format!("{key}={}", digits.json(other)),
    });
    let head = (!text.is_empty()).then(|| text.clone());
    head.into_iter().chain(others).collect::<Vec<_>>().join("  ")
}

/// Returns true if the fields are those of an event as `docker events` writes it: the type, the action and the actor.
fn is_docker_event(fields: &Map<String, Value>) -> bool {
    ["Type", "Action"].iter().all(|name| fields.get(*name).is_some_and(Value::is_string))
        && fields.get("Actor").is_some_and(Value::is_object)
}

/// Returns an event of Docker as text, such as `container start web`.
fn docker_text(fields: &Map<String, Value>) -> String {
    let word = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let actor = fields.get("Actor").unwrap_or(&Value::Null);
    let name = actor["Attributes"]["name"].as_str().or(actor["ID"].as_str()).unwrap_or_default();
    let image = actor["Attributes"]["image"].as_str().map(|image| format!("image={image}"));
    let head = [word("Type"), word("Action"), name].join(" ");
    std::iter::once(head.trim_end().to_owned()).chain(image).collect::<Vec<_>>().join("  ")
}

fn shortened(text: &str) -> String {
    shortened_to(text, TEXT_CHARS)
}

fn shortened_to(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn named(data: Value) -> Vec<(String, f64)> {
        let value = |field: &Field| if let Field::Number { value, .. } = field { Some(*value) } else { None };
        fields(&data, "temp", &Digits::default())
            .iter()
            .filter_map(|(name, field)| Some((name.clone(), value(field)?)))
            .collect()
    }

    fn pair(name: &str, value: f64) -> (String, f64) {
        (name.to_owned(), value)
    }

    #[test]
    fn a_lone_number_is_called_after_its_topic() {
        assert_eq!(named(json!(21.5)), [pair("temp", 21.5)]);
    }

    #[test]
    fn every_number_of_an_object_is_a_series_in_the_order_it_came() {
        assert_eq!(named(json!({"out": 4, "in": 21.5})), [pair("out", 4.0), pair("in", 21.5)]);
        assert_eq!(
            named(json!({"disk": {"free": 1, "used": 2}})),
            [pair("disk.free", 1.0), pair("disk.used", 2.0)]
        );
    }

    #[test]
    fn a_bool_is_a_number_only_beside_numbers() {
        assert_eq!(named(json!({"ms": 3, "up": true})), [pair("ms", 3.0), pair("up", 1.0)]);
        assert_eq!(named(json!({"up": true})), []);
        assert_eq!(named(json!(true)), []);
    }

    #[test]
    fn a_list_of_numbers_is_a_series_for_each_place() {
        assert_eq!(named(json!([0.5, 1])), [pair("0", 0.5), pair("1", 1.0)]);
        assert_eq!(named(json!([0.5, "x"])), []);
        assert_eq!(named(json!({"load": [1.07, 0.84]})), [pair("load.0", 1.07), pair("load.1", 0.84)]);
    }

    #[test]
    fn a_text_in_place_of_a_number_is_a_field_of_its_own() {
        let found = fields(&json!({"a": 1, "b": "n/a", "c": null}), "t", &Digits::default());
        assert_eq!(
            found[1..],
            [("b".to_owned(), Field::Text("n/a".to_owned())), ("c".to_owned(), Field::Nothing)]
        );
        assert_eq!(
            other_field(&json!("unavailable"), &Digits::default()),
            Field::Text("unavailable".to_owned())
        );
    }

    #[test]
    fn fields_that_a_chart_cannot_show_are_named() {
        let data = json!({"cpu": 1, "disks": [{"name": "sda"}], "load": [1, 2], "net": {"up": ["eth0"]}});
        assert_eq!(not_drawn(&data), ["disks", "net.up"]);
    }

    #[test]
    fn an_events_message_stands_before_its_other_fields() {
        let event = json!({"level": "warn", "msg": "stock low", "left": 14});
        assert_eq!(text(&event, &Digits::default()), "stock low  left=14");
        assert!(is_event(&event));
        assert!(!is_event(&json!({"left": 14})));
    }

    #[test]
    fn an_entry_of_the_journal_is_an_event() {
        let entry = json!({"MESSAGE": "Started nginx", "PRIORITY": "6", "_PID": "812", "SYSLOG_IDENTIFIER": "systemd", "UNIT": "nginx.service"});
        assert!(is_event(&entry));
        assert_eq!(text(&entry, &Digits::default()), "Started nginx  UNIT=nginx.service");
        assert_eq!(text(&json!({"MESSAGE": [104, 105, 255]}), &Digits::default()), "hi\u{fffd}");
    }

    #[test]
    fn an_event_of_docker_is_an_event_and_not_a_chart_of_its_time_stamps() {
        let event = json!({"status": "start", "Type": "container", "Action": "start", "scope": "local",
            "Actor": {"ID": "4d2", "Attributes": {"image": "nginx:1.27", "name": "web"}}, "time": 1_790_000_000, "timeNano": 1_790_000_000_000_000_000_u64});
        assert!(is_event(&event));
        assert_eq!(text(&event, &Digits::default()), "container start web  image=nginx:1.27");
    }

    #[test]
    fn a_very_long_text_is_cut_between_characters() {
        let long = json!("ä".repeat(TEXT_CHARS + 5));
        assert_eq!(text(&long, &Digits::default()).chars().count(), TEXT_CHARS + 1);
    }
}
