//! Recognises the format of an input, reads its lines, and returns a result for each line.

mod publisher;
mod times;

use std::collections::{BTreeMap, VecDeque};
use std::mem;

use crate::data::Data;
use crate::format::{Format, csv};
use crate::guess::{self, Guess};
use crate::lines::Line;
use crate::options::Options;
use crate::outcome::{Destination, Moment, Outcome, Publication};
use crate::parser::Parser;
use crate::row::Row;
use crate::time::Zone;
use crate::verdict::Read;

use publisher::Publisher;
pub use publisher::{TICK_MS, TIMEOUT_MS};
pub use times::IgnoredTime;

/// Number of lines that must have had the format before it counts as settled. After that, a single line with another
/// format does not change the format.
const SETTLED: u64 = 3;
/// Number of consecutive lines that must have another format before a settled format is changed.
const LINES_TO_CHANGE_FORMAT: usize = 5;
/// Number of consecutive lines that must have a format before lines are no longer published as text.
const LINES_BEFORE_TEXT_ENDS: usize = 3;

/// Reads the lines of one input: recognises their format, and returns a result for each line.
#[derive(Debug)]
pub struct Reader {
    options: Options,
    parser: Option<Parser>,
    /// Number of lines that have been read in the present format.
    fits: u64,
    /// Line numbers and texts of the lines that are held back until their format is recognised.
    held: Vec<(u64, String)>,
    held_since_ms: u64,
    /// Lines whose meaning depends on the next line: a possible header, or the beginning of a value that is printed
    /// over several lines.
    waiting: Vec<(u64, String)>,
    /// The last consecutive lines that did not have the present format. If the format is `text`, these are the last
    /// lines of the input.
    unmatched_lines: VecDeque<String>,
    /// Number of lines that have been read since the format `text` was chosen.
    texts: u64,
    publisher: Publisher,
    /// The time at which the last line was read. It is the reference for times without a date.
    now: Moment,
}

impl Reader {
    /// Creates a reader for one input. `zone` is the time zone of times in the lines that do not name one.
    pub fn new(options: Options, zone: Box<dyn Zone>) -> Self {
        let parser = options.format.map(|format| Parser::new(format, &options, true));
        Self {
            options,
            parser,
            fits: 0,
            held: Vec::new(),
            held_since_ms: 0,
            waiting: Vec::new(),
            unmatched_lines: VecDeque::new(),
            texts: 0,
            publisher: Publisher::new(zone),
            now: Moment { mono_ms: 0, wall_ms: 0 },
        }
    }

    /// Returns the format of the input; `None` if it is not recognised yet.
    pub fn format(&self) -> Option<Format> {
        self.parser.as_ref().map(Parser::format)
    }

    /// Returns the units of the series so far. The key is the path of a series in the data, such as `disk.free`. It
    /// is empty for a value without a name.
    pub fn units(&self) -> BTreeMap<String, String> {
        self.publisher.units()
    }

    /// Returns the number of series that have a unit. It never decreases, so the caller can compare it to notice new
    /// units.
    pub fn unit_count(&self) -> usize {
        self.publisher.unit_count()
    }

    /// Returns the times that cannot be used and that have to be reported to the user, and forgets them. There is at most
    /// one that is too old, one that is too far ahead of the clock, and one whose date can mean two days.
    pub fn take_ignored_times(&mut self) -> Vec<IgnoredTime> {
        self.publisher.take_ignored_times()
    }

    /// Returns the time at which the caller has to call [`Reader::wake`], in milliseconds of the monotonic clock;
    /// `None` if this is not necessary.
    pub fn due_ms(&self) -> Option<u64> {
        let held = (!self.held.is_empty()).then_some(self.held_since_ms + TIMEOUT_MS);
        held.into_iter().chain(self.publisher.due_ms()).min()
    }

    /// Reads a line. Returns the results that are known now. The result of this line may follow later, and results of
    /// earlier lines may be among them.
    pub fn read(&mut self, line: Line, now: Moment) -> Vec<Outcome> {
        self.now = now;
        let mut out = Vec::new();
        match line.text {
            Err(reason) => out.push(Outcome::Unreadable { line: line.number, reason }),
            Ok(text) if text.trim().is_empty() => out.push(Outcome::Blank { line: line.number }),
            Ok(text) if self.parser.is_none() => {
                self.hold(line.number, text);
                let lines: Vec<&str> = self.held.iter().map(|(_, text)| text.as_str()).collect();
                let guess = guess::early(&lines, &self.options);
                let is_over = self.held.len() >= guess::LINES;
                match guess {
                    Some(guess) => self.begin(guess, &mut out),
                    None if is_over => self.settle(&mut out),
                    None => {}
                }
            }
            Ok(text) => self.take(line.number, text, &mut out),
        }
        out
    }

    /// Must be called at the time that [`Reader::due_ms`] returns. If the first lines have been held back long
    /// enough, they are read in the most likely format. If no further row has come in time, the rows that belong
    /// together are published.
    pub fn wake(&mut self, now: Moment) -> Vec<Outcome> {
        self.now = now;
        let mut out = Vec::new();
        if !self.held.is_empty() && self.held_since_ms + TIMEOUT_MS <= now.mono_ms {
            self.settle(&mut out);
        }
        if self.publisher.due_ms().is_some_and(|due_ms| due_ms <= now.mono_ms) {
            self.publisher.flush(now, &mut out);
        }
        out
    }

    /// Must be called at the end of the input. Reads all lines that were held back, and returns their results.
    pub fn finish(&mut self, now: Moment) -> Vec<Outcome> {
        self.now = now;
        let mut out = Vec::new();
        self.settle(&mut out);
        if let Some(Parser::Json(json)) = &mut self.parser
            && let Some(reason) = json.finish()
        {
            let waiting = mem::take(&mut self.waiting);
            out.extend(
                waiting.into_iter().map(|(line, _)| Outcome::Unreadable { line, reason: reason.clone() }),
            );
        }
        self.reject_waiting(&mut out);
        self.settle(&mut out);
        self.publisher.flush(now, &mut out);
        out
    }

    fn hold(&mut self, number: u64, text: String) {
        if self.held.is_empty() {
            self.held_since_ms = self.now.mono_ms;
        }
        self.held.push((number, text));
    }

    /// Chooses the most likely format for the lines that are held back, and reads them in it. If another format was
    /// chosen before, publishes the lines to the topic `log` instead.
    fn settle(&mut self, out: &mut Vec<Outcome>) {
        if self.held.is_empty() {
            return;
        }
        if self.parser.is_some() {
            // A format was chosen before, but it is not settled, and these lines do not have it.
            self.log_held(out);
            return;
        }
        let lines: Vec<&str> = self.held.iter().map(|(_, text)| text.as_str()).collect();
        let guess = guess::late(&lines, &self.options);
        self.begin(guess, out);
    }

    /// Starts to read in the format of `guess`, beginning with the lines that are held back.
    fn begin(&mut self, guess: Guess, out: &mut Vec<Outcome>) {
        self.reject_waiting(out);
        self.publisher.flush(self.now, out);
        self.parser = Some(Parser::new(guess.format, &self.options, true));
        (self.fits, self.texts) = (0, 0);
        self.unmatched_lines.clear();
        let held = mem::take(&mut self.held);
        for (index, (number, text)) in held.into_iter().enumerate() {
            if index < guess.skip {
                out.push(self.log(number, text));
            } else {
                self.take_settled(number, text, out);
            }
        }
    }

    fn take(&mut self, number: u64, text: String, out: &mut Vec<Outcome>) {
        self.read_in_format(number, text, true, out);
    }

    /// Reads a line in the present format. If the line does not have this format, no other format is tried.
    fn take_settled(&mut self, number: u64, text: String, out: &mut Vec<Outcome>) {
        self.read_in_format(number, text, false, out);
    }

    fn read_in_format(&mut self, number: u64, text: String, may_change_format: bool, out: &mut Vec<Outcome>) {
        let Some(parser) = &mut self.parser else { return };
        match parser.read(&text, self.now.wall_ms) {
            Read::Row(row) => self.read_row(number, text, *row, out),
            Read::Structure => {
                out.push(Outcome::Structure { line: number });
            }
            Read::PerhapsHeader => {
                self.reject_waiting(out);
                self.waiting.push((number, text));
            }
            Read::More => self.waiting.push((number, text)),
            Read::Broken(reason) => {
                let waiting = mem::take(&mut self.waiting);
                out.extend(
                    waiting.into_iter().map(|(line, _)| Outcome::Unreadable { line, reason: reason.clone() }),
                );
                self.read_in_format(number, text, may_change_format, out);
            }
            Read::Misfit(reason) if self.options.format.is_some() => {
                out.push(Outcome::Unreadable { line: number, reason });
            }
            Read::Unfit | Read::Misfit(_) => {
                self.reject_waiting(out);
                self.unmatched_line(number, text, may_change_format, out);
            }
            Read::Bad(reason) => out.push(Outcome::Unreadable { line: number, reason }),
        }
    }

    /// Publishes the row that was read from a line and from the lines that waited for it.
    fn read_row(&mut self, number: u64, text: String, row: Row, out: &mut Vec<Outcome>) {
        self.log_held(out);
        let mut lines = self.use_waiting(out);
        lines.push(number);
        self.fits += 1;
        self.publisher.push(lines, row, self.now, out);
        if self.format() == Some(Format::Text) {
            self.recheck_text(text, out);
        } else {
            self.unmatched_lines.clear();
        }
    }

    /// Handles the lines that waited for the next line, which has become a row. Returns the numbers of those that are a part of its
    /// value.
    fn use_waiting(&mut self, out: &mut Vec<Outcome>) -> Vec<u64> {
        let waiting = mem::take(&mut self.waiting);
        let missing = match &self.parser {
            Some(Parser::Json(_)) => return waiting.into_iter().map(|(line, _)| line).collect(),
            Some(Parser::Columns(columns)) if !columns.took_candidate() => {
                out.extend(waiting.into_iter().map(|(line, text)| self.log(line, text)));
                return Vec::new();
            }
            Some(Parser::Columns(columns)) => columns.missing_column(),
            _ => None,
        };
        out.extend(waiting.into_iter().map(|(line, _)| match &missing {
            Some(reason) => Outcome::Unreadable { line, reason: reason.clone() },
            None => Outcome::Structure { line },
        }));
        Vec::new()
    }

    /// Handles the lines that waited for the next line. The next line has shown that they are neither a header nor
    /// part of a value.
    fn reject_waiting(&mut self, out: &mut Vec<Outcome>) {
        for (number, text) in mem::take(&mut self.waiting) {
            self.unmatched_line(number, text, true, out);
        }
    }

    /// Handles a line that does not have the present format. If the format is settled, the line is published to the
    /// topic `log`. If it is not, the format may be wrong, so another one is tried.
    fn unmatched_line(&mut self, number: u64, text: String, may_change_format: bool, out: &mut Vec<Outcome>) {
        if self.options.format.is_some() || !may_change_format {
            out.push(self.log(number, text));
            return;
        }
        self.remember(text.clone());
        if self.is_settled() {
            out.push(self.log(number, text));
            let is_enough = self.unmatched_lines.len() >= LINES_TO_CHANGE_FORMAT;
            let lines: Vec<&str> = self.unmatched_lines.iter().map(String::as_str).collect();
            let other = is_enough.then(|| guess::whole(&lines, &self.options)).flatten();
            // Lines of a table with another number of columns have the same format, but not the same header.
            let is_other = |format: &Format| *format == Format::Csv || Some(*format) != self.format();
            if let Some(format) = other.filter(is_other) {
                self.change(format, out);
            }
            return;
        }
        self.hold(number, text);
        let lines: Vec<&str> = self.held.iter().map(|(_, text)| text.as_str()).collect();
        let is_other = |guess: &Guess| Some(guess.format) != self.format();
        let other = guess::early(&lines, &self.options).filter(is_other);
        // Lines that were already published to the log count, too: the input may be slow.
        let earlier = self.unmatched_lines.len().saturating_sub(lines.len());
        let is_over = lines.len() >= guess::LINES;
        match other.filter(|guess| guess.lines + earlier >= self.lines_to_doubt()) {
            Some(guess) => self.begin(guess, out),
            None if is_over => match Some(guess::late(&lines, &self.options)).filter(is_other) {
                Some(guess) => self.begin(guess, out),
                None => self.log_held(out),
            },
            None => {}
        }
    }

    /// Returns true if the format is settled, so that a few lines without this format no longer change it. For a table,
    /// the header and one row below it are sufficient, because the header would be lost by a change.
    fn is_settled(&self) -> bool {
        let has_header = matches!(self.format(), Some(Format::Csv | Format::Columns));
        self.fits >= if has_header { 1 } else { SETTLED }
    }

    /// Returns the number of consecutive lines that must have another format before a format that is not settled is
    /// changed. One line fewer is needed to change from the format of a single number on each line, because a number
    /// may be a count in a banner.
    fn lines_to_doubt(&self) -> usize {
        let fits = usize::try_from(self.fits).unwrap_or(usize::MAX);
        if self.format() == Some(Format::Number) { fits.max(1) } else { fits.saturating_add(1) }
    }

    fn remember(&mut self, text: String) {
        self.unmatched_lines.push_back(text);
        if self.unmatched_lines.len() > LINES_TO_CHANGE_FORMAT {
            self.unmatched_lines.pop_front();
        }
    }

    /// Changes the format for the following lines. The lines before them, which were already published, are not published again,
    /// but they may contain the header of the new format.
    fn change(&mut self, format: Format, out: &mut Vec<Outcome>) {
        self.publisher.flush(self.now, out);
        let mut parser = Parser::new(format, &self.options, true);
        if matches!(format, Format::Csv | Format::Columns) {
            self.unmatched_lines.iter().for_each(|line| drop(parser.read(line, self.now.wall_ms)));
        }
        self.parser = Some(parser);
        (self.fits, self.texts) = (0, 0);
        self.unmatched_lines.clear();
    }

    /// Examines the last lines of an input with the format `text`, and changes the format if they have another one.
    /// `text` is chosen if no other format fits, so it may only be the format of a long banner before the data.
    fn recheck_text(&mut self, text: String, out: &mut Vec<Outcome>) {
        if self.options.format.is_some() {
            return;
        }
        self.texts += 1;
        self.remember(text);
        // Looking for a format takes time, so it is done for the first hundred lines and then only for every fiftieth line.
        if self.texts > 100 && !self.texts.is_multiple_of(50) {
            return;
        }
        let lines: Vec<&str> = self.unmatched_lines.iter().map(String::as_str).collect();
        let tail = &lines[lines.len().saturating_sub(LINES_BEFORE_TEXT_ENDS)..];
        if tail.len() < LINES_BEFORE_TEXT_ENDS {
            return;
        }
        let Some(format) = guess::whole(tail, &self.options) else { return };
        // If the line before it has as many fields, the first line is a row of a table without numbers, and no header.
        let before = lines.len().checked_sub(LINES_BEFORE_TEXT_ENDS + 1).map(|at| lines[at]);
        if format == Format::Csv && before.is_some_and(|before| csv::has_same_fields(before, tail[0])) {
            return;
        }
        // Each of the last lines must have the same format. A header and the rows below it have it only together.
        let agree = matches!(format, Format::Csv | Format::Columns | Format::Labels)
            || tail
                .iter()
                .all(|line| guess::early(&[line], &self.options).is_some_and(|one| one.format == format));
        if agree {
            self.unmatched_lines.drain(..self.unmatched_lines.len() - LINES_BEFORE_TEXT_ENDS);
            self.change(format, out);
        }
    }

    fn log_held(&mut self, out: &mut Vec<Outcome>) {
        for (number, text) in mem::take(&mut self.held) {
            out.push(self.log(number, text));
        }
    }

    fn log(&self, number: u64, text: String) -> Outcome {
        Outcome::Publish(Publication {
            lines: vec![number],
            to: Destination::Log,
            json: Data::Text(text).to_json(),
            ts: None,
        })
    }
}

#[cfg(test)]
mod tests;
