//! From lines to items, the first lines held back until their format is known.

use std::mem;

use shared::Millis;
use shared::publication::Item;

use super::input::Line;
use super::named;
use crate::cli::FormatArg;
use crate::pipe::detect::PATIENCE_MS;
use crate::pipe::{Detector, Parser, Verdict};

/// What became of a line, by its number.
pub type Read = (u64, Result<Item, String>);

/// Reads lines in the format named, or in the one they turn out to have.
#[derive(Debug)]
pub enum Reading {
    /// Not known yet.
    Guessing {
        /// Holds the lines.
        detector: Detector,
        /// Their numbers.
        numbers: Vec<u64>,
        /// When to stop waiting for more, once there is one.
        due_ms: Option<u64>,
    },
    /// Known.
    Known(Parser),
}

impl Reading {
    /// Nothing was read yet.
    pub fn new(format: FormatArg) -> Self {
        match named(format) {
            Some(format) => Self::Known(Parser::new(format)),
            None => Self::Guessing { detector: Detector::default(), numbers: Vec::new(), due_ms: None },
        }
    }

    /// When [`Reading::settle`] is to be called, on the clock of `now_ms`.
    pub fn due_ms(&self) -> Option<u64> {
        match self {
            Self::Guessing { due_ms, .. } => *due_ms,
            Self::Known(_) => None,
        }
    }

    /// Takes a line, and gives what can be told by now.
    pub fn take(&mut self, (number, line): Line, now_ms: u64) -> Vec<Read> {
        let line = match line {
            Ok(line) => line,
            Err(reason) => return vec![(number, Err(reason))],
        };
        match self {
            Self::Known(parser) => read(parser, number, &line).into_iter().collect(),
            Self::Guessing { .. } if line.trim().is_empty() => Vec::new(),
            Self::Guessing { detector, numbers, due_ms } => {
                due_ms.get_or_insert(now_ms + PATIENCE_MS);
                numbers.push(number);
                match detector.push(line) {
                    Verdict::Is(format) => self.begin(Parser::new(format)),
                    Verdict::Unsure => Vec::new(),
                }
            }
        }
    }

    /// No further line will come soon: takes the likeliest format.
    pub fn settle(&mut self) -> Vec<Read> {
        match self {
            Self::Guessing { detector, .. } if !detector.is_empty() => {
                let parser = Parser::new(detector.settle());
                self.begin(parser)
            }
            Self::Guessing { .. } | Self::Known(_) => Vec::new(),
        }
    }

    /// Reads what was held back.
    fn begin(&mut self, mut parser: Parser) -> Vec<Read> {
        let Self::Guessing { detector, numbers, .. } = self else { return Vec::new() };
        let held = numbers.drain(..).zip(mem::take(detector).into_lines());
        let read = held.filter_map(|(number, line)| read(&mut parser, number, &line)).collect();
        *self = Self::Known(parser);
        read
    }
}

/// Gives an item the time it was read at, if it has none of its own: while the server is away, items wait. One bad
/// item would be the end of its whole batch, so what the server would refuse is found here.
///
/// # Errors
///
/// What is wrong with it.
pub fn check(item: Item, now: Millis) -> Result<Item, String> {
    let item = Item { ts: item.ts.or(Some(now)), ..item };
    item.check(now).map_err(|error| error.to_string())?;
    Ok(item)
}

fn read(parser: &mut Parser, number: u64, line: &str) -> Option<Read> {
    let outcome = parser.read(line).map_err(|error| error.to_string());
    outcome.transpose().map(|outcome| (number, outcome))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn first_lines_are_held_back_until_their_format_is_known_and_none_is_lost() {
        let mut reading = Reading::new(FormatArg::Auto);
        assert_eq!(reading.take((1, Ok("in,out".into())), 100), []);
        assert_eq!(reading.due_ms(), Some(100 + PATIENCE_MS));
        assert_eq!(
            reading.take((2, Ok("1,2".into())), 200),
            [(2, Ok(Item::now(json!({"in": 1, "out": 2}))))]
        );
        assert_eq!(reading.due_ms(), None);
    }

    #[test]
    fn lines_that_wait_too_long_are_taken_for_what_they_most_likely_are() {
        let mut reading = Reading::new(FormatArg::Auto);
        reading.take((1, Ok("Listening on everything".into())), 0);
        assert_eq!(reading.settle(), [(1, Ok(Item::now("Listening on everything")))]);
        assert_eq!(reading.settle(), []);
    }

    #[test]
    fn a_bad_line_is_told_by_its_number() {
        let mut reading = Reading::new(FormatArg::Auto);
        assert_eq!(reading.take((1, Ok("1".into())), 0), [(1, Ok(Item::now(1)))]);
        assert_eq!(reading.take((2, Ok("one".into())), 0), [(2, Err("\"one\" is not a number".into()))]);
    }

    #[test]
    fn an_item_gets_the_time_it_was_read_at_unless_it_has_one() {
        let now = 1_800_000_000_000;
        assert_eq!(check(Item::now(1), now).unwrap().ts, Some(now));
        assert_eq!(check(Item { ts: Some(now - 5), ..Item::now(1) }, now).unwrap().ts, Some(now - 5));
        assert!(check(Item { ts: Some(5), ..Item::now(1) }, now).unwrap_err().contains("too far"));
    }
}
