//! Divides a line of a table into its fields.

use csv::{ReaderBuilder, Trim};

use crate::error::LineError;

/// The separators that are recognised. The one that occurs most often in the header is used. If several occur equally
/// often, the last of them in this list is used.
const SEPARATORS: [char; 4] = ['|', ';', '\t', ','];

/// Returns the separator that a header line most likely uses.
pub fn separator(line: &str) -> char {
    SEPARATORS.into_iter().max_by_key(|separator| line.matches(*separator).count()).unwrap_or(',')
}

/// Divides a line into its fields. Quotes, and blanks around the fields, are removed.
///
/// # Errors
///
/// [`LineError::OpenQuote`] if a quote is not closed on the same line.
pub fn split(line: &str, separator: char) -> Result<Vec<String>, LineError> {
    let Ok(delimiter) = u8::try_from(separator) else { return Ok(vec![line.to_owned()]) };
    // A second record is added to find out whether the first one ended: if a quote is not closed, the second record
    // becomes part of it.
    let text = format!("{}\nend", without_blanks(line, separator));
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let first = records.next();
    if records.next().is_none() {
        let at = line.rfind('"').unwrap_or_default();
        return Err(LineError::OpenQuote { column: line[..at].chars().count() + 1 });
    }
    let fields = first.and_then(Result::ok).unwrap_or_default();
    Ok(fields.iter().map(str::to_owned).collect())
}

/// Removes the blanks between a separator and a quote. Some programs print such blanks, although RFC 4180 does not
/// allow them.
fn without_blanks(line: &str, separator: char) -> String {
    let mut text = String::with_capacity(line.len());
    let (mut is_quoted, mut is_start) = (false, true);
    for (at, c) in line.char_indices() {
        if c == ' ' && is_start && !is_quoted {
            let rest = line[at..].trim_start_matches(' ');
            if rest.starts_with('"') {
                continue;
            }
        }
        if c == '"' && (is_start || is_quoted) {
            is_quoted = !is_quoted;
        }
        is_start = c == separator && !is_quoted;
        text.push(c);
    }
    text
}
