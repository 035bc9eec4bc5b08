//! Finds the line and the column of a value in JSON text.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

use super::fault::{Path, Step};

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Number of the line, from 1.
    pub line: usize,
    /// Number of the column in characters, from 1.
    pub column: usize,
}

impl Location {
    /// Returns the place of the byte at `offset` of `text`.
    fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Self { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}

/// Returns the place of the value at `path` in `text`, which must be valid JSON. If there is no value at the path, returns the
/// place of the innermost value that contains it.
pub fn locate(text: &str, path: &Path) -> Location {
    let mut found = text.trim_start();
    for step in path.steps() {
        match inner(found, step) {
            Some(value) => found = value,
            None => break,
        }
    }
    // `found` is a part of `text`, so the difference of their addresses is its offset.
    let offset = (found.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    Location::of(text, offset)
}

fn inner<'a>(text: &'a str, step: &Step) -> Option<&'a str> {
    let raw: &RawValue = match step {
        Step::Field(name) => {
            #[derive(serde::Deserialize)]
            struct Fields<'a>(#[serde(borrow)] HashMap<Cow<'a, str>, &'a RawValue>);
            let Fields(fields) = serde_json::from_str(text).ok()?;
            fields.get(name.as_str()).copied()?
        }
        Step::Item(index) => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            items.get(*index).copied()?
        }
    };
    Some(raw.get())
}
