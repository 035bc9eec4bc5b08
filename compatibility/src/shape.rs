//! Compares messages of two releases by their shape: fields and JSON types. Values are mostly ignored, because they
//! differ from run to run.

use std::collections::BTreeMap;

use serde_json::Value;

/// Lists the parts of `new` that a client which can read `old` cannot read. These are fields that are missing or have
/// another JSON type. The list is empty if the client can read `new`. Fields that only `new` has are allowed, since
/// clients ignore unknown fields. Some fields must even have equal values, such as `type`, `code`, and the publisher's
/// `data`.
pub fn differences(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", old, new, &mut found);
    found
}

fn compare(path: &str, old: &Value, new: &Value, found: &mut Vec<String>) {
    let leaf = path.rsplit('.').next().unwrap_or_default();
    if matches!(
        leaf,
        "type" | "code" | "data" | "topic" | "filter" | "meta" | "retryable" | "replay" | "recovered"
    ) {
        if old != new {
            found.push(format!("{path}: {new} instead of {old}"));
        }
        return;
    }
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, old) in old {
                let path = format!("{path}.{name}");
                match new.get(name) {
                    Some(new) => compare(&path, old, new, found),
                    None => found.push(format!("{path} is missing")),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            if old.len() != new.len() {
                found.push(format!("{path} has {} elements instead of {}", new.len(), old.len()));
            }
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                compare(&format!("{path}[{index}]"), old, new, found);
            }
        }
        _ if kind(old) != kind(new) => found.push(format!("{path}: {new} instead of {old}")),
        _ => {}
    }
}

/// Returns the name of a value's JSON type. Integers are a type of their own, because a client that expects an integer
/// cannot read `1.5`.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "fraction",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Adds a translation of epochs to `epochs`. The key is an epoch in `old`, the value is the epoch at the same place in
/// `new`. Epochs are random, so the epochs in a recorded request have to be translated before the request is sent to
/// another server.
pub fn learn_epochs(old: &Value, new: &Value, epochs: &mut BTreeMap<String, String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, old) in old {
                match (old, new.get(name)) {
                    (Value::String(old), Some(Value::String(new))) if name == "epoch" => {
                        epochs.insert(old.clone(), new.clone());
                    }
                    (_, Some(new)) => learn_epochs(old, new, epochs),
                    (_, None) => {}
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            old.iter().zip(new).for_each(|(old, new)| learn_epochs(old, new, epochs));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_new_field_is_allowed_and_a_lost_one_is_not() {
        let old = json!({"type": "pong", "t": 1, "heads": {"a": {"epoch": "x", "offset": 1}}});
        let new = json!({"type": "pong", "t": 9, "heads": {"a": {"epoch": "y", "offset": 2, "more": true}}});
        assert_eq!(differences(&old, &new), Vec::<String>::new());
        assert_eq!(differences(&new, &old), [".heads.a.more is missing"]);
    }

    #[test]
    fn another_json_type_and_another_code_are_found() {
        assert_eq!(differences(&json!({"t": 1}), &json!({"t": "1"})), [".t: \"1\" instead of 1"]);
        assert_eq!(differences(&json!({"t": 1}), &json!({"t": 1.5})), [".t: 1.5 instead of 1"]);
        assert_eq!(differences(&json!({"code": 100}), &json!({"code": 101})), [".code: 101 instead of 100"]);
        assert_eq!(differences(&json!([1]), &json!([])), [" has 0 elements instead of 1"]);
    }

    #[test]
    fn epochs_are_matched_by_place() {
        let mut epochs = BTreeMap::new();
        learn_epochs(&json!([{"epoch": "a"}]), &json!([{"epoch": "b"}]), &mut epochs);
        assert_eq!(epochs, BTreeMap::from([("a".to_owned(), "b".to_owned())]));
    }
}
