//! Comma, semicolon or tab separated values (RFC 4180) under a header. A record is one line.

use serde_json::{Map, Value};

use super::{LineError, scalar};

/// What may separate fields, likeliest last: the first line decides by what it holds most of.
const SEPARATORS: [char; 3] = [';', '\t', ','];

/// Remembers the header.
#[derive(Debug, Default)]
pub struct Csv {
    header: Option<Header>,
}

#[derive(Debug)]
struct Header {
    separator: char,
    names: Vec<String>,
}

impl Csv {
    /// Reads a line: the header first, then rows. A header that is repeated is passed over.
    ///
    /// # Errors
    ///
    /// [`LineError::EmptyHeader`], [`LineError::Fields`], [`LineError::OpenQuote`], [`LineError::NotFinite`].
    pub fn read(&mut self, line: &str) -> Result<Option<Value>, LineError> {
        let Some(header) = &self.header else {
            self.header = Some(Header::read(line)?);
            return Ok(None);
        };
        let fields = split(line, header.separator)?;
        if fields.len() != header.names.len() {
            return Err(LineError::Fields { found: fields.len(), expected: header.names.len() });
        }
        if fields == header.names {
            return Ok(None);
        }
        header.row(fields).map(Some)
    }
}

impl Header {
    fn read(line: &str) -> Result<Self, LineError> {
        let line = line.trim_start_matches('\u{feff}');
        let separator = separator(line);
        let names = split(line, separator)?;
        if names.iter().all(String::is_empty) {
            return Err(LineError::EmptyHeader);
        }
        Ok(Self { separator, names })
    }

    /// Empty fields are left out: nothing was measured.
    fn row(&self, fields: Vec<String>) -> Result<Value, LineError> {
        let named = self.names.iter().zip(fields).filter(|(_, field)| !field.is_empty());
        let values = named.map(|(name, field)| Ok((name.clone(), scalar::read(&field)?)));
        values.collect::<Result<Map<_, _>, _>>().map(Value::Object)
    }
}

/// The separator a header most likely uses.
pub fn separator(line: &str) -> char {
    let count = |separator: &char| line.matches(*separator).count();
    SEPARATORS.into_iter().max_by_key(count).unwrap_or(',')
}

/// The fields of a line, without quotes and without blanks around them.
///
/// # Errors
///
/// [`LineError::OpenQuote`].
pub fn split(line: &str, separator: char) -> Result<Vec<String>, LineError> {
    let mut fields = Vec::new();
    let mut rest = Some(line);
    while let Some(text) = rest {
        let (field, after) = field(line, text, separator)?;
        fields.push(field);
        rest = after;
    }
    Ok(fields)
}

/// The first field of `text`, and what follows its separator, if there is one.
fn field<'a>(line: &str, text: &'a str, separator: char) -> Result<(String, Option<&'a str>), LineError> {
    let Some(quoted) = text.trim_start_matches(' ').strip_prefix('"') else {
        return Ok(match text.split_once(separator) {
            Some((field, after)) => (field.trim().to_owned(), Some(after)),
            None => (text.trim().to_owned(), None),
        });
    };
    let column = line.chars().count() - quoted.chars().count();
    let (content, after) = unquote(quoted).ok_or(LineError::OpenQuote { column })?;
    Ok((content, after.split_once(separator).map(|(_, after)| after)))
}

/// The content up to the closing quote (two quotes are one), and what follows.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut content = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('"')?;
        content.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                content.push('"');
                rest = after;
            }
            None => return Some((content, after)),
        }
    }
}
