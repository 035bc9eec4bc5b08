//! Checks on published data that a JSON parser does not make.
//!
//! The text must already be known as valid JSON. It is checked in one pass, without recursion and without building a
//! tree. The first character of each token is enough to tell the kind of the token.

use std::borrow::Cow;

use super::error::DataError;

/// Checks the depth, numbers, strings and keys of `text`, which must be valid JSON. It may be nested `depth` levels deep.
pub(crate) fn check(text: &str, depth: usize) -> Result<(), DataError> {
    let mut scan = Scan { text, depth, at: 0, open: Vec::new(), keys: Vec::new() };
    while let Some(byte) = text.as_bytes().get(scan.at) {
        match byte {
            b'{' | b'[' => scan.open()?,
            b'}' | b']' => scan.close()?,
            b'"' => scan.string()?,
            b'-' | b'0'..=b'9' => scan.number()?,
            // Skips white space, commas, colons and the letters of `true`, `false` and `null`.
            _ => scan.at += 1,
        }
    }
    Ok(())
}

struct Scan<'a> {
    text: &'a str,
    /// Maximum number of levels of nesting.
    depth: usize,
    at: usize,
    /// For every list and object that is not closed yet: the length of `keys` when it began.
    open: Vec<usize>,
    /// Keys that were read so far of all objects that are not closed yet. The keys of the innermost object come last.
    keys: Vec<Cow<'a, str>>,
}

impl<'a> Scan<'a> {
    fn open(&mut self) -> Result<(), DataError> {
        if self.open.len() == self.depth {
            return Err(DataError::TooDeep { limit: self.depth });
        }
        self.open.push(self.keys.len());
        self.at += 1;
        Ok(())
    }

    fn close(&mut self) -> Result<(), DataError> {
        let before = self.open.pop().unwrap_or_default();
        let keys = &mut self.keys[before..];
        keys.sort_unstable();
        if let Some(pair) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(DataError::DuplicateKey {
                key: shortened(&serde_json::Value::from(&*pair[0]).to_string()),
            });
        }
        self.keys.truncate(before);
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<(), DataError> {
        let rest = &self.text[self.at..];
        let literal = &rest[..literal_bytes(rest)];
        self.at += literal.len();
        let is_key = self.text[self.at..].trim_start().starts_with(':');
        if literal.contains('\\') {
            // The text is valid JSON, so the only possible error is half of a surrogate pair.
            let string: String = serde_json::from_str(literal)
                .map_err(|_| DataError::LoneSurrogate { string: shortened(literal) })?;
            self.keys.extend(is_key.then_some(Cow::Owned(string)));
        } else if is_key {
            self.keys.push(Cow::Borrowed(&literal[1..literal.len() - 1]));
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), DataError> {
        let rest = &self.text[self.at..];
        let is_part = |character: char| matches!(character, '0'..='9' | '-' | '+' | '.' | 'e' | 'E');
        let number = &rest[..rest.find(|character| !is_part(character)).unwrap_or(rest.len())];
        self.at += number.len();
        // A short number without an exponent is always within the range. The text is valid JSON, so the only possible
        // error is a number beyond the range. The number is parsed by the JSON parser, which reads it again later, and
        // not by Rust's own parser, which would make the page twelve kilobytes larger.
        let may_be_large = number.len() > 300 || number.contains(['e', 'E']);
        match may_be_large.then(|| serde_json::from_str::<f64>(number)) {
            Some(Err(_)) => Err(DataError::NumberOutOfRange { number: shortened(number) }),
            Some(Ok(_)) | None => Ok(()),
        }
    }
}

/// Returns the length in bytes of the string literal at the beginning of `text`, including its quotation marks.
fn literal_bytes(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

/// Maximum length of the part of the data that is quoted in an error message, in characters.
const QUOTED_CHARS: usize = 40;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}
