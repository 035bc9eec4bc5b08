//! Board documents: which topics stand where on a board, in which kind of panel, and with which thresholds.
//!
//! A board needs no document: without one, every topic has a panel. A document changes what one wants changed. Topics that it does
//! not name still appear, after the panels of the document, unless [`Board::new_topics`] hides them.
//!
//! A document is a JSON object. [`fields`] describes its fields in a table, from which [`check()`] and the JSON Schema
//! ([`schema()`], `docs/board.schema.json`) are made. [`Board`] is the document in memory, [`BoardName`] the name under which a server
//! keeps it.
//!
//! # Versions
//!
//! A document has a version, the number [`VERSION`] of the program that made it. Programs of different versions read each other's
//! documents:
//!
//! * A field that a program does not know, or whose value has a type that it does not know, is kept and written again. So a
//!   board that was made by a newer program and edited with an older one loses nothing.
//! * A field that is absent has a default. So a document of an older version is complete.
//! * A field never changes its meaning. A new meaning gets a new field.
//!
//! ```
//! use shared::board::Board;
//!
//! let board = Board::read(r#"{"version": 1, "panels": [{"sources": [{"topic": "host/cpu"}], "title": "Load"}]}"#).unwrap();
//! assert_eq!(board.panels[0].title.as_deref(), Some("Load"));
//! ```

mod check;
mod fault;
pub mod fields;
mod json;
mod lint;
mod locate;
mod name;
mod panel;
mod schema;
mod step;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

pub use check::{check, check_panel, check_thresholds};
pub use fault::{Fault, Path, Severity, Step};
pub use fields::{KINDS, SCALES};
pub use lint::{Finding, lint};
pub use locate::{Location, locate};
pub use name::{BadBoardName, BoardName};
pub use panel::{Panel, Source, Threshold};
pub use schema::schema;
pub use step::DeriveStep;

/// Version of the board documents that this program writes.
pub const VERSION: u64 = 1;

/// A board document in memory.
///
/// A field that this program does not know, or whose value does not have the expected type, is in `other`.
/// [`Board::to_value`] writes it again.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// Version of the document: [`VERSION`] of the program that made it.
    pub version: u64,
    /// Title of the board for people; `None` if the board is called by its name.
    pub title: Option<String>,
    /// The panels, in the order in which they are shown.
    pub panels: Vec<Panel>,
    /// Decides whether topics that no panel of the document names get panels, after the others.
    pub new_topics: NewTopics,
    /// The fields that this program does not know.
    pub other: Map<String, Value>,
}

/// Decides whether topics that no panel of a document names are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewTopics {
    /// They get panels, after those of the document.
    #[default]
    Show,
    /// They are hidden.
    Hide,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            version: VERSION,
            title: None,
            panels: Vec::new(),
            new_topics: NewTopics::Show,
            other: Map::new(),
        }
    }
}

impl Board {
    /// Reads a document from JSON text. Only what makes the document unusable is an error; [`check()`] finds all faults.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the text is not a JSON object, or if one of its panels is not an object.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| Fault::error(Path::root(), format!("is not valid JSON: {error}")))?;
        Self::from_value(value)
    }

    /// Reads a document from a JSON value, as [`Board::read`] does from text.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the value is not an object, or if one of its panels is not an object.
    pub fn from_value(value: Value) -> Result<Self, Fault> {
        let mut other = json::object(value, &Path::root())?;
        let panels = json::take_list(&mut other, "panels", &Path::root(), Panel::from_value)?;
        let new_topics = json::take(&mut other, "new_topics", NewTopics::from_json).unwrap_or_default();
        let version = json::take(&mut other, "version", Value::as_u64).unwrap_or(VERSION);
        // A version that is not a number means nothing, and would hide the one that is written.
        other.shift_remove("version");
        Ok(Self { version, title: json::take(&mut other, "title", json::text), panels, new_topics, other })
    }

    /// Converts the document to JSON, with all fields that this program does not know.
    pub fn to_value(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("version".into(), self.version.into());
        json::put(&mut fields, "title", self.title.clone());
        if self.new_topics == NewTopics::Hide {
            fields.insert("new_topics".into(), "hide".into());
        }
        if !self.panels.is_empty() {
            let panels: Vec<Value> = self.panels.iter().map(Panel::to_value).collect();
            fields.insert("panels".into(), panels.into());
        }
        json::with_other(fields, &self.other)
    }

    /// Formats the document as JSON text for people: indented, with a line break at the end.
    pub fn to_text(&self) -> String {
        format!("{:#}\n", self.to_value())
    }
}

impl NewTopics {
    fn from_json(value: &Value) -> Option<Self> {
        match value.as_str()? {
            "show" => Some(Self::Show),
            "hide" => Some(Self::Hide),
            _ => None,
        }
    }
}
