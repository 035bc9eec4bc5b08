//! Prints messages for people, with colours if standard output or standard error is a terminal. Text that comes from outside the
//! program is escaped before it is printed.

mod escape;
mod log;
mod style;

use std::env;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use chrono::DateTime;
use shared::Millis;

use crate::error::CliError;

pub use escape::{escaped, escaped_except_styles, escaped_json};
pub use log::SafeStderr;
pub use style::Look;

use style::PLAIN;

/// Formats text for standard output or standard error, with styles if that is a terminal.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    is_on: bool,
}

impl Paint {
    /// Returns the formatter for standard output.
    pub fn stdout() -> Self {
        Self::on(io::stdout().is_terminal())
    }

    /// Returns the formatter for standard error.
    pub fn stderr() -> Self {
        Self::on(io::stderr().is_terminal())
    }

    /// Returns `text` escaped. If the stream shows styles, the text has the style `look`.
    pub fn paint(self, look: Look, text: impl Display) -> String {
        let text = text.to_string();
        let text = escaped(&text);
        if self.is_on { format!("{}{text}{PLAIN}", look.sequence()) } else { text.into_owned() }
    }

    /// Creates a formatter. It uses styles on a terminal, unless `NO_COLOR` (no-color.org) is set or the terminal is
    /// `dumb`.
    fn on(is_terminal: bool) -> Self {
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self { is_on: is_terminal && !no_color && !is_dumb }
    }
}

/// Prints a line to standard error. Unsafe characters are escaped, apart from the styles of [`Paint`]. Errors are
/// ignored, because nothing can be reported if standard error is closed.
pub fn say(words: impl Display) {
    let words = words.to_string();
    let words = escaped_except_styles(&words);
    let mut stderr = io::stderr().lock();
    if stderr.is_terminal() {
        let _ = write!(stderr, "{ERASE}");
    }
    let _ = writeln!(stderr, "{words}");
}

/// Prints a line to a terminal. The next line replaces it.
pub fn show(words: impl Display) {
    let words = words.to_string();
    let words = escaped_except_styles(&words);
    let _ = write!(io::stderr(), "{ERASE}{words}\r");
}

/// Control sequence that moves to the beginning of the line and clears the line.
const ERASE: &str = "\r\x1b[2K";

/// Prints an error to standard error, and its hint, if it has one, on a second line.
pub fn say_error(cli_error: &CliError) {
    let CliError { what, hint, .. } = cli_error;
    say(format_args!("{} {}", Paint::stderr().paint(Look::Red, "error:"), escaped(what)));
    if let Some(hint) = hint {
        say(format_args!("  {}", escaped(hint)));
    }
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

/// Returns the date and time of day in UTC, such as `2026-11-29T10:42:07.123Z`.
pub fn date_and_time(ts: Millis) -> String {
    match DateTime::from_timestamp_millis(ts) {
        Some(time) => time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        // The time is more than 200,000 years away.
        None => format!("{ts} ms"),
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
    fn a_date_is_written_with_its_milliseconds() {
        assert_eq!(date_and_time(1_800_000_000_007), "2027-01-15T08:00:00.007Z");
        assert_eq!(date_and_time(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(date_and_time(i64::MAX), "9223372036854775807 ms");
    }

    #[test]
    fn a_style_holds_no_other_sequence() {
        let painted = Paint { is_on: true }.paint(Look::Red, "a\x1b[0m\x1b[2Jb");
        assert_eq!(painted, "\x1b[31ma\\u{1b}[0m\\u{1b}[2Jb\x1b[0m");
    }
}
