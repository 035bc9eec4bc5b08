//! Reads lines of syslog in the formats of RFC 5424 and RFC 3164. Also reads the lines that rsyslog and systemd write
//! to files, which have no priority.

use shared::timestamp;

use crate::cell::Cell;
use crate::data::Data;
use crate::event;
use crate::row::Row;
use crate::time::{self, Stamp};
use crate::verdict::Read;

/// Reads a line of syslog as an event with level, message, host, program and process.
pub fn read(line: &str) -> Read {
    let (priority, rest) = match read_priority(line) {
        Some((priority, rest)) => (Some(priority), rest),
        None => (None, line),
    };
    let event = match priority {
        Some(_) => read_5424(rest).or_else(|| read_3164(rest)).or_else(|| read_without_host(rest)),
        None => read_3164(rest),
    };
    let Some((stamp, mut fields)) = event else { return Read::Unfit };
    if let Some(word) = priority.and_then(|priority| event::level_word("", i64::from(priority % 8))) {
        fields.insert(0, field("level", word));
    }
    Row::fields(fields).at(stamp).into()
}

/// Reads a priority such as `<34>` at the beginning of a line: the facility times eight plus the severity. Returns
/// the priority and the rest of the line.
fn read_priority(line: &str) -> Option<(u8, &str)> {
    let (number, rest) = line.strip_prefix('<')?.split_once('>')?;
    let priority = number.parse().ok().filter(|priority| *priority <= 191)?;
    Some((priority, rest))
}

type Event = (Option<Stamp>, Vec<(String, Cell)>);

/// Reads a line in the format of RFC 5424, after its priority:
/// `1 2026-11-22T10:42:07.101Z host app 811 ID47 [sd@1 a="b"] message`. A `-` stands for an unknown value.
fn read_5424(text: &str) -> Option<Event> {
    let mut parts = text.strip_prefix("1 ")?.splitn(6, ' ');
    let mut next = || parts.next();
    let (at, host, program, process, id, rest) = (next()?, next()?, next()?, next()?, next()?, next()?);
    let stamp = if at == "-" { None } else { Some(timestamp::read_iso(at)?.into()) };
    let (data, message) = read_structured_data(rest)?;
    // rsyslog puts the blank behind the tag of RFC 3164 before the message.
    let message = message.trim_start_matches('\u{feff}').trim_start_matches(' ');
    let mut fields = vec![field("message", if message.is_empty() { id } else { message })];
    let named = [("host", host), ("app", program), ("pid", process), ("msgid", id)];
    fields
        .extend(named.into_iter().filter(|(_, value)| *value != "-").map(|(name, value)| field(name, value)));
    if data != "-" {
        fields.push(field("data", data));
    }
    Some((stamp, fields))
}

/// Divides a text into structured data (`[sd@1 a="b"]`) and the message after it. Structured data may contain blanks
/// and brackets between quotes.
fn read_structured_data(text: &str) -> Option<(&str, &str)> {
    if let Some(message) = text.strip_prefix('-') {
        return message.is_empty().then_some(("-", "")).or_else(|| Some(("-", message.strip_prefix(' ')?)));
    }
    if !text.starts_with('[') {
        return None;
    }
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ']' if !is_quoted => {
                let rest = &text[at + 1..];
                match rest.strip_prefix(' ') {
                    Some(message) => return Some((&text[..=at], message)),
                    None if rest.is_empty() => return Some((text, "")),
                    None if rest.starts_with('[') => {}
                    None => return None,
                }
            }
            _ => {}
        }
    }
    None
}

/// Reads a line in the format of RFC 3164, after its priority: `Nov 22 10:42:07 host app[811]: message`. The time may
/// also be in ISO 8601.
fn read_3164(text: &str) -> Option<Event> {
    let (stamp, rest) = read_time(text)?;
    let (host, rest) = rest.split_once(' ')?;
    if !is_name(host) || host.ends_with(':') {
        return None;
    }
    let mut fields = read_message(rest)?;
    fields.insert(1, field("host", host));
    Some((Some(stamp), fields))
}

/// Reads a message for the local syslog, which contains no host: `Nov 22 10:42:07 app[811]: message`.
fn read_without_host(text: &str) -> Option<Event> {
    let (stamp, rest) = read_time(text)?;
    Some((Some(stamp), read_message(rest)?))
}

/// Reads the program and the message in `app[811]: message`.
fn read_message(rest: &str) -> Option<Vec<(String, Cell)>> {
    let (tag, message) = rest.split_once(": ").or_else(|| rest.strip_suffix(':').map(|tag| (tag, "")))?;
    let (program, process) = match tag.strip_suffix(']').and_then(|tag| tag.split_once('[')) {
        Some((program, process)) => (program, Some(process)),
        None => (tag, None),
    };
    if !is_name(program) {
        return None;
    }
    let mut fields = vec![field("message", message), field("app", program)];
    fields.extend(process.map(|process| field("pid", process)));
    Some(fields)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && !text.contains(|c: char| c.is_whitespace() || c == '=')
}

fn read_time(text: &str) -> Option<(Stamp, &str)> {
    let (first, rest) = text.split_once(' ')?;
    if let Some(written) = timestamp::read_iso(first) {
        return Some((written.into(), rest));
    }
    let month = time::month(first)?;
    let (day, rest) = rest.trim_start().split_once(' ')?;
    let (clock, rest) = rest.split_once(' ')?;
    let day = day.parse().ok().filter(|day| (1..=31).contains(day))?;
    Some((Stamp::NoYear { month, day, ms: timestamp::read_time_of_day(clock)? }, rest))
}

fn field(name: &str, value: &str) -> (String, Cell) {
    (name.to_owned(), Cell::Value(Data::Text(value.to_owned())))
}
