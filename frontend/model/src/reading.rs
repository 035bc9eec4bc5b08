//! What a publication's data says: its numbers, its words.

use serde_json::{Map, Value};

/// Fields that carry what an event says.
const MESSAGE_FIELDS: [&str; 4] = ["message", "msg", "text", "event"];
/// Fields that say how much an event matters: shown by colour, not by words.
const LEVEL_FIELDS: [&str; 2] = ["level", "severity"];
/// Characters of a text that are shown; more would only cost memory.
const TEXT_CHARS: usize = 1_000;

/// The numbers in `data` with the names of their series. A lone number is called `own`, a field by its path
/// (`disk.free`), an item of a list by its place. A bool beside numbers is 0 or 1.
pub fn numbers(data: &Value, own: &str) -> Vec<(String, f64)> {
    match data {
        Value::Number(number) => number.as_f64().map(|value| (own.to_owned(), value)).into_iter().collect(),
        Value::Object(fields) if has_number(data) => {
            let mut found = Vec::new();
            collect(fields, "", &mut found);
            found
        }
        Value::Array(items) if items.iter().all(Value::is_number) => {
            let values = items.iter().filter_map(Value::as_f64);
            values.enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        Value::Object(_) | Value::Array(_) | Value::Null | Value::Bool(_) | Value::String(_) => Vec::new(),
    }
}

/// How many series [`numbers`] would find, without naming them.
pub fn count_numbers(data: &Value) -> usize {
    match data {
        Value::Number(_) => 1,
        Value::Object(fields) => fields.values().map(count_numbers).sum(),
        Value::Array(items) if items.iter().all(Value::is_number) => items.len(),
        Value::Array(_) | Value::Null | Value::Bool(_) | Value::String(_) => 0,
    }
}

/// Whether `data` is an event: an object with a message in it.
pub fn is_event(data: &Value) -> bool {
    data.as_object().is_some_and(|fields| message(fields).is_some())
}

/// What `data` says on one line: a text as it is, an event's message before its other fields, else JSON.
pub fn text(data: &Value) -> String {
    let text = match data {
        Value::String(text) => text.clone(),
        Value::Object(fields) => fields_text(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => data.to_string(),
    };
    shortened(&text)
}

fn has_number(data: &Value) -> bool {
    count_numbers(data) > 0
}

fn collect(fields: &Map<String, Value>, path: &str, found: &mut Vec<(String, f64)>) {
    for (key, value) in fields {
        let name = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match value {
            Value::Object(inner) => collect(inner, &name, found),
            Value::Bool(value) => found.push((name, f64::from(u8::from(*value)))),
            Value::Number(number) => found.extend(number.as_f64().map(|value| (name, value))),
            Value::Null | Value::String(_) | Value::Array(_) => {}
        }
    }
}

fn message(fields: &Map<String, Value>) -> Option<(&str, &str)> {
    let named = |name: &'static str| fields.get(name).and_then(Value::as_str).map(|text| (name, text));
    MESSAGE_FIELDS.into_iter().find_map(named)
}

fn fields_text(fields: &Map<String, Value>) -> String {
    let (name, text) = message(fields).unwrap_or_default();
    let is_told = |key: &str| key == name || (!name.is_empty() && LEVEL_FIELDS.contains(&key));
    let others = fields.iter().filter(|(key, _)| !is_told(key)).map(|(key, value)| match value {
        Value::String(text) => format!("{key}={text}"),
        other => format!("{key}={other}"),
    });
    let head = (!text.is_empty()).then(|| text.to_owned());
    head.into_iter().chain(others).collect::<Vec<_>>().join("  ")
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS) {
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
        numbers(&data, "temp")
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
    }

    #[test]
    fn an_events_message_stands_before_its_other_fields() {
        let event = json!({"level": "warn", "msg": "stock low", "left": 14});
        assert_eq!(text(&event), "stock low  left=14");
        assert!(is_event(&event));
        assert!(!is_event(&json!({"left": 14})));
    }

    #[test]
    fn a_very_long_text_is_cut_between_characters() {
        let long = json!("ä".repeat(TEXT_CHARS + 5));
        assert_eq!(text(&long).chars().count(), TEXT_CHARS + 1);
    }
}
