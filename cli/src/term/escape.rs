//! Escapes the characters of foreign text that a terminal could act on. Everything that this program prints is escaped
//! by these functions.
//!
//! A terminal acts on control characters. With them, a value or an error message of a server could clear the screen,
//! set the title, or make the terminal send input to the shell. Characters that set the direction of text (bidi
//! controls) can make a line read as a different one. Separators of lines and paragraphs can make one line look like
//! several.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::style::STYLES;

/// Returns true for a character that a terminal could act on, or that changes the order in which text is read.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns `text` on one line, with every unsafe character shown as an escape such as `\n` or `\u{1b}`.
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push(&mut safe, c));
    Cow::Owned(safe)
}

/// Returns `text` like [`escaped`], but keeps the styles of this program. Only the exact sequences in `STYLES` are kept, and
/// `Paint` has escaped the text inside a style, so no other sequence reaches the terminal.
pub fn escaped_except_styles(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match STYLES.iter().find(|style| rest.starts_with(**style)) {
            Some(style) => {
                safe.push_str(style);
                rest = &rest[style.len()..];
            }
            None => {
                push(&mut safe, c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    Cow::Owned(safe)
}

/// Returns JSON text on one line, with the same value, in which unsafe characters are written as escapes such as `\u001b`. A
/// control character below U+0020 can stand only between tokens, where it is white space, because JSON forbids it inside strings.
pub fn escaped_json(json: &str) -> Cow<'_, str> {
    if !json.contains(is_unsafe) {
        return Cow::Borrowed(json);
    }
    let mut safe = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match c {
            '\t' | '\n' | '\r' => safe.push(' '),
            // No unsafe character is beyond U+FFFF, so one unit of UTF-16 is enough. Writing to a string cannot fail.
            c if is_unsafe(c) => drop(write!(safe, "\\u{:04x}", u32::from(c))),
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

fn push(safe: &mut String, c: char) {
    if is_unsafe(c) { safe.extend(c.escape_default()) } else { safe.push(c) }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const UNSAFE: [char; 14] = [
        '\0', '\u{7}', '\n', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}', '\u{61c}', '\u{200e}', '\u{200f}',
        '\u{2028}', '\u{202e}', '\u{2066}', '\u{2069}',
    ];

    #[test]
    fn unsafe_characters_are_shown_and_others_stay() {
        assert_eq!(escaped("a\x1b[2Jb\u{9b}c\r\n"), "a\\u{1b}[2Jb\\u{9b}c\\r\\n");
        assert_eq!(
            escaped("caf\u{e9} \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{1f600} \\"),
            "caf\u{e9} \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{1f600} \\"
        );
        for c in UNSAFE {
            let safe = escaped(&format!("a{c}b")).into_owned();
            assert!(!safe.contains(c) && safe.is_ascii(), "{safe}");
        }
    }

    #[test]
    fn every_character_is_either_safe_or_escaped() {
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            assert_eq!(escaped(&text) == text, !is_unsafe(c), "{c:?}");
            assert!(!escaped(&text).contains(is_unsafe) && !escaped_json(&text).contains(is_unsafe), "{c:?}");
        }
    }

    #[test]
    fn json_keeps_its_value_on_one_line() {
        for c in UNSAFE {
            let value = Value::from(format!("a{c}b\"\\"));
            let json = format!("{{\"a\" :\t\n{value}}}\r\n");
            let safe = escaped_json(&json);
            assert!(!safe.contains(is_unsafe), "{safe}");
            assert_eq!(serde_json::from_str::<Value>(&safe).unwrap()["a"], value);
        }
    }

    #[test]
    fn only_the_programs_own_styles_reach_the_terminal() {
        let own = format!("{}bold{}", STYLES[1], STYLES[0]);
        assert_eq!(escaped_except_styles(&own), own);
        assert_eq!(
            escaped_except_styles(&format!("{own}\x1b[5mx\x1b]0;title\u{7}")),
            format!("{own}\\u{{1b}}[5mx\\u{{1b}}]0;title\\u{{7}}")
        );
    }
}
