//! Reads the words before the first pair of a line: a time, a level, and the name of what the values belong to.

use crate::cell::Cell;
use crate::data::Data;
use crate::event::{self, Field};
use crate::row::Row;
use crate::time::{self, Stamp};

/// Maximum number of words in the name of a device. More words are a field, unless they differ from line to line.
const NAME_WORDS: usize = 2;
/// Name of the field with the words before the first pair.
const WORDS: &str = "words";

/// The words before the first pair of a line. A time at their beginning is the time of the publication, and a level
/// after it becomes the field `level`. After a level, the other words are the message. Without a level, they are the
/// name below which the pairs are published: `eth0: rx=100`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lead<'a> {
    /// The time, and the text from which it was read.
    time: Option<(Stamp, &'a str)>,
    level: Option<String>,
    /// The words after the time and the level, without the colon at their end.
    rest: &'a str,
    /// The place of `rest` in the publication.
    place: Place,
}

/// The place of the words before the first pair in the publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    /// They are the name of a device, below which the pairs are published.
    #[default]
    Name,
    /// They are the field [`WORDS`], and the name of a device as soon as another line has other words.
    Key,
    /// They are the field [`WORDS`].
    Field,
    /// They are the message of an event.
    Message,
}

impl<'a> Lead<'a> {
    /// Reads the text before the first pair. Returns `None` if the line is a comment, or if the pair is inside brackets that
    /// begin in this text: such a line is a sentence with a remark (`image pull alpine (name=alpine)`).
    pub fn read(text: &'a str) -> Option<Self> {
        let text = text.trim();
        if text.starts_with('#') || has_open_bracket(text) {
            return None;
        }
        let (time, text) = match take_time(text) {
            Some((stamp, written, rest)) => (Some((stamp, written)), rest),
            None => (None, text),
        };
        let (first, rest) = first_word(text);
        let (level, rest) = match event::known_level(first) {
            Some(level) => (Some(level), rest),
            None => (None, text),
        };
        let rest = rest.trim().trim_end_matches([':', ',', '|']).trim_end();
        let place = match rest.split_whitespace().count() {
            _ if level.is_some() => Place::Message,
            ..=NAME_WORDS => Place::Name,
            _ => Place::Key,
        };
        Some(Self { time, level, rest, place })
    }

    /// Returns the same words as a field, because another field is the name of the device or the message.
    #[must_use]
    pub fn kept_as_field(self) -> Self {
        Self { place: Place::Field, ..self }
    }

    /// Returns true if the line begins with a time or a level, as lines of logs do.
    pub fn has_time_or_level(&self) -> bool {
        self.time.is_some() || self.level.is_some()
    }

    /// Returns the number of words after the time and the level.
    pub fn words(&self) -> usize {
        self.rest.split_whitespace().count()
    }

    /// Returns the fields that are made from the words.
    pub fn named(&self) -> Vec<Field> {
        let text = |name: &str, text: &str| (name.to_owned(), Cell::Value(Data::Text(text.to_owned())));
        let mut fields: Vec<Field> = self.level.iter().map(|level| text("level", level)).collect();
        let name = match self.place {
            _ if self.rest.is_empty() => None,
            Place::Name => None,
            Place::Key | Place::Field => Some(WORDS),
            Place::Message => Some("message"),
        };
        fields.extend(name.map(|name| text(name, self.rest)));
        fields
    }

    /// Returns the row with the time of the line, below the name that the words are.
    pub fn applied(&self, row: Row) -> Row {
        let row = match (self.time, row.stamp) {
            (Some((stamp, written)), None) => {
                let kept = vec![("time".to_owned(), Data::Text(written.to_owned()))];
                Row { stamp: Some(stamp), time_fields: kept, ..row }
            }
            _ => row,
        };
        let key_column = match self.place {
            Place::Name => None,
            Place::Key => Some(WORDS.to_owned()),
            Place::Field | Place::Message => return row,
        };
        if self.rest.is_empty() { row } else { Row { path: vec![self.rest.to_owned()], key_column, ..row } }
    }
}

/// Divides a text into its first word and the rest. A word in brackets may be padded with blanks: `[info     ]`.
fn first_word(text: &str) -> (&str, &str) {
    let padded = text.strip_prefix('[').and_then(|text| text.split_once(']'));
    match padded.filter(|(word, _)| word.split_whitespace().count() == 1) {
        Some((word, rest)) => (word.trim(), rest),
        None => text.split_once(char::is_whitespace).unwrap_or((text, "")),
    }
}

/// Reads a time at the beginning of a text, with or without brackets. Returns the time, its text, and the text after
/// it.
fn take_time(text: &str) -> Option<(Stamp, &str, &str)> {
    if let Some((inner, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        return Some((read_time(inner)?, inner, rest.trim_start()));
    }
    let ends = text.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).take(5);
    let mut ends: Vec<usize> = ends.chain([text.len()]).collect();
    ends.reverse();
    ends.into_iter().find_map(|end| {
        let (written, rest) = text.split_at(end);
        Some((read_time(written.trim_end_matches([',', ':']))?, written, rest.trim_start()))
    })
}

fn read_time(text: &str) -> Option<Stamp> {
    time::read(text)
        .or_else(|| time::read_time_of_day(text).map(Stamp::TimeOfDay))
        .or_else(|| time::read_epoch(text).map(Stamp::Utc))
}

fn has_open_bracket(text: &str) -> bool {
    [('(', ')'), ('[', ']'), ('{', '}')]
        .iter()
        .any(|(open, close)| text.matches(*open).count() > text.matches(*close).count())
}
