//! Checks the text of a board document, and finds the line of each fault. Depends on [`super::check()`] and [`super::locate()`].

use serde_json::Value;

use super::check::check;
use super::fault::{Fault, Path, Severity};
use super::locate::{Location, locate};
use crate::data::check::check as check_json;
use crate::limits::{BOARD_BYTES, BOARD_DEPTH};

/// A fault of a document, with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Place of the fault in the text.
    pub location: Location,
    /// The fault.
    pub fault: Fault,
}

impl Finding {
    /// Returns true if a server refuses the document because of this fault.
    pub fn is_error(&self) -> bool {
        self.fault.severity == Severity::Error
    }

    fn of_document(location: Location, message: String) -> Self {
        Self { location, fault: Fault::error(Path::root(), message) }
    }
}

/// Returns all faults of the text of a document, in the order of the document's description. A server keeps the document if none of
/// them is an error.
pub fn lint(text: &str) -> Vec<Finding> {
    let start = Location { line: 1, column: 1 };
    if text.len() > BOARD_BYTES {
        let message =
            format!("has {} bytes: divide it into boards of at most {BOARD_BYTES} bytes", text.len());
        return vec![Finding::of_document(start, message)];
    }
    let document: Value = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => {
            let location = Location { line: error.line().max(1), column: error.column().max(1) };
            return vec![Finding::of_document(location, format!("is not valid JSON: {error}"))];
        }
    };
    if let Err(error) = check_json(text, BOARD_DEPTH) {
        return vec![Finding::of_document(start, format!("is not read alike by all programs: {error}"))];
    }
    let found = |fault: Fault| Finding { location: locate(text, &fault.path), fault };
    check(&document).into_iter().map(found).collect()
}
