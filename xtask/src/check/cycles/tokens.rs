//! Splits Rust source text into tokens, without comments, strings and lifetimes.
//!
//! Only the syntax that matters for reading paths is known. A crate that parses Rust completely would have to be compiled before
//! every `cargo xtask` command.

/// One token of source text with its line: a word, the mark `::`, or another single character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub kind: Kind<'a>,
    /// Number of the line, counted from 1.
    pub line: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// An identifier, a keyword or a number.
    Word(&'a str),
    /// The mark `::`, which separates the parts of a path.
    PathSeparator,
    /// Any other character that is not white space.
    Mark(char),
}

/// Splits `text` into its tokens, in order.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut scanner = Scanner { text, at: 0, line: 1 };
    let mut tokens = Vec::new();
    while let Some(token) = scanner.next_token() {
        tokens.push(token);
    }
    tokens
}

struct Scanner<'a> {
    text: &'a str,
    /// Byte index of the next character to read.
    at: usize,
    line: usize,
}

impl<'a> Scanner<'a> {
    fn next_token(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.rest();
            let first = rest.chars().next()?;
            if first.is_whitespace() {
                self.advance(first.len_utf8());
            } else if rest.starts_with("//") {
                self.advance(rest.find('\n').unwrap_or(rest.len()));
            } else if rest.starts_with("/*") {
                self.advance(block_comment_bytes(rest));
            } else if let Some(bytes) = literal_bytes(rest) {
                self.advance(bytes);
            } else {
                return Some(self.token(first));
            }
        }
    }

    fn token(&mut self, first: char) -> Token<'a> {
        let rest = self.rest();
        let line = self.line;
        let (kind, bytes) = if is_in_word(first) {
            let bytes = rest.find(|c| !is_in_word(c)).unwrap_or(rest.len());
            (Kind::Word(&rest[..bytes]), bytes)
        } else if rest.starts_with("::") {
            (Kind::PathSeparator, 2)
        } else {
            (Kind::Mark(first), first.len_utf8())
        };
        self.advance(bytes);
        Token { kind, line }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn advance(&mut self, bytes: usize) {
        self.line += self.rest()[..bytes].matches('\n').count();
        self.at += bytes;
    }
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns the length in bytes of the block comment at the beginning of `rest`. Comments nested in it belong to it.
fn block_comment_bytes(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Returns the length in bytes of the string, character or lifetime at the beginning of `rest`, or `None` if `rest`
/// begins with another token.
fn literal_bytes(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        let after = rest.strip_prefix(prefix).unwrap_or_default();
        let is_raw = prefix.ends_with('r') && after.trim_start_matches('#').starts_with('"');
        is_raw
            || !prefix.ends_with('r') && after.starts_with('"')
            || *prefix == "b" && after.starts_with('\'')
    });
    match prefix {
        Some(prefix) if prefix.ends_with('r') => Some(prefix.len() + raw_string_bytes(&rest[prefix.len()..])),
        Some(prefix) => Some(prefix.len() + quoted_bytes(&rest[prefix.len()..])),
        None => rest.starts_with('\'').then(|| character_or_lifetime_bytes(rest)),
    }
}

/// Returns the length in bytes of the raw string at the beginning of `rest`, such as `#"…"#`. It may have any number of
/// `#`.
fn raw_string_bytes(rest: &str) -> usize {
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let end = format!("\"{}", "#".repeat(hashes));
    let body = hashes + 1;
    rest.get(body..).and_then(|text| text.find(&end)).map_or(rest.len(), |at| body + at + end.len())
}

/// Returns the length in bytes of the text in quotes at the beginning of `rest`, `"…"` or `'…'`. A quote after a
/// backslash does not end it.
fn quoted_bytes(rest: &str) -> usize {
    let quote = rest.chars().next().unwrap_or('"');
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if c == quote && !is_escaped {
            return at + 1;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    rest.len()
}

/// Returns the length in bytes of a character such as `'x'` or `'
///
/// '` at the beginning of `rest`. A lifetime such as `'a` is also accepted, although it has no second quote.
fn character_or_lifetime_bytes(rest: &str) -> usize {
    let mut after = rest.chars().skip(1);
    let (first, second) = (after.next(), after.next());
    if first == Some('\\') || second == Some('\'') {
        return quoted_bytes(rest);
    }
    1 + rest[1..].find(|c| !is_in_word(c)).unwrap_or(rest.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let words = tokens(text).into_iter().filter_map(|token| match token.kind {
            Kind::Word(word) => Some(word),
            Kind::PathSeparator | Kind::Mark(_) => None,
        });
        words.collect()
    }

    #[test]
    fn comments_and_strings_hold_no_words() {
        assert_eq!(words("a // b\n/* c /* d */ e */ f"), ["a", "f"]);
        assert_eq!(words(r##"a "b \" c" d r#"e " f"# g b"h" i"##), ["a", "d", "g", "i"]);
    }

    #[test]
    fn characters_and_lifetimes_are_told_apart() {
        assert_eq!(words(r"a 'b' '\'' '\u{1F600}' b'c' <'d> e 'f: g"), ["a", "e", "g"]);
    }

    #[test]
    fn a_path_is_words_between_separators() {
        let kinds: Vec<Kind> = tokens("crate::a").into_iter().map(|token| token.kind).collect();
        assert_eq!(kinds, [Kind::Word("crate"), Kind::PathSeparator, Kind::Word("a")]);
    }

    #[test]
    fn lines_are_counted_within_strings_and_comments_too() {
        let lines: Vec<usize> = tokens("a \"\n\n\" b /*\n*/ c").iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 3, 4]);
    }
}
