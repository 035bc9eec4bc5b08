//! Recognises the format of an input, reads its lines, and returns a result for each line.

mod times;

use std::collections::{BTreeMap, VecDeque};
use std::mem;

use shared::Millis;

use crate::cell::Units;
use crate::data::Data;
use crate::error::LineError;
use crate::format::{Format, csv};
use crate::guess::{self, Guess};
use crate::lines::Line;
use crate::names::Names;
use crate::options::Options;
use crate::parser::Parser;
use crate::row::{Assembled, Ticks};
use crate::time::{Stamp, Zone};
use crate::verdict::Read;

pub use times::IgnoredTime;
use times::Times;

/// Maximum time for which the first lines are held back until their format is certain, in milliseconds. After this
/// time, the most likely format is chosen.
pub const TIMEOUT_MS: u64 = 1_000;
/// The rows of several devices form one publication. It is complete if no further row has come for this time, in
/// milliseconds. For the first publication, the time is [`TIMEOUT_MS`].
pub const TICK_MS: u64 = 100;
/// Number of lines that must have had the format before it counts as settled. After that, a single line with another
/// format does not change the format.
const SETTLED: u64 = 3;
/// Number of consecutive lines that must have another format before a settled format is changed.
const LINES_TO_CHANGE_FORMAT: usize = 5;
/// Number of consecutive lines that must have a format before lines are no longer published as text.
const LINES_BEFORE_TEXT_ENDS: usize = 3;

/// The time at which a line was read, by two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Time by the monotonic clock, in milliseconds.
    pub mono_ms: u64,
    /// Time by the wall clock, in milliseconds since the Unix epoch.
    pub wall_ms: Millis,
}

/// The topic to which a publication belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// The topic that the user gave for the input.
    Topic,
    /// The topic `log` below the topic of the input. It gets the lines that do not have the format of the input.
    Log,
}

/// A publication that was made from one or more lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Numbers of the lines from which the publication was made, in ascending order.
    pub lines: Vec<u64>,
    /// The topic to which the publication belongs.
    pub to: Destination,
    /// The data as JSON text. Numbers have the digits that were written.
    pub json: String,
    /// The time that the lines contain, in milliseconds since the Unix epoch. `None` if they contain none: the time
    /// of reading applies then.
    pub ts: Option<Millis>,
}

/// The result for one line, or for all lines of a publication. Every line has exactly one result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The lines are parts of this publication.
    Publish(Publication),
    /// The line is a header, a comment, a separator or an average, which is not published.
    Structure {
        /// Number of the line.
        line: u64,
    },
    /// The line cannot be read and is not published. The reason should be reported to the user.
    Unreadable {
        /// Number of the line.
        line: u64,
        /// The reason why the line cannot be read.
        reason: LineError,
    },
    /// The line is blank.
    Blank {
        /// Number of the line.
        line: u64,
    },
}

/// Reads the lines of one input: recognises their format, and returns a result for each line.
#[derive(Debug)]
pub struct Reader {
    options: Options,
    zone: Box<dyn Zone>,
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
    ticks: Ticks,
    tick_ms: u64,
    units: Units,
    times: Times,
    /// The time at which the last line was read. It is the reference for times without a date.
    now: Moment,
}

impl Reader {
    /// Creates a reader for one input. `zone` is the time zone of times in the lines that do not name one.
    pub fn new(options: Options, zone: Box<dyn Zone>) -> Self {
        let parser = options.format.map(|format| Parser::new(format, &options, true));
        Self {
            options,
            zone,
            parser,
            fits: 0,
            held: Vec::new(),
            held_since_ms: 0,
            waiting: Vec::new(),
            unmatched_lines: VecDeque::new(),
            texts: 0,
            ticks: Ticks::default(),
            tick_ms: 0,
            units: Units::default(),
            times: Times::default(),
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
        self.units.written().map(|(name, unit)| (name.to_owned(), unit.to_owned())).collect()
    }

    /// Returns the number of series that have a unit. It never decreases, so the caller can compare it to notice new
    /// units.
    pub fn unit_count(&self) -> usize {
        self.units.count()
    }

    /// Returns the times that cannot be used and that have to be reported to the user, and forgets them. There is at most
    /// one that is too old, and one that is too far ahead of the clock.
    pub fn take_ignored_times(&mut self) -> Vec<IgnoredTime> {
        self.times.take_ignored()
    }

    /// Returns the time at which the caller has to call [`Reader::wake`], in milliseconds of the monotonic clock;
    /// `None` if this is not necessary.
    pub fn due_ms(&self) -> Option<u64> {
        let held = (!self.held.is_empty()).then_some(self.held_since_ms + TIMEOUT_MS);
        let tick = (!self.ticks.is_empty()).then_some(self.tick_due_ms());
        held.into_iter().chain(tick).min()
    }

    /// Returns the time at which the rows that wait are published. The first rows of an input wait longer, because they
    /// show whether there are several devices: the rows of a slow input must not have another form than later ones.
    fn tick_due_ms(&self) -> u64 {
        self.tick_ms + if self.ticks.is_undecided() { TIMEOUT_MS } else { TICK_MS }
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
        if !self.ticks.is_empty() && self.tick_due_ms() <= now.mono_ms {
            self.flush_tick(&mut out);
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
        self.flush_tick(&mut out);
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
        self.flush_tick(out);
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
        match parser.read(&text) {
            Read::Row(row) => {
                let is_joined = matches!(parser, Parser::Json(_));
                let is_text = matches!(parser, Parser::Text);
                let is_header = !matches!(parser, Parser::Columns(columns) if !columns.took_candidate());
                let missing = match parser {
                    Parser::Columns(columns) => columns.missing_column(),
                    _ => None,
                };
                self.log_held(out);
                let waiting = mem::take(&mut self.waiting);
                let mut lines = Vec::new();
                for (line, text) in waiting {
                    if is_joined {
                        lines.push(line);
                    } else if !is_header {
                        out.push(self.log(line, text));
                    } else {
                        out.push(match &missing {
                            Some(reason) => Outcome::Unreadable { line, reason: reason.clone() },
                            None => Outcome::Structure { line },
                        });
                    }
                }
                lines.push(number);
                self.fits += 1;
                if !is_text {
                    self.unmatched_lines.clear();
                }
                let done = self.ticks.push(lines, *row, &mut self.units);
                self.tick_ms = self.now.mono_ms;
                self.publish(done, out);
                if is_text {
                    self.recheck_text(text, out);
                }
            }
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
            Read::Unfit => {
                self.reject_waiting(out);
                self.unmatched_line(number, text, may_change_format, out);
            }
            Read::Bad(reason) => out.push(Outcome::Unreadable { line: number, reason }),
        }
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
            if let Some(format) = other.filter(|format| Some(*format) != self.format()) {
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
        self.flush_tick(out);
        let mut parser = Parser::new(format, &self.options, true);
        if matches!(format, Format::Csv | Format::Columns) {
            self.unmatched_lines.iter().for_each(|line| drop(parser.read(line)));
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

    fn flush_tick(&mut self, out: &mut Vec<Outcome>) {
        let done = self.ticks.flush(&mut self.units);
        self.publish(done, out);
    }

    fn publish(&mut self, done: Vec<Assembled>, out: &mut Vec<Outcome>) {
        for Assembled { data, stamp, time_fields, lines } in done {
            let Some(data) = data.filter(|data| !data.is_empty()) else {
                out.extend(
                    lines.into_iter().map(|line| Outcome::Unreadable { line, reason: LineError::NoValue }),
                );
                continue;
            };
            let (data, ts) = self.timed(data, stamp, time_fields);
            out.push(Outcome::Publish(Publication {
                lines,
                to: Destination::Topic,
                json: data.to_json(),
                ts,
            }));
        }
    }

    /// Returns the data of a publication and its time. A time that the server would refuse is not used, but published
    /// as a field: in the fields from which it was read, or in `time`.
    fn timed(
        &mut self,
        data: Data,
        stamp: Option<Stamp>,
        time_fields: Vec<(String, Data)>,
    ) -> (Data, Option<Millis>) {
        let Some(stamp) = stamp else { return (data, None) };
        // The time of `{"data", "ts"}` is explicit, so it is passed on. If the server would refuse it, the line is
        // reported.
        if matches!(data, Data::Json(_)) && time_fields.is_empty() {
            return (data, stamp.resolve(self.zone.as_ref(), self.now.wall_ms));
        }
        let written = time_fields.iter().find_map(|(_, data)| data.text());
        let ts = self.times.resolve(stamp, written.as_deref(), self.zone.as_ref(), self.now.wall_ms);
        match (data, ts) {
            (Data::Object(fields), None) => {
                let kept = if time_fields.is_empty() {
                    vec![("time".to_owned(), Data::Text(stamp.written()))]
                } else {
                    time_fields
                };
                let mut names = Names::default();
                let fields = kept.into_iter().chain(fields);
                (Data::Object(fields.map(|(name, data)| (names.take(name), data)).collect()), None)
            }
            (data, ts) => (data, ts),
        }
    }
}

#[cfg(test)]
mod tests;
