//! Methods of text, lists and maps, as Java has them.

use serde_json::{Map, Value};

use super::error::TemplateError;
use super::print::printed;

/// Calls a method of a value. Methods that change a value return the changed one in addition.
pub fn call(value: &mut Value, name: &str, arguments: &[Value]) -> Result<Value, TemplateError> {
    if name == "toString" {
        return Ok(printed(value).into());
    }
    if name == "equals" {
        return Ok(arguments.first().is_some_and(|other| printed(other) == printed(value)).into());
    }
    let result = match value {
        Value::String(text) => of_text(text, name, arguments),
        Value::Array(items) => of_list(items, name, arguments),
        Value::Object(fields) => of_map(fields, name, arguments),
        // What is missing has no methods, and stays missing.
        Value::Null => Some(Value::Null),
        Value::Bool(_) | Value::Number(_) => None,
    };
    result.ok_or_else(|| TemplateError::new(format!("the method {name} is not done")))
}

fn of_text(text: &str, name: &str, arguments: &[Value]) -> Option<Value> {
    let word = |at: usize| arguments.get(at).map(printed).unwrap_or_default();
    let index = |at: usize| arguments.get(at)?.as_u64().and_then(|number| usize::try_from(number).ok());
    Some(match name {
        "length" => text.chars().count().into(),
        "isEmpty" => text.is_empty().into(),
        "contains" => text.contains(&word(0)).into(),
        "startsWith" => text.starts_with(&word(0)).into(),
        "endsWith" => text.ends_with(&word(0)).into(),
        "indexOf" => match text.find(&word(0)) {
            Some(at) => text[..at].chars().count().into(),
            None => (-1).into(),
        },
        "toLowerCase" => text.to_lowercase().into(),
        "toUpperCase" => text.to_uppercase().into(),
        "trim" => text.trim().into(),
        "replace" => text.replace(&word(0), &word(1)).into(),
        "replaceAll" => text.replace(&plain(&word(0))?, &plain(&word(1))?).into(),
        "split" => text.split(&plain(&word(0))?).map(Value::from).collect(),
        "concat" => format!("{text}{}", word(0)).into(),
        "substring" => {
            let (begin, end) = (index(0)?, index(1).unwrap_or(usize::MAX));
            text.chars().take(end).skip(begin).collect::<String>().into()
        }
        _ => return None,
    })
}

/// Returns the text that a regular expression matches, or `None` if it is more than plain text with escapes.
fn plain(pattern: &str) -> Option<String> {
    let mut text = String::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.push(characters.next().filter(|c| !c.is_ascii_alphanumeric())?),
            '.' | '*' | '+' | '?' | '[' | ']' | '(' | ')' | '{' | '}' | '^' | '$' | '|' => return None,
            other => text.push(other),
        }
    }
    Some(text)
}

fn of_list(items: &mut Vec<Value>, name: &str, arguments: &[Value]) -> Option<Value> {
    Some(match name {
        "size" => items.len().into(),
        "isEmpty" => items.is_empty().into(),
        "contains" => arguments.first().is_some_and(|item| items.contains(item)).into(),
        "get" => {
            let at = arguments.first()?.as_u64().and_then(|number| usize::try_from(number).ok())?;
            items.get(at).cloned().unwrap_or_default()
        }
        "add" => {
            items.push(arguments.last()?.clone());
            true.into()
        }
        _ => return None,
    })
}

fn of_map(fields: &mut Map<String, Value>, name: &str, arguments: &[Value]) -> Option<Value> {
    let key = arguments.first().map(printed);
    Some(match name {
        "size" => fields.len().into(),
        "isEmpty" => fields.is_empty().into(),
        "get" => fields.get(&key?).cloned().unwrap_or_default(),
        "containsKey" => fields.contains_key(&key?).into(),
        "keySet" => fields.keys().cloned().map(Value::from).collect(),
        "values" => fields.values().cloned().collect(),
        "entrySet" => {
            fields.iter().map(|(key, value)| serde_json::json!({"key": key, "value": value})).collect()
        }
        "put" => fields.insert(key?, arguments.get(1)?.clone()).unwrap_or_default(),
        "remove" => fields.remove(&key?).unwrap_or_default(),
        _ => return None,
    })
}
