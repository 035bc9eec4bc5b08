//! Reads columns below a header, as vmstat, iostat, mpstat, sar, pidstat, df, free, ps and `docker stats` print them.
//!
//! Such programs print not only rows, but also a banner, lines of dashes, repeated headers, and an average at the
//! end. A line of words is a header only if the next line is a row with the same columns.

mod clocks;
mod header;
mod types;
mod words;

use shared::Millis;

use super::epochs::{self, Epochs};
use super::json;
use super::keys::{self, DOUBTFUL, Keys};
use crate::cell::{self, Cell, Style};
use crate::data::Data;
use crate::error::LineError;
use crate::number::{self, Commas};
use crate::row::Row;
use crate::time::{self, Stamp};
use crate::unit::Unit;
use crate::verdict::Read;
use clocks::Clocks;
use header::{Header, LAST};
use types::{Types, is_number};
use words::{Bars, Group, groups, groups_between_bars, is_separator, words};

/// Names of columns that identify the device of a row, such as a disk or a process. The most specific names come
/// first. The names in [`DOUBTFUL`] come after all of them.
const KEYS: [&str; 26] = [
    "pid",
    "tid",
    "tgid",
    "device",
    "device:",
    "dev",
    "iface",
    "interface",
    "container id",
    "name/ip address",
    "container",
    "name",
    "pod",
    // A file system may be mounted several times, or have the name of many others, such as `tmpfs`.
    "mounted on",
    "mounted",
    "mountpoint",
    "filesystem",
    "filesys",
    "idx",
    "node",
    "fchost",
    "bus",
    "proc",
    "intr",
    "tty",
    "variable_name",
];
/// Names of columns that contain a time of day.
const CLOCKS: [&str; 5] = ["time", "hh:mm:ss", "uhrzeit", "heure", "hora"];
/// Words with which the tools of sysstat begin the line with the average over the whole run, in the languages into
/// which sysstat is translated.
const AVERAGES: [&str; 9] = [
    "Average:",
    "Summary:",
    "Media:",
    "Durchschn.:",
    "Moyenne",
    "Gemiddelde:",
    "Średnia:",
    "Gennemsnit:",
    "Média:",
];

/// Reads tables whose columns are separated by blanks: headers, and the rows below them.
#[derive(Debug)]
pub struct Columns {
    key: Option<String>,
    time: Option<String>,
    header: Option<Header>,
    /// The last line of words. It is a header if the next line is a row with the same columns.
    candidate: Option<Header>,
    /// True if the last row belonged to the line of words directly before it, so that this line is a header.
    took_candidate: bool,
    /// The day in the banner, as the time from 1970 to its beginning in milliseconds.
    day: Option<i64>,
    /// The time in the last line that contained only a time. It applies to the rows below that line.
    stamp: Option<Stamp>,
    /// Names that a line of dashes gives to groups of columns, each with its place in the line.
    groups: Vec<Group>,
    /// The clocks of the tables below the banner. Each activity of sar is a table of its own.
    clocks: Clocks,
    commas: Commas,
    keys: Keys,
    epochs: Epochs,
    types: Types,
}

impl Columns {
    /// Creates a reader for one input. `key` is the name of the column that identifies the device of a row, such as a
    /// disk. `time` is the name of the column with the time. Both are `None` if the user did not specify them.
    pub fn new(key: Option<String>, time: Option<String>) -> Self {
        Self {
            key,
            time,
            header: None,
            candidate: None,
            took_candidate: false,
            day: None,
            stamp: None,
            clocks: Clocks::default(),
            groups: Vec::new(),
            commas: Commas::default(),
            keys: Keys::default(),
            epochs: Epochs::default(),
            types: Types::default(),
        }
    }

    /// Reads a line, which may be a header, a row, or one of the other lines that such programs print. `now` is the
    /// time of reading.
    pub fn read(&mut self, line: &str, now: Millis) -> Read {
        if is_separator(line) {
            self.groups = groups(line);
            return Read::Structure;
        }
        if self.is_banner(line, now) {
            return Read::Structure;
        }
        if let Some(stamp) = self.time_of_rows(line.trim(), now) {
            self.stamp = Some(stamp);
            return Read::Structure;
        }
        let words = words(line);
        if self.is_average(&words) {
            return Read::Structure;
        }
        if let Some(row) = self.row(line, &words, now) {
            return row.into();
        }
        self.header(line, words)
    }

    /// Returns true if the last row belonged to the line of words directly before it, so that this line is a header.
    pub fn took_candidate(&self) -> bool {
        self.took_candidate
    }

    /// Returns an error if the user has named a column that the table does not have. A table with the name of a
    /// section, such as `avg-cpu:`, may belong to another table with this column.
    pub fn missing_column(&self) -> Option<LineError> {
        let header = self.header.as_ref().filter(|header| header.section.is_none())?;
        let is_missing = |name: &&str| !header.has_column(name);
        LineError::no_column(
            [self.key.as_deref().filter(is_missing), self.time.as_deref().filter(is_missing)],
            &header.names,
        )
    }

    /// Returns true if the line is a banner such as `Linux 6.1.0 (board) 11/22/26 _x86_64_ (2 CPU)`. Stores the day
    /// in the banner, to which the times in the rows belong.
    fn is_banner(&mut self, line: &str, now: Millis) -> bool {
        let is_banner = line.starts_with("Linux ") && line.contains('(');
        if is_banner {
            // A version of the kernel, which stands before the name of the host, may look like a date.
            let rest = line.split_once(')').map_or("", |(_, rest)| rest);
            self.day = rest.split_whitespace().find_map(|word| time::read_likely_date(word, now, now));
            self.clocks = Clocks::default();
        }
        is_banner
    }

    /// Reads a line that contains only a date and a time of day, which apply to the rows below it. If either number of the
    /// date can be the month, the day closest to that of the last such line, or of the banner, is meant.
    fn time_of_rows(&self, line: &str, now: Millis) -> Option<Stamp> {
        let near = match self.stamp {
            Some(Stamp::Local(ms)) => ms,
            _ => self.day.unwrap_or(now),
        };
        time::read(line).or_else(|| {
            let (date, clock) = line.split_once(' ')?;
            let ms = time::read_time_of_day(clock.trim())?;
            Some(Stamp::Local(time::read_likely_date(date, near, now)? + ms))
        })
    }

    fn is_average(&self, words: &[String]) -> bool {
        let Some(first) = words.first() else { return false };
        let header = self.candidate.as_ref().or(self.header.as_ref());
        let is_timed = header.is_some_and(|header| header.begins_with_time);
        AVERAGES.contains(&first.as_str())
            || (is_timed && (first.ends_with(':') || words.get(1).is_some_and(|word| word == ":")))
    }

    fn row(&mut self, line: &str, words: &[String], now: Millis) -> Option<Row> {
        let has_header = self.header.is_some();
        // If the candidate has single blanks between its words, it is rather a sentence than a new header, so the
        // known header is tried first.
        let is_next_header =
            |candidate: &Header| self.header.as_ref().is_some_and(|known| candidate.is_next_after(known));
        let is_prose = self
            .candidate
            .as_ref()
            .is_some_and(|candidate| candidate.is_spaced_like_prose && !is_next_header(candidate));
        if is_prose
            && has_header
            && self.candidate.as_ref().is_some_and(|candidate| candidate.names.len() < 3)
        {
            // Two words within a table are a title.
            self.candidate = None;
        }
        let known = [self.candidate.clone(), self.header.clone()];
        let ordered = if is_prose && has_header { [known[1].clone(), known[0].clone()] } else { known };
        let found = ordered.into_iter().flatten().find_map(|header| {
            let (names, cells) = header.split(line, words)?;
            let is_used = self.header.as_ref() == Some(&header);
            // A line with the bars of the header is a row even if it has few numbers.
            let is_clear = is_used || header.bars == Bars::BetweenColumns;
            let fits = is_row(&cells, is_clear) && !(is_used && self.types.contradict(&cells));
            fits.then_some((header, names, cells))
        });
        let (mut header, names, cells) = found?;
        self.took_candidate = self.candidate.as_ref() == Some(&header);
        self.candidate = None;
        if self.took_candidate {
            self.header = Some(header.clone());
            self.types = Types::default();
            self.epochs = Epochs::default();
        }
        self.types.learn(&cells);
        // Without a name at its beginning, the row has no name.
        header.has_row_names &= line.starts_with(|c: char| !c.is_whitespace());
        header.names = names;
        cells.iter().for_each(|(_, text)| self.commas.observe(text));
        let style = Style { comma: self.commas.between_others(), has_letters: true };
        Some(self.build(&header, cells, style, now))
    }

    fn build(&mut self, header: &Header, cells: Vec<(usize, String)>, style: Style, now: Millis) -> Row {
        let mut stamp = self.stamp;
        let mut time_fields = Vec::new();
        let mut fields = Vec::with_capacity(cells.len());
        let mut key = header.section.clone().map(|section| (section, None));
        let times = self.times(header, &cells, now);
        for ((column, text), time) in cells.into_iter().zip(times) {
            let Some(name) = header.names.get(column) else { continue };
            if let Some(time) = time {
                stamp = Some(self.dated(time, header));
                if !self.is_time_column(header, column) {
                    time_fields.push((name.clone(), epochs::kept(&text)));
                }
                continue;
            }
            let cell = match (read_cell(name, &text, style), header.units.get(column).cloned().flatten()) {
                (Cell::Value(Data::Number(number)), Some(unit)) => {
                    Cell::Quantity { number, unit, written: text.clone() }
                }
                (cell, _) => cell,
            };
            fields.push((name.clone(), text, cell));
        }
        if key.is_none() {
            key = self.key_of(header, &fields);
        }
        // The name of the row is not one of its values.
        let names = usize::from(header.has_row_names && self.key.is_none());
        let cells = fields.into_iter().skip(names).map(|(name, _, cell)| (name, cell)).collect();
        let row = Row { stamp, time_fields, ..Row::fields(cells) };
        match key {
            Some((key, column)) => Row { path: vec![key], key_column: column, ..row },
            None => row,
        }
    }

    /// Returns the time in each cell of a row; `None` for a cell without one. A number is a time only if no other cell is.
    fn times(&mut self, header: &Header, cells: &[(usize, String)], now: Millis) -> Vec<Option<Stamp>> {
        let is_named = self.time.as_ref().is_some_and(|time| header.has_column(time));
        let read = |(column, text): &(usize, String)| {
            let name = header.names.get(*column)?;
            let is_time_column = self.is_time_column(header, *column);
            // Further to the right, a time of day is a duration, as the processor time in the output of `ps`.
            let may_be_clock = *column < 2;
            let may_be_time = is_time_column || !is_named;
            may_be_time.then(|| read_stamp(name, text, is_time_column, may_be_clock)).flatten()
        };
        let mut times: Vec<Option<Stamp>> = cells.iter().map(read).collect();
        if is_named || times.iter().any(Option::is_some) {
            self.epochs.rule_out();
            return times;
        }
        let name = |column: usize| header.names.get(column).map_or("", String::as_str);
        let texts: Vec<(usize, &str, &str)> =
            (0..).zip(cells).map(|(at, (column, text))| (at, name(*column), text.as_str())).collect();
        if let Some((at, ms)) = self.epochs.read(&texts, now) {
            times[at] = Some(Stamp::Utc(ms));
        }
        times
    }

    /// Returns true if the column with this index contains the time: the user has named it, or it has no name, as in the
    /// tables of sysstat.
    fn is_time_column(&self, header: &Header, column: usize) -> bool {
        let is_first = header.begins_with_time && column == 0;
        is_first || self.time.as_ref().is_some_and(|time| header.names.get(column) == Some(time))
    }

    /// Returns the text that identifies the device of a row, and the name of the column that contains the text. The
    /// name is `None` if the header is blank above that column.
    fn key_of(
        &mut self,
        header: &Header,
        fields: &[(String, String, Cell)],
    ) -> Option<(String, Option<String>)> {
        let column = match self.key.as_ref().filter(|key| header.has_column(key)) {
            Some(key) => fields.iter().find(|(name, _, _)| name.eq_ignore_ascii_case(key)),
            None if header.has_row_names => fields.first(),
            None => self.recognised_key(header, fields),
        };
        let (name, text, _) = column?;
        let key = if header.has_row_names { text.trim_end_matches(':') } else { text };
        // If the header leaves the column of the name blank, the row is always published below its name.
        Some((key.to_owned(), (!header.has_row_names).then(|| name.clone())))
    }

    fn recognised_key<'a>(
        &mut self,
        header: &Header,
        fields: &'a [(String, String, Cell)],
    ) -> Option<&'a (String, String, Cell)> {
        // A column that is the only one with values does not identify a device.
        if fields.len() < 2 {
            return None;
        }
        // The tools of sysstat print only such columns with these names that identify a device.
        let is_certain = header.begins_with_time;
        let mut named = |wanted: &&str| {
            let field = fields.iter().find(|(name, _, _)| name.eq_ignore_ascii_case(wanted))?;
            self.keys.accepts(&field.0, &field.1, is_certain).then_some(field)
        };
        let is_last = |name: &str| LAST.iter().any(|last| name.eq_ignore_ascii_case(last));
        let is_text = |cell: &Cell| matches!(cell, Cell::Value(Data::Text(_)));
        let text = || fields.iter().find(|(name, _, cell)| is_text(cell) && !is_last(name));
        let strong = KEYS.iter().find_map(&mut named);
        strong.or_else(|| {
            let doubtful = DOUBTFUL.iter().find_map(named);
            let is_sure = |field: &&(String, String, Cell)| is_certain || keys::is_clear(&field.1);
            doubtful.filter(is_sure).or_else(text).or(doubtful)
        })
    }

    /// Converts a time of day to a time on the day in the banner, or on a later day if midnight has passed. `header` is that of
    /// the table. Returns the time unchanged if the day is not known.
    fn dated(&mut self, stamp: Stamp, header: &Header) -> Stamp {
        let (Stamp::TimeOfDay(ms), Some(day)) = (stamp, self.day) else { return stamp };
        stamp.on_day(Some(day + self.clocks.passed_ms(&header.names, header.time_of_day(), ms)))
    }

    fn header(&mut self, line: &str, words: Vec<String>) -> Read {
        let header = Header::read(line, words, &self.groups);
        if Bars::of(line) == Bars::BetweenGroups {
            self.groups = groups_between_bars(line);
        }
        let Some(header) = header else { return Read::Unfit };
        if let Some(candidate) = &mut self.candidate
            && line.trim_start().starts_with('#')
            && candidate.names.len() == header.names.len()
        {
            // The second line of `nvidia-smi dmon` contains the units.
            candidate.units = header.names.iter().map(|name| Unit::read(name)).collect();
            return Read::Structure;
        }
        if self.header.as_ref().is_some_and(|known| known.is_same(&header)) {
            self.candidate = None;
            return Read::Structure;
        }
        self.candidate = Some(header);
        Read::PerhapsHeader
    }
}

/// Returns true if the texts of a line are the values of a row and not other words. At least half of them must be
/// numbers. One number is enough if the line is clearly part of the table (`is_clear`), as when
/// the header already had rows.
fn is_row(cells: &[(usize, String)], is_clear: bool) -> bool {
    let numbers = cells.iter().filter(|(_, text)| is_number(text)).count();
    let times = cells.iter().filter(|(_, text)| time::read_time_of_day(text).is_some()).count();
    cells.len() >= 2 && numbers > times && (is_clear || numbers * 2 >= cells.len())
}

fn read_cell(name: &str, text: &str, style: Style) -> Cell {
    if matches!(text, "-" | "--") {
        return Cell::Missing;
    }
    match number::read_grouped(text).or_else(|| number::read_dotted(text, style.comma)) {
        Some(number) => Cell::Value(Data::Number(number)),
        None => json::pair(name, text, style).unwrap_or_else(|| cell::read(text, style)),
    }
}

/// Reads the time in a cell of a table. A date with a time of day is accepted in any column, and a time of day alone
/// only in a column for times. So is a number since the Unix epoch.
fn read_stamp(name: &str, text: &str, is_time_column: bool, may_be_clock: bool) -> Option<Stamp> {
    if let Some(stamp) = time::read(text) {
        // The name that vmstat gives this column is the time zone.
        return Some(match stamp {
            Stamp::Local(ms) if matches!(name, "UTC" | "GMT") => Stamp::Utc(ms),
            stamp => stamp,
        });
    }
    let is_named =
        is_time_column || (may_be_clock && CLOCKS.iter().any(|known| name.eq_ignore_ascii_case(known)));
    let is_clock = is_named && (is_time_column || text.matches(':').count() == 2);
    let clock = is_clock.then(|| time::read_time_of_day(text)).flatten().map(Stamp::TimeOfDay);
    clock.or_else(|| is_time_column.then(|| time::read_epoch(text)).flatten().map(Stamp::Utc))
}
