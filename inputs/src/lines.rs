//! Divides bytes into lines of text. Decodes them, finds the ends of lines, and removes characters that a terminal
//! would not show.

use crate::error::LineError;

/// Maximum length of a line, in bytes. A longer line is too long to be published.
pub const LINE_BYTES: usize = 64 * 1024;

/// A line of input, without the characters that end it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Number of the line, counted from 1. A carriage return also ends a line, so each state of a progress display
    /// has a number of its own.
    pub number: u64,
    /// The text without colours and other control sequences; an error if the line cannot be read.
    pub text: Result<String, LineError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16 { is_little_endian: bool },
}

/// Divides bytes into lines. The bytes may come in chunks of any size.
///
/// ```
/// use tickertape_inputs::Splitter;
///
/// let mut splitter = Splitter::default();
/// let mut lines = splitter.push(b"10 %\r20 %\r\ndo");
/// lines.extend(splitter.push(b"ne"));
/// lines.extend(splitter.finish());
/// let texts: Vec<_> = lines.into_iter().map(|line| line.text.unwrap()).collect();
/// assert_eq!(texts, ["10 %", "20 %", "done"]);
/// ```
#[derive(Debug, Default)]
pub struct Splitter {
    /// The encoding of the input; `None` until its first bytes have been received.
    encoding: Option<Encoding>,
    /// Bytes that are not decoded yet: the beginning of the input, or the first byte of a code unit of UTF-16.
    undecoded: Vec<u8>,
    half: Option<u16>,
    line: Vec<u8>,
    /// Length of the current line so far, in bytes. If the line is too long, not all of these bytes are stored.
    length: usize,
    number: u64,
    is_after_return: bool,
}

impl Splitter {
    /// Adds the next bytes of the input. Returns the lines that end within these bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        match self.encoding {
            Some(Encoding::Utf8) => self.push_utf8(bytes, &mut lines),
            Some(Encoding::Utf16 { is_little_endian }) => {
                self.push_utf16(bytes, is_little_endian, &mut lines)
            }
            None => {
                self.undecoded.extend_from_slice(bytes);
                if self.undecoded.len() >= 2 || self.undecoded.first().is_some_and(|byte| *byte < 0xfe) {
                    self.begin(&mut lines);
                }
            }
        }
        lines
    }

    /// Must be called at the end of the input. Returns the last line if no line break ends it.
    pub fn finish(&mut self) -> Vec<Line> {
        let mut lines = Vec::new();
        if self.encoding.is_none() {
            self.begin(&mut lines);
        }
        if !self.undecoded.is_empty() || self.half.is_some() {
            self.append_char('\u{fffd}', &mut lines);
        }
        if self.length > 0 {
            lines.push(self.end_line());
        }
        lines
    }

    fn begin(&mut self, lines: &mut Vec<Line>) {
        let bytes = std::mem::take(&mut self.undecoded);
        let little = bytes.starts_with(&[0xff, 0xfe]);
        if little || bytes.starts_with(&[0xfe, 0xff]) {
            self.encoding = Some(Encoding::Utf16 { is_little_endian: little });
            self.push_utf16(&bytes[2..], little, lines);
        } else {
            self.encoding = Some(Encoding::Utf8);
            self.push_utf8(&bytes, lines);
        }
    }

    fn push_utf8(&mut self, bytes: &[u8], lines: &mut Vec<Line>) {
        for byte in bytes {
            self.append(*byte, lines);
        }
    }

    fn push_utf16(&mut self, bytes: &[u8], is_little_endian: bool, lines: &mut Vec<Line>) {
        let mut all = std::mem::take(&mut self.undecoded);
        all.extend_from_slice(bytes);
        let pairs = all.chunks_exact(2);
        self.undecoded = pairs.remainder().to_vec();
        for pair in pairs {
            let pair = [pair[0], pair[1]];
            let unit = if is_little_endian { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
            let high = self.half.take();
            if (0xd800..0xdc00).contains(&unit) {
                if high.is_some() {
                    self.append_char('\u{fffd}', lines);
                }
                self.half = Some(unit);
                continue;
            }
            for decoded in char::decode_utf16(high.into_iter().chain([unit])) {
                self.append_char(decoded.unwrap_or('\u{fffd}'), lines);
            }
        }
    }

    fn append_char(&mut self, c: char, lines: &mut Vec<Line>) {
        let mut buffer = [0; 4];
        // Half of a surrogate pair is replaced by a byte that UTF-8 never contains, so that its line is reported as
        // unreadable.
        let bytes = if c == '\u{fffd}' { &[0xff][..] } else { c.encode_utf8(&mut buffer).as_bytes() };
        for byte in bytes {
            self.append(*byte, lines);
        }
    }

    fn append(&mut self, byte: u8, lines: &mut Vec<Line>) {
        let was_after_return = std::mem::replace(&mut self.is_after_return, byte == b'\r');
        match byte {
            b'\n' if was_after_return => {}
            b'\n' | b'\r' => lines.push(self.end_line()),
            _ => {
                self.length += 1;
                if self.length <= LINE_BYTES {
                    self.line.push(byte);
                }
            }
        }
    }

    fn end_line(&mut self) -> Line {
        self.number += 1;
        let (bytes, length) = (std::mem::take(&mut self.line), std::mem::take(&mut self.length));
        let text = if length > LINE_BYTES {
            Err(LineError::TooLong { limit: LINE_BYTES })
        } else {
            match String::from_utf8(bytes) {
                Err(error) => Err(LineError::NotUtf8 { byte: error.utf8_error().valid_up_to() + 1 }),
                Ok(text) if text.contains('\0') => Err(LineError::Binary),
                Ok(text) => Ok(clean(text)),
            }
        };
        Line { number: self.number, text }
    }
}

/// Returns the text of a line as a terminal would show it. Colours, cursor movements, bells and byte order marks are
/// removed, and backspaces are applied.
fn clean(text: String) -> String {
    let is_plain = |c: char| (!c.is_control() || c == '\t') && c != '\u{feff}';
    if text.chars().all(is_plain) {
        return text;
    }
    let mut shown = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => match chars.next() {
                // A control sequence ends with a byte from `@` to `~`.
                Some('[') => while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
                // A command to the operating system (a title or a link) ends with a bell or with `ESC \`.
                Some(']' | 'P' | '^' | '_') => {
                    while let Some(c) = chars.next() {
                        if c == '\u{7}' {
                            break;
                        }
                        if c == '\u{1b}' {
                            chars.next();
                            break;
                        }
                    }
                }
                // The sequence that selects a character set has one more character.
                Some('(' | ')' | '#') => drop(chars.next()),
                _ => {}
            },
            '\u{9b}' => while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
            '\u{8}' => drop(shown.pop()),
            '\t' => shown.push('\t'),
            '\u{feff}' if shown.is_empty() => {}
            c if c.is_control() => {}
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(bytes: &[u8], chunk: usize) -> Vec<Result<String, LineError>> {
        let mut splitter = Splitter::default();
        let mut lines: Vec<Line> = bytes.chunks(chunk).flat_map(|chunk| splitter.push(chunk)).collect();
        lines.extend(splitter.finish());
        assert!(lines.iter().zip(1..).all(|(line, number)| line.number == number));
        lines.into_iter().map(|line| line.text).collect()
    }

    fn texts(bytes: &[u8]) -> Vec<String> {
        let whole = split(bytes, bytes.len().max(1));
        assert_eq!(split(bytes, 1), whole, "chunks make no difference");
        whole.into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn lines_end_as_on_any_platform_and_the_last_needs_no_end() {
        assert_eq!(texts(b"a\r\nb\n\nc"), ["a", "b", "", "c"]);
        assert_eq!(texts(b"10 %\r20 %\rdone\n"), ["10 %", "20 %", "done"]);
        assert_eq!(texts(b""), [""; 0]);
    }

    #[test]
    fn byte_order_marks_choose_the_encoding() {
        assert_eq!(texts(b"\xef\xbb\xbfa,b\n1,2"), ["a,b", "1,2"]);
        let utf16 = |text: &str, is_little: bool| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units
                .flat_map(|unit: u16| if is_little { unit.to_le_bytes() } else { unit.to_be_bytes() })
                .collect()
        };
        for is_little in [true, false] {
            assert_eq!(texts(&utf16("t=21 😀\r\nt=22\n", is_little)), ["t=21 😀", "t=22"]);
        }
    }

    #[test]
    fn a_line_of_invalid_text_is_reported_and_the_next_line_is_read() {
        let long = "x".repeat(3 * LINE_BYTES);
        let bytes = [long.as_bytes(), b"\nab\xff\nnext\na\0b\n\xed\xa0\xbd\n"].concat();
        let expected = [
            Err(LineError::TooLong { limit: LINE_BYTES }),
            Err(LineError::NotUtf8 { byte: 3 }),
            Ok("next".to_owned()),
            Err(LineError::Binary),
            Err(LineError::NotUtf8 { byte: 1 }),
        ];
        assert_eq!(split(&bytes, 1000), expected);
        // Half of the surrogate pair of an emoji.
        assert_eq!(
            split(b"\xff\xfe\x3d\xd8a\0\n\0b\0", 1),
            [Err(LineError::NotUtf8 { byte: 1 }), Ok("b".to_owned())]
        );
    }

    #[test]
    fn colours_titles_and_backspaces_are_not_shown() {
        assert_eq!(texts(b"\x1b[1;31merror\x1b[0m x"), ["error x"]);
        assert_eq!(texts(b"\x1b]0;title\x07a\x1b]8;;link\x1b\\b\x1b(Bc\x07"), ["abc"]);
        assert_eq!(texts(b"\x1b[2J\x1b[H 10\x08\x0820 \xe2\x82\xac"), [" 20 €"]);
        assert_eq!(texts(b"open \x1b[3"), ["open "]);
    }
}
