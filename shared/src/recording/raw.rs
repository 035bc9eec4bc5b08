//! The lines of a recording as they are written in JSON.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::entry::{Entry, Header, Line, VERSION};
use super::error::RecordingError;
use crate::read::{FURTHEST_MS, bounded};
use crate::{Filter, Millis, Position, Topic};

/// Value of the field `tickertape` of the first line.
const MARK: &str = "recording";

/// The first line.
#[derive(Serialize, Deserialize)]
pub(super) struct RawHeader {
    tickertape: String,
    version: u32,
    #[serde(default)]
    started_at: Millis,
    #[serde(default)]
    filter: Option<Filter>,
    #[serde(default)]
    server: String,
}

/// Any other line. Either `frame` or `event` is present.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct RawLine {
    at: Millis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frame: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    topic: Option<Topic>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Position>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Position>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from_ts: Option<Millis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to_ts: Option<Millis>,
}

impl RawHeader {
    pub(super) fn of(header: &Header) -> Self {
        let Header { started_at, filter, server } = header.clone();
        Self { tickertape: MARK.to_owned(), version: VERSION, started_at, filter: Some(filter), server }
    }

    pub(super) fn line(&self) -> String {
        json_line(self)
    }

    pub(super) fn read(line: &[u8]) -> Result<Header, RecordingError> {
        let raw: Self = from_bytes(line).map_err(|_| RecordingError::NoRecording)?;
        if raw.tickertape != MARK {
            return Err(RecordingError::NoRecording);
        }
        if raw.version != VERSION {
            return Err(RecordingError::OtherVersion { found: raw.version });
        }
        if !is_possible(raw.started_at) {
            return Err(RecordingError::Header { fault: "the time `started_at` is out of range".to_owned() });
        }
        let fault = "the field `filter` is missing".to_owned();
        let filter = raw.filter.ok_or(RecordingError::Header { fault })?;
        Ok(Header { started_at: raw.started_at, filter, server: raw.server })
    }
}

impl RawLine {
    pub(super) fn of(at: Millis, entry: &Entry) -> Self {
        let event = |name: &str| Self { at, event: Some(name.to_owned()), ..Self::default() };
        match entry.clone() {
            Entry::Frame(text) => Self { at, frame: Some(text), ..Self::default() },
            Entry::Opened => event("opened"),
            Entry::Closed { code, reason } => {
                Self { code: Some(code), reason: Some(reason), ..event("closed") }
            }
            Entry::Gap { topic, from, to, from_ts, to_ts } => {
                Self { topic: Some(topic), from: Some(from), to: Some(to), from_ts, to_ts, ..event("gap") }
            }
        }
    }

    pub(super) fn line(&self) -> String {
        json_line(self)
    }

    /// Parses a line. The error is the fault, for people.
    pub(super) fn read(line: &[u8]) -> Result<Line, String> {
        let raw: Self = from_bytes(line)?;
        let at = raw.at;
        if !is_possible(at) {
            return Err("its time is out of range".to_owned());
        }
        Ok(Line { at, entry: raw.entry()? })
    }

    fn entry(self) -> Result<Entry, String> {
        match (self.frame, self.event.as_deref()) {
            (Some(text), None) => Ok(Entry::Frame(text)),
            (None, Some("opened")) => Ok(Entry::Opened),
            (None, Some("closed")) => {
                Ok(Entry::Closed { code: self.code.unwrap_or(1006), reason: self.reason.unwrap_or_default() })
            }
            (None, Some("gap")) => {
                let (Some(topic), Some(from), Some(to)) = (self.topic, self.from, self.to) else {
                    return Err("a gap needs the fields `topic`, `from` and `to`".to_owned());
                };
                let (from_ts, to_ts) = (self.from_ts.map(bounded), self.to_ts.map(bounded));
                Ok(Entry::Gap { topic, from, to, from_ts, to_ts })
            }
            (None, Some(name)) => Err(format!("the event `{name}` is not known")),
            _ => Err("it needs either the field `frame` or the field `event`".to_owned()),
        }
    }
}

fn is_possible(time_ms: Millis) -> bool {
    time_ms.abs_diff(0) <= FURTHEST_MS.unsigned_abs()
}

/// Parses JSON. The error is the fault, for people.
fn from_bytes<T: DeserializeOwned>(line: &[u8]) -> Result<T, String> {
    let text = std::str::from_utf8(line).map_err(|_| "it is not UTF-8".to_owned())?;
    // The text is a single line, so its line number would only confuse.
    serde_json::from_str(text).map_err(|error| error.to_string().replace(" at line 1 column ", " at column "))
}

fn json_line(value: &impl Serialize) -> String {
    // This cannot fail: no map has keys that are not strings.
    let mut line = serde_json::to_string(value).unwrap_or_default();
    line.push('\n');
    line
}
