//! Parses points in time that are typed on the command line.

use std::time::Duration;

use serde_json::Value;
use shared::{Millis, timestamp};

use super::duration;

/// A point in time that was typed on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instant {
    /// A time in milliseconds since the Unix epoch.
    At(Millis),
    /// This long before the present.
    Ago(Duration),
}

impl Instant {
    /// Returns the time in milliseconds since the Unix epoch. `now` is the present.
    pub fn ms(self, now: Millis) -> Millis {
        match self {
            Self::At(at) => at,
            Self::Ago(span) => now.saturating_sub_unsigned(duration::ms(span)),
        }
    }
}

/// Parses a time such as `2h ago`, `2h` (which is the same), `2026-11-29T14:20:00Z` or `1800000000000`. A number is in milliseconds
/// since the Unix epoch, or in seconds if it is too small for milliseconds.
///
/// # Errors
///
/// A message that tells the user what to type.
pub fn read(text: &str) -> Result<Instant, String> {
    let text = text.trim();
    if let Ok(span) = duration::read(text.strip_suffix("ago").unwrap_or(text).trim_end()) {
        return Ok(Instant::Ago(span));
    }
    let number = text.parse::<i64>().ok().map(Value::from);
    let time = timestamp::read(&number.unwrap_or_else(|| Value::from(text)));
    time.map(Instant::At).map_err(|_| {
        "expected a time such as '2h ago', a date with its offset from UTC such as 2026-11-29T14:20:00Z, or milliseconds since 1970"
            .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_an_age_a_date_or_a_number() {
        let now = 1_800_000_000_000;
        for (text, expected) in [
            ("2h ago", now - 7_200_000),
            ("2h", now - 7_200_000),
            ("500ms ago", now - 500),
            ("0s", now),
            ("2027-01-15T08:00:00Z", now),
            ("2027-01-15 09:00:00+01:00", now),
            ("1800000000000", now),
            ("1800000000", now),
        ] {
            assert_eq!(read(text).map(|instant| instant.ms(now)), Ok(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_words_that_say_what_to_type() {
        for text in ["", "ago", "yesterday", "2027-01-15T08:00:00", "14:20", "2 years ago", "1.5h"] {
            assert!(read(text).is_err_and(|error| error.contains("'2h ago'")), "{text}");
        }
    }
}
