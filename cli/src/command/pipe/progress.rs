//! What was published and what was not.

use std::collections::VecDeque;
use std::time::Instant;

use shared::{Position, Topic};
use tickertape_session::{Session, Ticket};

use crate::failure::Failure;
use crate::term::{Look, Paint, say, show};

/// Bad lines shown one by one; the others are only counted.
const SHOWN: u64 = 5;

/// The counts.
#[derive(Debug, Default)]
pub struct Progress {
    under_way: VecDeque<(Ticket, usize)>,
    published: u64,
    bad: u64,
    lost: u64,
    position: Option<Position>,
    shown: Option<(Instant, u64)>,
}

impl Progress {
    /// A request went out.
    pub fn sent(&mut self, ticket: Ticket, lines: usize) {
        self.under_way.push_back((ticket, lines));
    }

    /// A request is durable.
    pub fn published(&mut self, ticket: Ticket, position: &Position) {
        self.published += self.forget(ticket);
        self.position = Some(position.clone());
    }

    /// Requests were given up.
    pub fn dropped(&mut self, tickets: &[Ticket]) {
        self.lost += tickets.iter().map(|ticket| self.forget(*ticket)).sum::<u64>();
    }

    /// A line could not be published.
    pub fn bad_line(&mut self, number: u64, reason: &str) {
        self.bad += 1;
        if self.bad <= SHOWN {
            say(Paint::stderr().paint(Look::Yellow, format_args!("line {number}: {reason}")));
        }
        if self.bad == SHOWN {
            say(Paint::stderr().paint(Look::Dim, "further unreadable lines are only counted"));
        }
    }

    /// Lines that are durable.
    pub fn published_lines(&self) -> u64 {
        self.published
    }

    /// Lines that could not be published.
    pub fn bad_lines(&self) -> u64 {
        self.bad
    }

    /// Lines sent and not answered.
    pub fn unacknowledged(&self) -> u64 {
        self.under_way.iter().map(|(_, lines)| *lines as u64).sum()
    }

    /// Where the last of them landed.
    pub fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    /// Whether all went well.
    ///
    /// # Errors
    ///
    /// If lines were unreadable, or lost.
    pub fn verdict(&self) -> Result<(), Failure> {
        match (self.bad, self.lost) {
            (0, 0) => Ok(()),
            (bad, 0) => Err(Failure::failed(format!("not published: {}", lines(bad)))
                .hint("name the format with --format if it was not recognised")),
            (_, lost) => Err(Failure::failed(format!("given up: {}", lines(lost)))),
        }
    }

    /// The rate, in place of the one shown before. For a terminal.
    pub fn show(&mut self, session: &Session, topic: &Topic) {
        let now = Instant::now();
        let (before, published) = self.shown.replace((now, self.published)).unwrap_or((now, self.published));
        let seconds = now.duration_since(before).as_secs_f64();
        let rate = if seconds > 0.0 { (self.published - published) as f64 / seconds } else { 0.0 };
        let state = session.state_words();
        show(format_args!("{topic}  {}  {rate:.0}/s  {state}", lines(self.published)));
    }

    fn forget(&mut self, ticket: Ticket) -> u64 {
        let Some(at) = self.under_way.iter().position(|(under_way, _)| *under_way == ticket) else {
            return 0;
        };
        self.under_way.remove(at).map_or(0, |(_, lines)| lines as u64)
    }
}

/// `1 line`, `2 lines`.
pub fn lines(count: u64) -> String {
    if count == 1 { "1 line".into() } else { format!("{count} lines") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_one() {
        assert_eq!([0, 1, 2].map(lines), ["0 lines", "1 line", "2 lines"]);
    }
}
