//! Words for people: colours only where a person sees them.

use std::env;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use shared::Millis;

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Less important than what is around it.
    Dim,
    /// What one looks for first.
    Bold,
    /// Something is wrong.
    Red,
    /// Something is not as it should be.
    Yellow,
    /// Something is well.
    Green,
}

/// Paints, or does not.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    is_on: bool,
}

impl Paint {
    /// For what goes to standard output.
    pub fn stdout() -> Self {
        Self::on(io::stdout().is_terminal())
    }

    /// For what goes to standard error.
    pub fn stderr() -> Self {
        Self::on(io::stderr().is_terminal())
    }

    /// `text`, with its look where it will be seen.
    pub fn paint(self, look: Look, text: impl Display) -> String {
        if self.is_on { format!("\x1b[{}m{text}\x1b[0m", code(look)) } else { text.to_string() }
    }

    /// On a terminal, unless `NO_COLOR` (no-color.org) or a dumb terminal asks for none.
    fn on(is_terminal: bool) -> Self {
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self { is_on: is_terminal && !no_color && !is_dumb }
    }
}

/// Says something on standard error. Whoever closed it does not want to hear.
pub fn say(words: impl Display) {
    let mut stderr = io::stderr().lock();
    if stderr.is_terminal() {
        let _ = write!(stderr, "{ERASE}");
    }
    let _ = writeln!(stderr, "{words}");
}

/// Shows a line on a terminal that the next one takes the place of.
pub fn show(words: impl Display) {
    let _ = write!(io::stderr(), "{ERASE}{words}\r");
}

/// Back to the beginning of the line, and nothing on it.
const ERASE: &str = "\r\x1b[2K";

/// A failure, on standard error.
pub fn say_failure(words: impl Display) {
    say(format_args!("{} {words}", Paint::stderr().paint(Look::Red, "error:")));
}

/// What came from outside may hold anything; on a terminal, control characters are commands.
pub fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// At most so many characters of `text`, with a sign that there is more.
pub fn clip(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}

/// The time of day in UTC: `10:42:07.123Z`.
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
    fn nothing_is_painted_where_nobody_sees_it() {
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
