//! Recognises events in the output of loggers, and converts them to the form that the log panel of the board reads.
//!
//! A published event has its message in a field whose name the board knows (`message`, `msg`, `text` or `event`), its
//! level as a word in the field `level`, and its time as the time of the publication. Its other fields are published
//! unchanged.

use crate::cell::Cell;
use crate::data::Data;
use crate::names::Names;
use crate::time::{self, Stamp};

/// Names of fields whose text the board shows as the message of an event.
const BOARD_MESSAGES: [&str; 4] = ["message", "msg", "text", "event"];
/// Names that other programs use for the field with the message. Such a field is published under the name `message`.
const OTHER_MESSAGES: [&str; 9] =
    ["MESSAGE", "Message", "short_message", "@m", "@mt", "textPayload", "log", "body", "RenderedMessage"];
const LEVELS: [&str; 13] = [
    "level",
    "severity",
    "lvl",
    "levelname",
    "loglevel",
    "log_level",
    "log.level",
    "@l",
    "severityText",
    "severity_text",
    "Level",
    "levelno",
    "PRIORITY",
];

/// A named value of an event.
pub type Field = (String, Cell);

/// The result of separating the time from the other fields of a line: the other fields, the time (`None` if there is
/// none), and the fields that contained the time.
pub type Timed = (Vec<Field>, Option<Stamp>, Vec<(String, Data)>);

/// Converts the fields of an event to the form that the board's log panel reads, and separates the time from them.
/// Returns `None` if the fields are not those of an event.
pub fn normalise(fields: Vec<Field>) -> Option<Timed> {
    let message = message_name(&fields)?.to_owned();
    let level = LEVELS.into_iter().find(|name| fields.iter().any(|(field, _)| field == name));
    let has_time = fields.iter().any(|(name, cell)| time::is_time_name(name) && read_time(cell).is_some());
    if level.is_none() && !has_time {
        return None;
    }
    let (fields, stamp, time_fields) = without_time(fields);
    let mut event = Vec::with_capacity(fields.len());
    for (name, cell) in fields {
        if Some(name.as_str()) == level {
            event.push(level_field(name, cell));
        } else if name == message && !BOARD_MESSAGES.contains(&message.as_str()) {
            event.push(("message".to_owned(), trimmed(cell)));
        } else {
            event.push((name, cell));
        }
    }
    Some((distinct(event), stamp, time_fields))
}

/// Separates the time from the other fields of a line: the first field that contains a time is removed.
pub fn without_time(mut fields: Vec<Field>) -> Timed {
    let found = fields.iter().enumerate().find_map(|(at, (name, cell))| {
        time::is_time_name(name).then(|| read_time(cell)).flatten().map(|stamp| (at, stamp))
    });
    let Some((at, stamp)) = found else { return (fields, None, Vec::new()) };
    let (name, cell) = fields.remove(at);
    let kept = match cell {
        Cell::Value(data) => vec![(name, data)],
        Cell::Quantity { .. } | Cell::Missing | Cell::Fields(_) => Vec::new(),
    };
    (fields, Some(stamp), kept)
}

/// Returns the word (such as `warn`) for a numeric level of syslog (0 to 7), or of pino, Bunyan and Python (10 to
/// 60). `field` is the name of the field, which may decide between these. Returns `None` for any other number, such as the
/// level 35 that a program defines between two of these.
pub fn level_word(field: &str, number: i64) -> Option<&'static str> {
    if field == "levelno" {
        return Some(match number {
            10 => "debug",
            20 => "info",
            30 => "warn",
            40 => "error",
            50 => "fatal",
            _ => return None,
        });
    }
    Some(match number {
        0 => "emerg",
        1 => "alert",
        2 => "crit",
        3 => "error",
        4 => "warn",
        5 => "notice",
        6 => "info",
        7 => "debug",
        10 => "trace",
        20 => "debug",
        30 => "info",
        40 => "warn",
        50 => "error",
        60 => "fatal",
        _ => return None,
    })
}

/// Returns the level that a word is, such as `ERROR` for `[ERROR]` or `ERROR:`. Returns `None` if the word is no level.
pub fn known_level(word: &str) -> Option<String> {
    const WORDS: [&str; 21] = [
        "trace",
        "debug",
        "dbg",
        "info",
        "inf",
        "information",
        "notice",
        "warn",
        "warning",
        "wrn",
        "error",
        "err",
        "severe",
        "crit",
        "critical",
        "fatal",
        "ftl",
        "alert",
        "emerg",
        "emergency",
        "panic",
    ];
    let word = word.trim_matches(['[', ']', '(', ')', '<', '>', ':', ',', '|']);
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)).then(|| board_word(word).to_owned())
}

/// Returns true if `name` is one of the usual names of a message or a level, which show that a line is an event.
pub fn is_event_name(name: &str) -> bool {
    BOARD_MESSAGES.contains(&name) || OTHER_MESSAGES.contains(&name) || LEVELS.contains(&name)
}

/// Returns true if `name` is not one of the usual names of a message, a level or a time.
pub fn is_plain(name: &str) -> bool {
    !is_event_name(name) && !time::is_time_name(name)
}

fn message_name(fields: &[Field]) -> Option<&str> {
    let is_text = |cell: &Cell| match cell {
        Cell::Value(Data::Text(_)) => true,
        Cell::Value(Data::Json(json)) => json.starts_with('"'),
        _ => false,
    };
    let named = |name: &&str| fields.iter().find(|(field, cell)| field == name && is_text(cell));
    BOARD_MESSAGES.iter().chain(&OTHER_MESSAGES).find_map(named).map(|(name, _)| name.as_str())
}

fn level_field(name: String, cell: Cell) -> Field {
    let word = match text_of(&cell) {
        Some(text) => {
            let number = text.parse().ok();
            match number.and_then(|number| level_word(&name, number)) {
                Some(word) => word.to_owned(),
                None if number.is_some() => text,
                // Some programs pad the level with blanks or put it in brackets.
                None => {
                    board_word(level_name(text.trim_matches(|c: char| !c.is_ascii_alphanumeric()))).to_owned()
                }
            }
        }
        None => return (name, cell),
    };
    ("level".to_owned(), Cell::Value(Data::Text(word)))
}

/// Returns a level without the number that Go's slog writes after it: `ERROR` for `ERROR+2`.
fn level_name(text: &str) -> &str {
    let (name, number) = text.split_once(['+', '-']).unwrap_or((text, ""));
    let is_offset = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_offset { name } else { text }
}

/// Returns the synonym of a level's word that the board shows in colour, such as `warn` for `wrn`. Returns the word
/// itself if there is none.
fn board_word(word: &str) -> &str {
    match word.to_ascii_lowercase().as_str() {
        "severe" | "failure" | "eror" => "error",
        "dpanic" => "panic",
        "emergency" => "emerg",
        "wrn" | "w" => "warn",
        "e" => "error",
        "f" | "ftl" => "fatal",
        _ => word,
    }
}

/// Returns the text of a number or a text; a JSON string is returned without its quotes. Returns `None` for any other
/// value.
pub fn text_of(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Value(Data::Text(text) | Data::Number(text)) => Some(text.clone()),
        Cell::Value(Data::Json(json)) if json.starts_with('"') => serde_json::from_str(json).ok(),
        Cell::Value(Data::Json(json)) if json.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
            Some(json.clone())
        }
        _ => None,
    }
}

fn read_time(cell: &Cell) -> Option<Stamp> {
    let text = text_of(cell)?;
    time::read(&text).or_else(|| time::read_epoch(&text).or_else(|| read_float(&text)).map(Stamp::Utc))
}

/// Reads seconds since the Unix epoch in the notation of the logger zap, `1.795344127101e9`, and returns
/// milliseconds.
fn read_float(text: &str) -> Option<i64> {
    let seconds: f64 = text.contains(['e', 'E']).then(|| text.parse().ok()).flatten()?;
    (1e8..1e11).contains(&seconds).then_some((seconds * 1000.0).round() as i64)
}

/// Removes the line break and the blanks at the end of a message, which some loggers leave there.
fn trimmed(cell: Cell) -> Cell {
    match text_of(&cell) {
        Some(text) if text.ends_with('\n') => Cell::Value(Data::Text(text.trim_end().to_owned())),
        _ => cell,
    }
}

/// Renames each field whose name an earlier field has, so that all names are different.
pub fn distinct(fields: Vec<Field>) -> Vec<Field> {
    let mut names = Names::default();
    fields.into_iter().map(|(name, cell)| (names.take(name), cell)).collect()
}
