//! Prints messages for people, with colours if standard output or standard error is a terminal.

use std::env;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use shared::Millis;

/// The style of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// For text that is less important than the text around it.
    Dim,
    /// For the most important text.
    Bold,
    /// For errors.
    Red,
    /// For warnings.
    Yellow,
    /// For success.
    Green,
}

/// Formats text for one stream, with styles or without.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    is_on: bool,
}

impl Paint {
    /// Returns a painter for standard output.
    pub fn stdout() -> Self {
        Self::on(io::stdout().is_terminal())
    }

    /// Returns a painter for standard error.
    pub fn stderr() -> Self {
        Self::on(io::stderr().is_terminal())
    }

    /// Returns `text` with a style, if the stream shows styles.
    pub fn paint(self, look: Look, text: impl Display) -> String {
        if self.is_on { format!("\x1b[{}m{text}\x1b[0m", code(look)) } else { text.to_string() }
    }

    /// Creates a painter. It uses styles on a terminal, unless `NO_COLOR` (no-color.org) is set or the terminal is
    /// `dumb`.
    fn on(is_terminal: bool) -> Self {
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self { is_on: is_terminal && !no_color && !is_dumb }
    }
}

/// Prints a line to standard error. Errors are ignored, because nobody reads a stream that was closed.
pub fn say(words: impl Display) {
    let mut stderr = io::stderr().lock();
    if stderr.is_terminal() {
        let _ = write!(stderr, "{ERASE}");
    }
    let _ = writeln!(stderr, "{words}");
}

/// Prints a line to a terminal. The next line replaces it.
pub fn show(words: impl Display) {
    let _ = write!(io::stderr(), "{ERASE}{words}\r");
}

/// Control sequence that moves to the beginning of the line and clears the line.
const ERASE: &str = "\r\x1b[2K";

/// Prints an error to standard error.
pub fn say_error(words: impl Display) {
    say(format_args!("{} {words}", Paint::stderr().paint(Look::Red, "error:")));
}

/// Replaces control characters in text from outside, where they could control the terminal.
pub fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Returns at most `chars` characters of `text`, with `…` at the end if there are more.
pub fn clip(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns the time of day in UTC, such as `10:42:07.123Z`.
pub fn time_of_day(ts: Millis) -> String {
    let ms = ts.rem_euclid(86_400_000);
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}.{:03}Z", ms % 1_000)
}

fn code(look: Look) -> u8 {
    match look {
        Look::Dim => 2,
        Look::Bold => 1,
        Look::Red => 31,
        Look::Yellow => 33,
        Look::Green => 32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_no_style_unless_the_stream_is_a_terminal() {
        assert_eq!(Paint { is_on: false }.paint(Look::Red, "x"), "x");
        assert_eq!(Paint { is_on: true }.paint(Look::Red, "x"), "\x1b[31mx\x1b[0m");
    }

    #[test]
    fn a_time_of_day_is_the_same_every_day() {
        assert_eq!(time_of_day(38_527_123), "10:42:07.123Z");
        assert_eq!(time_of_day(38_527_123 + 365 * 86_400_000), "10:42:07.123Z");
        assert_eq!(time_of_day(-1), "23:59:59.999Z");
    }

    #[test]
    fn control_characters_from_outside_do_not_reach_the_terminal() {
        assert_eq!(harmless("a\x1b[2Jb\u{9b}c"), "a\u{fffd}[2Jb\u{fffd}c");
    }
}
