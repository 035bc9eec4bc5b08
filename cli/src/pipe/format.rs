//! The formats a line can have, each in a file of its own.

pub mod columns;
pub mod csv;
pub mod json;
pub mod logfmt;
pub mod number;
pub mod pairs;
pub mod scalar;

use serde_json::Value;
use shared::publication::Item;

/// How lines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One number a line.
    Number,
    /// `key=value` pairs; words without `=` are passed over.
    Kv,
    /// One JSON value a line.
    Json,
    /// logfmt: `level=info msg="all is well"`.
    Logfmt,
    /// Comma, semicolon or tab separated, with a header.
    Csv,
    /// Columns of numbers under a line of names, as vmstat prints them.
    Columns,
    /// Each line as it is.
    Text,
}

/// Why a line is not published. Its sender has to change it, or the format is another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Not a number, where each line should be one.
    #[error("{text:?} is not a number")]
    NotANumber {
        /// The line.
        text: String,
    },
    /// `NaN` or an infinity, which JSON cannot carry.
    #[error("{text} cannot be published: JSON has no such number")]
    NotFinite {
        /// The number as it was written.
        text: String,
    },
    /// Not JSON.
    #[error("not JSON: {reason}")]
    NotJson {
        /// What is wrong, and in which column.
        reason: String,
    },
    /// A quote that is never closed.
    #[error("the quote at column {column} is not closed on the same line")]
    OpenQuote {
        /// Counted from 1.
        column: usize,
    },
    /// More or fewer fields than the header has.
    #[error("{found} fields where the header has {expected}")]
    Fields {
        /// Fields in this line.
        found: usize,
        /// Fields in the header.
        expected: usize,
    },
    /// No header to give the fields names.
    #[error("the header is empty")]
    EmptyHeader,
}

/// Reads lines of one format. Some formats have a memory: the header comes once.
#[derive(Debug)]
pub enum Parser {
    /// See [`Format::Number`].
    Number,
    /// See [`Format::Kv`].
    Kv,
    /// See [`Format::Json`].
    Json,
    /// See [`Format::Logfmt`].
    Logfmt,
    /// See [`Format::Csv`].
    Csv(csv::Csv),
    /// See [`Format::Columns`].
    Columns(columns::Columns),
    /// See [`Format::Text`].
    Text,
}

impl Parser {
    /// A reader that has seen nothing yet.
    pub fn new(format: Format) -> Self {
        match format {
            Format::Number => Self::Number,
            Format::Kv => Self::Kv,
            Format::Json => Self::Json,
            Format::Logfmt => Self::Logfmt,
            Format::Csv => Self::Csv(csv::Csv::default()),
            Format::Columns => Self::Columns(columns::Columns::default()),
            Format::Text => Self::Text,
        }
    }

    /// Reads a line without its end. `None` if there is nothing to publish in it: it is blank, a header, or a
    /// banner between the data.
    ///
    /// # Errors
    ///
    /// [`LineError`]; the next line can be read nevertheless.
    pub fn read(&mut self, line: &str) -> Result<Option<Item>, LineError> {
        if line.trim().is_empty() {
            return Ok(None);
        }
        match self {
            Self::Number => number::read(line).map(item),
            Self::Kv => pairs::read(line).map(|pairs| pairs.and_then(item)),
            Self::Json => json::read(line).map(Some),
            Self::Logfmt => logfmt::read(line).map(item),
            Self::Csv(csv) => csv.read(line).map(|row| row.and_then(item)),
            Self::Columns(columns) => Ok(columns.read(line).and_then(item)),
            Self::Text => Ok(item(Value::String(line.to_owned()))),
        }
    }
}

fn item(data: impl Into<Value>) -> Option<Item> {
    Some(Item::now(data))
}

#[cfg(test)]
mod tests;
