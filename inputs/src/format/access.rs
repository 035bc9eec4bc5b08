//! Reads lines of the common and combined access logs of Apache, nginx and other web servers:
//! `192.0.2.7 - frank [22/Nov/2026:10:42:07 +0000] "GET / HTTP/1.1" 200 2326 "https://…" "Mozilla/…"`.

use crate::cell::{self, Cell, Style};
use crate::data::Data;
use crate::row::Row;
use crate::time;
use crate::verdict::Read;

/// Reads a line of an access log as an event. The message of the event is the request. If the HTTP status is 500 or
/// more, the level of the event is error.
pub fn read(line: &str) -> Read {
    read_request(line).map_or(Read::Unfit, Read::from)
}

fn read_request(line: &str) -> Option<Row> {
    let (head, rest) = line.split_once(" [")?;
    let (at, rest) = rest.split_once("] \"")?;
    let stamp = time::read(at)?;
    let words: Vec<&str> = head.split_whitespace().collect();
    let (client, user) = match words.as_slice() {
        // Some servers write their own name before the address of the client.
        [.., client, _, user] => (*client, *user),
        _ => return None,
    };
    let (request, rest) = quoted(rest)?;
    let mut rest = rest.trim_start();
    let (status, after) = word(rest);
    rest = after;
    if status.len() != 3 || !status.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (bytes, after) = word(rest);
    rest = after;
    let mut fields = Vec::new();
    if status.starts_with('5') {
        fields.push(("level".to_owned(), text("error")));
    }
    fields.push(("message".to_owned(), text(&request)));
    fields.push(("status".to_owned(), number(status)));
    if bytes != "-" {
        fields.push(("bytes".to_owned(), number(bytes)));
    }
    fields.push(("client".to_owned(), text(client)));
    if user != "-" {
        fields.push(("user".to_owned(), text(user)));
    }
    if words.len() > 3 {
        fields.push(("server".to_owned(), text(&words[..words.len() - 3].join(" "))));
    }
    for name in ["referer", "agent"] {
        let Some(after) = rest.trim_start().strip_prefix('"') else { break };
        let (value, after) = quoted(after)?;
        rest = after;
        if value != "-" {
            fields.push((name.to_owned(), text(&value)));
        }
    }
    let others = rest.trim();
    if !others.is_empty() {
        fields.push(("more".to_owned(), text(others)));
    }
    Some(Row::fields(fields).at(Some(stamp)))
}

/// Reads a text up to its closing quote, in which quotes are escaped by a backslash. Returns the text and the rest of
/// the line after the quote.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut content = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((content, &text[at + 1..])),
            '\\' => match chars.next()?.1 {
                '"' => content.push('"'),
                other => content.extend(['\\', other]),
            },
            c => content.push(c),
        }
    }
    None
}

fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_at(text.find(' ').unwrap_or(text.len()))
}

fn text(text: &str) -> Cell {
    Cell::Value(Data::Text(text.to_owned()))
}

fn number(text: &str) -> Cell {
    cell::read(text, Style::default())
}
