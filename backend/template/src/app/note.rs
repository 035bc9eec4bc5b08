//! Remarks about parts of a description.

use std::cell::RefCell;
use std::fmt;

use crate::place::Place;

/// A remark about a part of the description. It is displayed as
/// `template.yaml:12:5: Resources.Photos (AWS::S3::Bucket): what this means`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Weight of the note.
    pub kind: NoteKind,
    /// Name of the part, such as `Resources.Photos (AWS::S3::Bucket)` or `Resources.Chat.Properties.Tracing`.
    pub path: String,
    /// A sentence without its full stop about the consequences.
    pub meaning: String,
    /// Place of the part.
    pub place: Place,
}

/// Weight of a [`Note`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteKind {
    /// The part is not done, and the app may behave differently than on AWS.
    Missing,
    /// The app has to be built before it can run. The meaning contains the command.
    Build,
    /// The part means nothing on one machine, such as a role or an alarm.
    Irrelevant,
}

impl Note {
    /// Adds this note to `notes`, unless there is the same one.
    pub(crate) fn add_to(self, notes: &RefCell<Vec<Self>>) {
        let mut notes = notes.borrow_mut();
        if !notes.contains(&self) {
            notes.push(self);
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}: {}", self.place, self.path, self.meaning)
    }
}
