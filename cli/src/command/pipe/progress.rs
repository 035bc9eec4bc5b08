//! Counts the lines that were published, skipped or faulty.

use std::collections::VecDeque;
use std::time::Instant;

use shared::{Position, Topic};
use tickertape_inputs::Destination;
use tickertape_session::{Session, Ticket};

use crate::error::CliError;
use crate::term::{Look, Paint, say, show};

/// Number of faulty lines that are reported one by one. Later ones are only counted.
const SHOWN: u64 = 5;

/// Numbers of lines by their outcome.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Lines whose publications were acknowledged by the server, which means that they are durable.
    pub published: u64,
    /// The published lines that are not in the format of the input. They are published to the topic for such lines,
    /// TOPIC/log.
    pub logged: u64,
    /// Headers, comments, separators and averages, which are not published.
    pub structure: u64,
    /// Lines that could not be published. A reason was reported for each of the first ones.
    pub unreadable: u64,
    /// Blank lines.
    pub blank: u64,
}

impl Counts {
    /// Returns the counts as one sentence.
    pub fn words(&self, topic: &Topic) -> String {
        let mut words = format!("{} published to {topic}", lines(self.published));
        if self.logged > 0 {
            words.push_str(&format!(" ({} of them to {topic}/log)", self.logged));
        }
        words.push_str(&format!(
            "; skipped: {} headers, comments and the like, {} blank; could not be published: {}",
            self.structure, self.blank, self.unreadable
        ));
        words
    }
}

/// A request that the server has not answered yet.
#[derive(Debug)]
struct Sent {
    ticket: Ticket,
    lines: Vec<u64>,
    to: Destination,
}

/// The counts of lines, and the requests that the server has not answered yet.
#[derive(Debug, Default)]
pub struct Progress {
    under_way: VecDeque<Sent>,
    counts: Counts,
    lost: u64,
    position: Option<Position>,
    shown: Option<(Instant, u64)>,
}

impl Progress {
    /// Records a request that was sent.
    pub fn sent(&mut self, ticket: Ticket, lines: Vec<u64>, to: Destination) {
        self.under_way.push_back(Sent { ticket, lines, to });
    }

    /// Records that the server has acknowledged a request. The last of its publications is at `position`.
    pub fn published(&mut self, ticket: Ticket, position: &Position) {
        let Some(sent) = self.forget(ticket) else { return };
        let lines = sent.lines.len() as u64;
        self.counts.published += lines;
        match sent.to {
            Destination::Topic => self.position = Some(position.clone()),
            Destination::Log => self.counts.logged += lines,
        }
    }

    /// Returns the numbers of the lines of a refused request if the request was for the topic TOPIC/log, which receives
    /// the lines that are not in the format of the input. Returns `None` for other requests.
    pub fn refused_log(&mut self, ticket: Ticket) -> Option<Vec<u64>> {
        let is_log = self.under_way.iter().any(|sent| sent.ticket == ticket && sent.to == Destination::Log);
        if is_log { self.forget(ticket).map(|sent| sent.lines) } else { None }
    }

    /// Counts the lines of requests that the session has dropped. They count as lost.
    pub fn dropped(&mut self, tickets: &[Ticket]) {
        let lost =
            tickets.iter().filter_map(|ticket| self.forget(*ticket)).map(|sent| sent.lines.len() as u64);
        self.lost += lost.collect::<Vec<_>>().into_iter().sum::<u64>();
    }

    /// Counts a header, a comment, a separator or an average.
    pub fn structure(&mut self) {
        self.counts.structure += 1;
    }

    /// Counts a blank line.
    pub fn blank(&mut self) {
        self.counts.blank += 1;
    }

    /// Counts a line that could not be published. Prints the reason if fewer than [`SHOWN`] lines were faulty before.
    pub fn bad_line(&mut self, number: u64, reason: &str) {
        self.counts.unreadable += 1;
        if self.counts.unreadable <= SHOWN {
            say(Paint::stderr().paint(Look::Yellow, format_args!("line {number}: {reason}")));
        }
        if self.counts.unreadable == SHOWN {
            say(Paint::stderr()
                .paint(Look::Dim, "further lines that cannot be published are counted, but not shown"));
        }
    }

    /// Returns the counts so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Returns the number of lines that were sent and are not acknowledged.
    pub fn unacknowledged(&self) -> u64 {
        self.under_way.iter().map(|sent| sent.lines.len() as u64).sum()
    }

    /// Returns the position of the last acknowledged publication to the topic that was named on the command line.
    pub fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    /// Returns success if every line was either published or skipped as a header, comment, separator, average or blank
    /// line.
    ///
    /// # Errors
    ///
    /// An error if some lines could not be published, or if the session has dropped requests.
    pub fn verdict(&self) -> Result<(), CliError> {
        match (self.counts.unreadable, self.lost) {
            (0, 0) => Ok(()),
            (bad, 0) => Err(CliError::failed(format!("{} could not be published", lines(bad)))
                .hint("the reasons are above; if the format was not recognised, name it with --format (see `tickertape pipe --help`)")),
            (_, lost) => Err(CliError::failed(format!("{} may be missing on the server, because it did not acknowledge them", lines(lost)))),
        }
    }

    /// Prints the number of lines and the rate on a terminal. The line replaces the previous one.
    pub fn show(&mut self, session: &Session, topic: &Topic) {
        let now = Instant::now();
        let total = self.counts.published;
        let (before, published) =
            self.shown.replace((now, self.counts.published)).unwrap_or((now, self.counts.published));
        let seconds = now.duration_since(before).as_secs_f64();
        let rate = if seconds > 0.0 { (total - published) as f64 / seconds } else { 0.0 };
        let state = session.state_words();
        show(format_args!("{topic}  {}  {rate:.0}/s  {state}", lines(total)));
    }

    fn forget(&mut self, ticket: Ticket) -> Option<Sent> {
        let at = self.under_way.iter().position(|sent| sent.ticket == ticket)?;
        self.under_way.remove(at)
    }
}

/// Formats a number of lines: `1 line`, `2 lines`.
pub fn lines(count: u64) -> String {
    if count == 1 { "1 line".into() } else { format!("{count} lines") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_counts_all_four() {
        let counts = Counts { published: 7, logged: 1, structure: 2, unreadable: 3, blank: 4 };
        let topic = Topic::new("a").unwrap();
        assert_eq!(
            counts.words(&topic),
            "7 lines published to a (1 of them to a/log); skipped: 2 headers, comments and the like, 4 blank; could not be published: 3"
        );
    }

    #[test]
    fn the_help_says_how_many_faulty_lines_are_reported() {
        use clap::CommandFactory;
        let help =
            crate::cli::Cli::command().find_subcommand_mut("pipe").unwrap().render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(SHOWN, 5);
        assert!(help.contains("The first five of these are reported on standard error"), "{help}");
    }

    #[test]
    fn one_line_is_one() {
        assert_eq!([0, 1, 2].map(lines), ["0 lines", "1 line", "2 lines"]);
    }
}
