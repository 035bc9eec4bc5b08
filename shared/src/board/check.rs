//! Checks a board document against [`super::fields`].

use serde_json::{Map, Value};

use super::VERSION;
use super::fault::{Fault, Path, Severity};
use super::fields::{BOARD, Object, PANEL, Shape, THRESHOLDS};
use super::json::kind_of;
use crate::Topic;

/// Largest number of faults that are reported of one document. The first ones are.
const MOST_FAULTS: usize = 100;

/// Message about a field that only later versions of the page apply.
const NOT_APPLIED: &str = "is kept, and has no effect in this version of the page";

/// Returns all faults of a document, in the order of the document's description.
///
/// A document of a newer version may contain words that this program does not know. They are warnings, and have no effect.
pub fn check(document: &Value) -> Vec<Fault> {
    let version = document.get("version").and_then(Value::as_u64).unwrap_or(VERSION);
    let mut check = Check { is_newer: version > VERSION, faults: Vec::new() };
    if check.is_newer {
        let message = format!(
            "is {version}, and this program knows version {VERSION}: what it does not know is kept and has no effect"
        );
        check.faults.push(Fault::warning(Path::root().field("version"), message));
    }
    check.object(document, &BOARD, &Path::root());
    check.faults
}

/// Returns the faults of one panel of a document of this version. Paths begin at the panel.
pub fn check_panel(panel: &Value) -> Vec<Fault> {
    let mut check = Check { is_newer: false, faults: Vec::new() };
    check.object(panel, &PANEL, &Path::root());
    check.faults
}

/// Returns the faults of a list of thresholds, which also a topic's metadata may have. Paths begin with `thresholds`.
pub fn check_thresholds(thresholds: &Value) -> Vec<Fault> {
    let mut check = Check { is_newer: false, faults: Vec::new() };
    check.value(thresholds, &THRESHOLDS, &Path::root().field("thresholds"));
    check.faults
}

struct Check {
    /// True if a newer program has made the document.
    is_newer: bool,
    faults: Vec<Fault>,
}

impl Check {
    fn value(&mut self, value: &Value, shape: &Shape, path: &Path) {
        match shape {
            Shape::Object(object) => self.object(value, object, path),
            Shape::List(of, least, most) => self.list(value, of, *least..=*most, path),
            Shape::Text(most_bytes) => match value.as_str() {
                Some(text) if text.len() > *most_bytes => {
                    let bytes = text.len();
                    self.error(path, format!("has {bytes} bytes: write at most {most_bytes}"));
                }
                Some(_) => {}
                None => self.wrong_type(value, "a text in quotation marks", path),
            },
            Shape::Topic => match value.as_str().map(Topic::new) {
                Some(Ok(_)) => {}
                Some(Err(error)) => self.error(path, format!("is not a topic: {error}")),
                None => self.wrong_type(
                    value,
                    "the name of a topic in quotation marks, such as \"host/cpu\"",
                    path,
                ),
            },
            Shape::Whole(least, most) => match value.as_u64() {
                Some(number) if (*least..=*most).contains(&number) => {}
                _ => self
                    .error(path, format!("is {}: write a whole number from {least} to {most}", short(value))),
            },
            Shape::Number if value.is_number() => {}
            Shape::Number => self.wrong_type(value, "a number", path),
            Shape::Between(least, most) => match value.as_f64() {
                Some(number) if (*least..=*most).contains(&number) => {}
                _ => self.error(path, format!("is {}: write a number from {least} to {most}", short(value))),
            },
            Shape::Flag if value.is_boolean() => {}
            Shape::Flag => self.wrong_type(value, "true or false", path),
            Shape::Word(words) => self.word(value, words, path),
        }
    }

    fn word(&mut self, value: &Value, words: &[&str], path: &Path) {
        match value.as_str() {
            Some(word) if words.contains(&word) => {}
            found => {
                let message = format!("is {}: write {}", short(value), alternatives(words));
                let severity = match found {
                    Some(_) if self.is_newer => Severity::Warning,
                    _ => Severity::Error,
                };
                self.push(Fault { path: path.clone(), message, severity });
            }
        }
    }

    fn list(&mut self, value: &Value, of: &Shape, count: std::ops::RangeInclusive<usize>, path: &Path) {
        let Some(items) = value.as_array() else { return self.wrong_type(value, "a list, […]", path) };
        if !count.contains(&items.len()) {
            let (found, least, most) = (items.len(), count.start(), count.end());
            self.error(path, format!("has {found} items: write {least} to {most}"));
        }
        for (index, item) in items.iter().enumerate().take(*count.end()) {
            self.value(item, of, &path.item(index));
        }
    }

    fn object(&mut self, value: &Value, object: &Object, path: &Path) {
        let Some(fields) = value.as_object() else { return self.wrong_type(value, "an object, {…}", path) };
        for field in object.fields {
            match fields.get(field.name) {
                Some(found) => {
                    self.value(found, &field.shape, &path.field(field.name));
                    if !field.is_applied {
                        self.push(Fault::warning(path.field(field.name), NOT_APPLIED));
                    }
                }
                None if field.is_required => {
                    self.error(path, format!("has no field {:?}: add it", field.name))
                }
                None => {}
            }
        }
        self.rules(fields, object, path);
        for name in fields.keys() {
            if !object.fields.iter().any(|field| field.name == name) {
                self.unknown(name, object, path);
            }
        }
    }

    fn rules(&mut self, fields: &Map<String, Value>, object: &Object, path: &Path) {
        let present = object.one_of.iter().filter(|name| fields.contains_key(**name)).count();
        if !object.one_of.is_empty() && present != 1 {
            let names = alternatives(object.one_of);
            let message = format!("has {present} of the fields {names}: write exactly one of them");
            // A newer program may know more of these fields.
            let severity = if self.is_newer && present == 0 { Severity::Warning } else { Severity::Error };
            self.push(Fault { path: path.clone(), message, severity });
        }
        let Some(rising) = object.rising else { return };
        let [low, high] = rising.map(|name| fields.get(name).and_then(Value::as_f64));
        if let Some((low, high)) = low.zip(high).filter(|(low, high)| low >= high) {
            let [name, above] = rising;
            self.error(&path.field(name), format!("is {low}, but {above} is {high}: write a smaller {name}"));
        }
    }

    fn unknown(&mut self, name: &str, object: &Object, path: &Path) {
        let names: Vec<&str> = object.fields.iter().map(|field| field.name).collect();
        let message = format!(
            "is not a field that this program knows, so it has no effect: the fields here are {}",
            names.join(", ")
        );
        self.push(Fault::warning(path.field(name), message));
    }

    fn wrong_type(&mut self, value: &Value, wanted: &str, path: &Path) {
        self.error(path, format!("is {}: write {wanted}", kind_of(value)));
    }

    fn error(&mut self, path: &Path, message: String) {
        self.push(Fault::error(path.clone(), message));
    }

    fn push(&mut self, fault: Fault) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }
}

/// Returns words as they are listed in a sentence: `"a", "b" or "c"`.
fn alternatives(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Returns a value as JSON, or its kind if it is long.
fn short(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => kind_of(value).into(),
        Value::String(text) if text.len() > 40 => kind_of(value).into(),
        value => value.to_string(),
    }
}
