//! Helpers that move fields between JSON objects and the types of a board document. A field of an unexpected type stays in the
//! object, so that it is written again.

use serde_json::{Map, Value};

use super::fault::{Fault, Path};

/// Returns the fields of an object.
pub(super) fn object(value: Value, path: &Path) -> Result<Map<String, Value>, Fault> {
    match value {
        Value::Object(fields) => Ok(fields),
        other => Err(Fault::error(path.clone(), format!("is {}: write an object, {{…}}", kind_of(&other)))),
    }
}

/// Takes a field out of an object if `read` accepts its value. Otherwise the field stays.
pub(super) fn take<T>(
    fields: &mut Map<String, Value>,
    name: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Option<T> {
    let found = read(fields.get(name)?)?;
    fields.shift_remove(name);
    Some(found)
}

/// Takes a list of objects out of an object. Returns an empty list if the field is absent or not a list.
pub(super) fn take_list<T>(
    fields: &mut Map<String, Value>,
    name: &str,
    path: &Path,
    read: impl Fn(Value, &Path) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let Some(Value::Array(items)) = fields.get_mut(name).filter(|value| value.is_array()) else {
        return Ok(Vec::new());
    };
    let path = path.field(name);
    let items = std::mem::take(items);
    fields.shift_remove(name);
    items.into_iter().enumerate().map(|(index, item)| read(item, &path.item(index))).collect()
}

pub(super) fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

pub(super) fn small(value: &Value) -> Option<u32> {
    value.as_u64()?.try_into().ok()
}

/// Adds a field to an object if it has a value.
pub(super) fn put(fields: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        fields.insert(name.into(), value.into());
    }
}

/// Returns a number as JSON. A whole number gets no decimal point.
pub(super) fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < MOST_EXACT {
        return (number as i64).into();
    }
    number.into()
}

/// Numbers below this can be converted to integers and back without a change.
const MOST_EXACT: f64 = (1_u64 << 53) as f64;

/// Returns an object with these fields, and with those that this program does not know.
pub(super) fn with_other(mut fields: Map<String, Value>, other: &Map<String, Value>) -> Value {
    for (name, value) in other {
        // A field whose value this program could not read is replaced if it has been set since.
        fields.entry(name).or_insert_with(|| value.clone());
    }
    Value::Object(fields)
}

/// Returns the kind of a JSON value in words, for messages.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
