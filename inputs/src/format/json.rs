//! Reads JSON values, each on one line or printed over several lines.
//!
//! Values are passed on as the text that was read. Only objects of known kinds are changed. The time is taken out of
//! an object `{"data", "ts"}`, and the entries of journald, Docker and common loggers are converted to the form that
//! [`crate::event`] describes.

use std::fmt;

use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use shared::{Millis, timestamp};

use crate::cell::{self, Cell, Style};
use crate::data::Data;
use crate::error::LineError;
use crate::event;
use crate::lines::LINE_BYTES;
use crate::row::{Body, Row};
use crate::time::{self, Stamp};
use crate::verdict::Read;

/// Reads an input that consists of JSON values.
#[derive(Debug)]
pub struct Json {
    key: Option<String>,
    time: Option<String>,
    /// The lines of a value that continues on the next line; empty if there is none.
    open: String,
}

/// JSON string that replaces `NaN` or an infinity while the rest of its line is parsed. It contains a zero character,
/// so that no other text is equal to it.
const NOT_A_NUMBER: &str = "\"\\u0000NaN\"";

type Fields = Vec<(String, Box<RawValue>)>;

impl Json {
    /// Creates a reader for one input. `key` is the name of the field that identifies the device of a value, such as
    /// a disk. `time` is the name of the field with the time. Both are `None` if the user did not specify them.
    pub fn new(key: Option<String>, time: Option<String>) -> Self {
        Self { key, time, open: String::new() }
    }

    /// Reads a line, which is a value or a part of one that is printed over several lines.
    pub fn read(&mut self, line: &str) -> Read {
        let line = line.trim();
        if self.open.is_empty() {
            // RFC 7464 puts a record separator before each value. It is a control character, and was already removed
            // from the line.
            return self.read_value(line, line);
        }
        let text = format!("{}\n{line}", self.open);
        self.open.clear();
        match self.read_value(&text, line) {
            Read::Bad(error) | Read::Misfit(error) => Read::Broken(error),
            read => read,
        }
    }

    /// Must be called at the end of the input. Returns an error if the last value is not complete.
    pub fn finish(&mut self) -> Option<LineError> {
        let open = std::mem::take(&mut self.open);
        let error = serde_json::from_str::<Value>(&open).err()?;
        (!open.is_empty()).then(|| not_json(&error))
    }

    fn read_value(&mut self, text: &str, last_line: &str) -> Read {
        if !looks_like_json(text) {
            return Read::Unfit;
        }
        match serde_json::from_str::<Value>(text) {
            Ok(value) => self.read_valid(text, &value).unwrap_or_else(Read::Bad),
            Err(error) if error.is_eof() && goes_on(last_line) && text.len() < LINE_BYTES => {
                self.open = text.to_owned();
                Read::More
            }
            Err(error) => {
                let repaired = without_nan(text);
                let value = repaired.as_ref().and_then(|text| serde_json::from_str::<Value>(text).ok());
                match (repaired, value) {
                    (Some(text), Some(value)) => self.read_valid(&text, &value).unwrap_or_else(Read::Bad),
                    _ if is_other_text(text, &error) => Read::Misfit(not_json(&error)),
                    _ => Read::Bad(not_json(&error)),
                }
            }
        }
    }

    fn read_valid(&self, text: &str, value: &Value) -> Result<Read, LineError> {
        let Value::Object(object) = value else {
            if value == &Value::String("\0NaN".into()) {
                return Err(LineError::NotAValue { text: "NaN".into() });
            }
            return Ok(Row::alone(Body::Json(without_marks(text))).into());
        };
        let mut fields = read_fields(text);
        fields.retain(|(_, raw)| raw.get() != NOT_A_NUMBER);
        if object.contains_key("data") && object.keys().all(|key| key == "data" || key == "ts") {
            let (data, ts) = open(&fields, object.get("ts"))?;
            return Ok(Row::alone(Body::Json(data)).at(ts.map(Stamp::Utc)).into());
        }
        let row = if let Some(column) = &self.time {
            named_time(fields, column)?
        } else {
            self.read_object(text, fields, object.len())
        };
        Ok(self.keyed(row).into())
    }

    fn read_object(&self, text: &str, fields: Fields, count: usize) -> Row {
        let has = |name: &str| fields.iter().any(|(field, _)| field == name);
        if has("__REALTIME_TIMESTAMP") || (has("MESSAGE") && has("PRIORITY")) {
            return journal_entry(fields);
        }
        if has("Type") && has("Action") && has("Actor") {
            return docker_event(fields);
        }
        if has("CPUPerc") && (has("Name") || has("Container")) {
            return docker_stats(fields);
        }
        let is_changed = fields.len() != count || text.contains(NOT_A_NUMBER) || self.key.is_some();
        let fields = cells(fields);
        if let Some((event, stamp, time_fields)) = event::normalise(fields.clone()) {
            return Row { stamp, time_fields, ..Row::fields(event) };
        }
        match event::without_time(fields) {
            (fields, Some(stamp), time_fields) if !fields.is_empty() => {
                Row { stamp: Some(stamp), time_fields, ..Row::fields(fields) }
            }
            (fields, None, _) if is_changed => Row::fields(fields),
            _ => Row::alone(Body::Json(text.to_owned())),
        }
    }

    /// Puts a row below the name of its device. The name is the value of the field that the user specified with
    /// `--key`. Returns the row unchanged if it does not have this field.
    fn keyed(&self, row: Row) -> Row {
        let Some(column) = &self.key else { return row };
        let Body::Fields(fields) = &row.body else { return row };
        let key = fields.iter().find(|(name, _)| name == column).and_then(|(_, cell)| event::text_of(cell));
        match key {
            Some(key) => Row { path: vec![key], key_column: Some(column.clone()), ..row },
            None => row,
        }
    }
}

/// Reads a JSON value, which is either data or an object `{"data", "ts"}` with data and its time. Returns the JSON
/// text of the data unchanged, and the time in milliseconds since the Unix epoch if there is one.
///
/// # Errors
///
/// [`LineError::NotJson`] if the text is not JSON, or [`LineError::Timestamp`] if `ts` is not a valid time.
pub fn read_item(text: &str) -> Result<(String, Option<Millis>), LineError> {
    let value: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    let is_envelope = |object: &serde_json::Map<String, Value>| {
        object.contains_key("data") && object.keys().all(|key| key == "data" || key == "ts")
    };
    match value.as_object().filter(|object| is_envelope(object)) {
        None => Ok((text.trim().to_owned(), None)),
        Some(object) => open(&read_fields(text), object.get("ts")),
    }
}

/// Returns true if a line begins like JSON. A number also counts as JSON.
pub fn looks_like_json(text: &str) -> bool {
    let is_word = |word: &str| text == word;
    text.starts_with(['{', '[', '"']) || is_word("true") || is_word("false") || is_number(text)
}

/// Returns true if a line is a number in the notation of JSON.
pub fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && serde_json::from_str::<f64>(text).is_ok()
}

/// Returns true if a JSON value may continue on the next line after a line with this end.
fn goes_on(line: &str) -> bool {
    line.ends_with(['{', '[', ','])
        || line.ends_with(['}', ']', '"', 'e', 'l'])
        || line.ends_with(|c: char| c.is_ascii_digit())
}

/// Replaces every `NaN`, `Infinity` and `-Infinity` outside of strings by [`NOT_A_NUMBER`]. Python's `json` writes
/// these words, although JSON does not allow them. Returns `None` if the text contains none of them.
fn without_nan(text: &str) -> Option<String> {
    let mut repaired = String::with_capacity(text.len());
    let (mut is_quoted, mut is_escaped, mut found) = (false, false, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if !is_quoted
            && let Some(word) =
                ["-Infinity", "Infinity", "NaN"].into_iter().find(|word| rest.starts_with(word))
        {
            repaired.push_str(NOT_A_NUMBER);
            found = true;
            rest = &rest[word.len()..];
            continue;
        }
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = is_quoted,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
        repaired.push(c);
        rest = &rest[c.len_utf8()..];
    }
    found.then_some(repaired)
}

fn cells(fields: Fields) -> Vec<(String, Cell)> {
    // Inside a nested value, the replacement becomes `null` and is not removed, because the position of an element in
    // a list matters.
    let json = |raw: Box<RawValue>| Cell::Value(Data::Json(without_marks(raw.get())));
    fields.into_iter().map(|(name, raw)| (name, json(raw))).collect()
}

/// Returns JSON text with `null` for what is not a number.
fn without_marks(json: &str) -> String {
    json.replace(NOT_A_NUMBER, "null")
}

/// Returns the JSON text of the data in an object `{"data", "ts"}`, and its time in milliseconds since the Unix
/// epoch. `ts` is the value of that field.
fn open(fields: &Fields, ts: Option<&Value>) -> Result<(String, Option<Millis>), LineError> {
    let ts = match ts {
        None | Some(Value::Null) => None,
        Some(ts) => Some(timestamp::read(ts)?),
    };
    let data = fields.iter().find(|(name, _)| name == "data").map(|(_, raw)| without_marks(raw.get()));
    Ok((data.ok_or(LineError::NoValue)?, ts))
}

fn named_time(fields: Fields, column: &str) -> Result<Row, LineError> {
    let mut fields = cells(fields);
    let at = fields.iter().position(|(name, _)| name == column);
    let text = at.and_then(|at| event::text_of(&fields.remove(at).1)).unwrap_or_default();
    let stamp = time::read(&text).or_else(|| time::read_epoch(&text).map(Stamp::Utc));
    match stamp {
        Some(stamp) => {
            let row = event::normalise(fields.clone()).map_or(fields, |(event, _, _)| event);
            Ok(Row::fields(row).at(Some(stamp)))
        }
        None => Err(LineError::NotATime { column: column.to_owned(), text }),
    }
}

/// Converts an entry of `journalctl -o json` to an event. Fields that only identify the entry within its journal are
/// left out.
fn journal_entry(fields: Fields) -> Row {
    const ADDRESSES: [&str; 12] = [
        "__CURSOR",
        "__REALTIME_TIMESTAMP",
        "__MONOTONIC_TIMESTAMP",
        "__SEQNUM",
        "__SEQNUM_ID",
        "_BOOT_ID",
        "_MACHINE_ID",
        "_SOURCE_REALTIME_TIMESTAMP",
        "_SOURCE_MONOTONIC_TIMESTAMP",
        "SYSLOG_TIMESTAMP",
        "SYSLOG_RAW",
        "_RUNTIME_SCOPE",
    ];
    let text = |name: &str| {
        let raw = &fields.iter().find(|(field, _)| field == name)?.1;
        journal_text(raw.get())
    };
    let stamp = text("__REALTIME_TIMESTAMP").and_then(|at| time::read_epoch(&at)).map(Stamp::Utc);
    let priority = text("PRIORITY").and_then(|priority| priority.parse().ok());
    let level = priority.and_then(|priority| event::level_word("PRIORITY", priority));
    let raw = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, raw)| raw.get());
    let message = text("MESSAGE").or_else(|| raw("MESSAGE").and_then(journal_texts)).unwrap_or_else(|| {
        "(a message that journalctl left out because of its length: try journalctl --all)".into()
    });
    let value = |text: &str| Cell::Value(Data::Text(text.to_owned()));
    let mut event: Vec<(String, Cell)> =
        level.map(|level| ("level".to_owned(), value(level))).into_iter().collect();
    event.push(("message".to_owned(), value(&message)));
    let named =
        [("SYSLOG_IDENTIFIER", "app"), ("_SYSTEMD_UNIT", "unit"), ("_HOSTNAME", "host"), ("_PID", "pid")];
    for (name, short) in named {
        event.extend(text(name).map(|text| (short.to_owned(), value(&text))));
    }
    // A field that occurs several times is a list. It is passed on as it is.
    let is_told = |name: &str| match name {
        "MESSAGE" => true,
        "PRIORITY" => level.is_some(),
        _ => {
            ADDRESSES.contains(&name) || named.iter().any(|(known, _)| *known == name) && text(name).is_some()
        }
    };
    let told: Vec<bool> = fields.iter().map(|(name, _)| is_told(name)).collect();
    let others = cells(fields).into_iter().zip(told).filter(|(_, is_told)| !is_told);
    event.extend(others.map(|(field, _)| field));
    Row::fields(event).at(stamp)
}

/// Reads the text of a field in an entry of journald. It is a JSON string, or a list of bytes if it is not plain
/// text.
fn journal_text(json: &str) -> Option<String> {
    if let Ok(text) = serde_json::from_str::<String>(json) {
        return Some(text);
    }
    let bytes: Vec<u8> = serde_json::from_str(json).ok()?;
    let mut splitter = crate::lines::Splitter::default();
    let mut lines = splitter.push(&escaped(&bytes).into_bytes());
    lines.extend(splitter.finish());
    let texts: Vec<String> = lines.into_iter().filter_map(|line| line.text.ok()).collect();
    Some(texts.join("\n"))
}

/// Returns bytes as text, in which every byte that is not UTF-8, and every zero byte, is escaped as `\\xff`.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(&chunk.valid().replace('\0', "\\x00"));
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

/// Reads the texts of a field that an entry of journald has several times, and returns them as the lines of a text.
fn journal_texts(json: &str) -> Option<String> {
    let texts: Vec<Box<RawValue>> = serde_json::from_str(json).ok()?;
    let texts: Option<Vec<String>> = texts.iter().map(|text| journal_text(text.get())).collect();
    texts.filter(|texts| !texts.is_empty()).map(|texts| texts.join("\n"))
}

/// Converts a line of `docker events --format '{{json .}}'` to an event. The type, the action and the name become the
/// message, and the fields with times are left out.
fn docker_event(fields: Fields) -> Row {
    let value = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, raw)| raw.get());
    let text = |name: &str| value(name).and_then(|json| serde_json::from_str::<String>(json).ok());
    let stamp =
        ["timeNano", "time"].into_iter().find_map(|name| time::read_epoch(value(name)?)).map(Stamp::Utc);
    let actor: Value = value("Actor").and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let name = actor["Attributes"]["name"].as_str().or(actor["ID"].as_str()).unwrap_or_default();
    let words = [text("Type"), text("Action"), Some(name.to_owned())];
    let message = words.into_iter().flatten().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let mut event = vec![("message".to_owned(), Cell::Value(Data::Text(message)))];
    event.extend(
        cells(fields)
            .into_iter()
            .filter(|(name, _)| !matches!(name.as_str(), "time" | "timeNano" | "message")),
    );
    Row::fields(event).at(stamp)
}

/// Converts a line of `docker stats --format json` to a row of the container that it describes. Texts such as `0.07%`
/// and `3.5MiB / 7.6GiB` become quantities.
fn docker_stats(fields: Fields) -> Row {
    let style = Style { has_letters: true, ..Style::default() };
    let has_name = fields.iter().any(|(name, _)| name == "Name");
    let key_column = if has_name { "Name" } else { "Container" };
    let key = fields.iter().find(|(name, _)| name == key_column);
    let key = key.and_then(|(_, raw)| serde_json::from_str::<String>(raw.get()).ok()).unwrap_or_default();
    let cell = |name: &str, raw: &RawValue| {
        let json = || Cell::Value(Data::Json(without_marks(raw.get())));
        let Ok(text) = serde_json::from_str::<String>(raw.get()) else { return json() };
        if matches!(name, "Name" | "Container" | "ID") {
            return json();
        }
        pair(name, &text, style).unwrap_or_else(|| cell::read(&text, style))
    };
    let cells = fields.iter().map(|(name, raw)| (name.clone(), cell(name, raw))).collect();
    Row { path: vec![key], key_column: Some(key_column.to_owned()), ..Row::fields(cells) }
}

/// Reads a text of two quantities, such as `3.5MiB / 7.6GiB`, as two named values. `name` is the name of the field,
/// which determines the names of the values. Returns `None` for any other text.
pub fn pair(name: &str, text: &str, style: Style) -> Option<Cell> {
    let (first, second) = text.split_once(" / ")?;
    if !cell::is_numeric(first, style) || !cell::is_numeric(second, style) {
        return None;
    }
    let (one, two) = match name {
        "MemUsage" | "MEM USAGE / LIMIT" => ("used", "limit"),
        "NetIO" | "NET I/O" => ("in", "out"),
        "BlockIO" | "BLOCK I/O" => ("read", "written"),
        _ => ("first", "second"),
    };
    let cell = |text: &str| cell::read(text, style);
    Some(Cell::Fields(vec![(one.to_owned(), cell(first)), (two.to_owned(), cell(second))]))
}

/// Returns the names of the fields of a JSON object, each with the JSON text of its value, in the order in which they
/// were written. Returns no fields if the JSON text is not an object.
fn read_fields(text: &str) -> Fields {
    struct InOrder;
    impl<'de> Visitor<'de> for InOrder {
        type Value = Fields;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
            let mut fields = Vec::new();
            while let Some(field) = map.next_entry()? {
                fields.push(field);
            }
            Ok(fields)
        }
    }
    serde_json::Deserializer::from_str(text).deserialize_map(InOrder).unwrap_or_default()
}

/// Returns true if a text with this error is rather no JSON at all, although it begins like JSON: `[INFO] ready`. A value that is not
/// complete, or that ends with its bracket, is JSON with a fault.
fn is_other_text(text: &str, error: &serde_json::Error) -> bool {
    let is_list = text.starts_with('[');
    let is_closed = (is_list && text.ends_with(']')) || (text.starts_with('{') && text.ends_with('}'));
    // The first word in the brackets is no value.
    let is_prefix = is_list && error.line() <= 1 && error.column() <= 2;
    !error.is_eof() && (!is_closed || is_prefix)
}

/// Converts an error of serde_json to the error of a line. If the text consists of a single line, the message
/// contains only the column of the fault.
fn not_json(error: &serde_json::Error) -> LineError {
    let words = error.to_string();
    let reason = match words.split_once(" at line ") {
        Some((what, _)) if error.line() <= 1 => format!("{what} at column {}", error.column()),
        _ => words,
    };
    LineError::NotJson { reason }
}
