//! Reads values that are separated by commas, semicolons or tabs (RFC 4180), below a header. Each row must be on a
//! single line.

mod fields;
mod recognise;

use shared::Millis;

use super::epochs::{self, Epochs};
use super::keys::{self, DOUBTFUL, Keys};
use crate::cell::{self, Cell, Style};
use crate::data::Data;
use crate::error::LineError;
use crate::names::Names;
use crate::number::{self, Comma, Commas};
use crate::row::{Row, is_another_time};
use crate::time::{self, DayOrder, Stamp};
use crate::unit::Unit;
use crate::verdict::Read;
use fields::{separator, split};
pub use recognise::{fits, has_same_fields, looks_like_a_header};
use recognise::{is_state, is_value};

/// Names of columns that identify the device of a row, such as a disk or a host. The most specific names come first.
/// The names in [`DOUBTFUL`] come after all of them.
const KEYS: [&str; 42] = [
    "uuid",
    "pci.bus_id",
    "index",
    "device",
    "dev",
    "iface",
    "interface",
    "nic",
    "container",
    "pod",
    "instance",
    "node",
    "sensor",
    "station",
    "hostname",
    "host",
    "mountpoint",
    "mount",
    "filesystem",
    "metric",
    "variable_name",
    "variable",
    "datname",
    "database",
    "table",
    "relname",
    "topic",
    "service",
    "symbol",
    "location",
    "room",
    "ort",
    "standort",
    "raum",
    "lieu",
    "lugar",
    "region",
    "zone",
    "site",
    "target",
    "url",
    "name",
];

/// Names of columns with machines, which may have several devices each.
const MACHINES: [&str; 7] = ["host", "hostname", "server", "instance", "node", "pod", "container"];
/// Names of columns with the devices or the parts of a machine. A row with a machine and a device is published below
/// both names.
const PARTS: [&str; 14] = [
    "container",
    "device",
    "dev",
    "disk",
    "iface",
    "interface",
    "nic",
    "gpu",
    "cpu",
    "core",
    "mountpoint",
    "mount",
    "filesystem",
    "mode",
];

/// Reads a table whose values are separated by commas or other characters: the header, and the rows below it.
#[derive(Debug)]
pub struct Csv {
    key: Option<String>,
    time: Option<String>,
    /// The separator that a line such as `sep=;` before the header has specified; `None` if there was no such line.
    separator: Option<char>,
    header: Option<Header>,
    commas: Commas,
}

#[derive(Debug)]
struct Header {
    separator: char,
    columns: Vec<Column>,
    /// The names of the columns as they were written, by which a repeated header is recognised.
    written: Vec<String>,
    key: Key,
    /// True if there is a column with the name that the user has given for the time.
    has_time: bool,
    keys: Keys,
    epochs: Epochs,
    /// The time in the first row; `None` if it contains none.
    first_stamp: Option<Stamp>,
}

/// The column that identifies the device of a row.
#[derive(Debug, Clone, Copy)]
enum Key {
    /// The first row decides.
    Undecided,
    /// The user has named the column with this index.
    Named(usize),
    /// The column with this index was recognised.
    Recognised(usize),
    /// The columns with these indices contain the machine and its device.
    Pair(usize, usize),
    None,
}

#[derive(Debug)]
struct Column {
    name: String,
    unit: Option<Unit>,
    /// True if all rows that have a value in this column have a number or a time in it; `None` if there was no such row.
    is_numeric: Option<bool>,
    /// The order of day and month that a date in this column has shown; `None` if none has.
    order: Option<DayOrder>,
}

impl Csv {
    /// Creates a reader for one input. `key` is the name of the column that identifies the device of a row, such as a
    /// disk. `time` is the name of the column with the time. Both are `None` if the user did not specify them.
    pub fn new(key: Option<String>, time: Option<String>) -> Self {
        Self { key, time, separator: None, header: None, commas: Commas::default() }
    }

    /// Reads a line. The first line is the header, and the lines after it are rows. `now` is the time of reading.
    pub fn read(&mut self, line: &str, now: Millis) -> Read {
        self.read_line(line, now).unwrap_or_else(Read::Bad)
    }

    fn read_line(&mut self, line: &str, now: Millis) -> Result<Read, LineError> {
        let Some(header) = &mut self.header else { return self.read_header(line) };
        let mut fields = split(line, header.separator)?;
        if fields == header.written {
            return Ok(Read::Structure);
        }
        if header.is_followed_by(line, &fields) {
            self.header = None;
            return self.read_header(line);
        }
        if fields.len() == 1 && header.columns.len() > 1 {
            return Ok(if line.starts_with('#') { Read::Structure } else { Read::Unfit });
        }
        // Some programs write a separator at the end of each row, but not at the end of the header.
        if fields.len() == header.columns.len() + 1 && fields.last().is_some_and(String::is_empty) {
            fields.pop();
        }
        if fields.len() != header.columns.len() {
            let error = LineError::Fields { found: fields.len(), expected: header.columns.len() };
            return Ok(Read::Misfit(error));
        }
        fields.iter().for_each(|field| self.commas.observe(field));
        // A comma in a field of a table with commas is in quotes, where it may also be part of a list.
        let comma = self.commas.in_csv(if header.separator == ',' { 2 } else { 1 });
        let time = self.time.as_deref().filter(|_| header.has_time);
        header.row(&fields, comma, time, now).map(Read::from)
    }

    fn read_header(&mut self, line: &str) -> Result<Read, LineError> {
        if let Some(separator) = line.trim().strip_prefix("sep=").and_then(|rest| rest.chars().next()) {
            self.separator = Some(separator);
            return Ok(Read::Structure);
        }
        let separator = self.separator.unwrap_or_else(|| separator(line));
        let written = split(line, separator)?;
        if written.iter().all(String::is_empty) {
            return Err(LineError::EmptyHeader);
        }
        let mut columns: Vec<Column> = Vec::with_capacity(written.len());
        let mut names = Names::default();
        for (index, name) in written.iter().enumerate() {
            let (name, unit) = split_unit(name.trim_start_matches('#').trim());
            let name = if name.is_empty() { format!("column {}", index + 1) } else { name.to_owned() };
            columns.push(Column { name: names.take(name), unit, is_numeric: None, order: None });
        }
        let position =
            |name: &String| columns.iter().position(|column| column.name.eq_ignore_ascii_case(name));
        let key = self.key.as_ref().and_then(position).map_or(Key::Undecided, Key::Named);
        let has_time = self.time.as_ref().and_then(position).is_some();
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        self.header = Some(Header {
            separator,
            columns,
            written,
            key,
            has_time,
            keys: Keys::default(),
            epochs: Epochs::default(),
            first_stamp: None,
        });
        let missing = LineError::no_column([self.key.as_deref(), self.time.as_deref()], &names);
        missing.map_or(Ok(Read::Structure), Err)
    }
}

impl Header {
    /// Returns true if a line is the header of a table that follows this one. It has at least two of the same names, or it cannot
    /// be a row of this table.
    fn is_followed_by(&self, line: &str, fields: &[String]) -> bool {
        let known = fields.iter().filter(|field| self.written.contains(field)).count();
        (known >= 2 || !self.may_be_row(fields)) && looks_like_a_header(line, 2)
    }

    /// Returns false if a line that looks like a header cannot be a row, because columns that had only numbers and times contain
    /// other texts in it. If the line has the name of a column in its place, one such column is enough. Otherwise the table must
    /// have at least two such columns and none with texts, and the line must contain texts that differ and are no states, because
    /// rows may contain words for errors and for missing values.
    fn may_be_row(&self, fields: &[String]) -> bool {
        let has_name = self.written.iter().zip(fields).any(|(name, field)| !name.is_empty() && name == field);
        if fields.len() != self.columns.len() {
            return !has_name;
        }
        let columns = || self.columns.iter().zip(fields);
        let numbers =
            || columns().filter(|(column, _)| column.is_numeric == Some(true)).map(|(_, field)| field);
        if has_name {
            return numbers().all(|field| is_value(field));
        }
        let is_repeated = |(at, field): (usize, &String)| fields[..at].contains(field);
        numbers().count() < 2
            || self.columns.iter().any(|column| column.is_numeric == Some(false))
            || numbers().any(|field| is_value(field))
            || fields.iter().any(|field| is_state(field))
            || fields.iter().enumerate().any(is_repeated)
    }

    /// Returns the values of a row. A field without a text is left out of the publication, because nothing was
    /// measured.
    fn row(
        &mut self,
        fields: &[String],
        comma: Comma,
        time: Option<&str>,
        now: Millis,
    ) -> Result<Row, LineError> {
        let (stamp, times) = self.time(fields, time, now)?;
        let style = Style { comma, has_letters: false };
        let mut cells = Vec::with_capacity(fields.len());
        let mut time_fields = Vec::new();
        for (index, (column, field)) in self.columns.iter_mut().zip(fields).enumerate() {
            if times.contains(&index) {
                column.learn(true);
                time_fields.push((column.name.clone(), epochs::kept(field)));
            } else {
                let cell = column.cell(field, style, self.separator == ',');
                if cell != Cell::Missing {
                    column.learn(!matches!(cell, Cell::Value(Data::Text(_))));
                }
                cells.push((column.name.clone(), cell));
            }
        }
        let is_named = time.is_some() && !stamp.is_some_and(Stamp::is_unclear);
        let time_fields = if is_named { Vec::new() } else { time_fields };
        let key = self.key(fields, &times, stamp);
        if let Some((machine, part)) = self.pair(fields) {
            let path = vec![fields[machine].clone(), fields[part].clone()];
            let names = [&self.columns[machine].name, &self.columns[part].name];
            cells.retain(|(name, _)| !names.contains(&name));
            return Ok(Row { stamp, time_fields, path, ..Row::fields(cells) });
        }
        let row = Row { stamp, time_fields, ..Row::fields(cells) };
        Ok(match key {
            Some(index) => {
                let key_column = Some(self.columns[index].name.clone());
                Row { path: vec![fields[index].clone()], key_column, ..row }
            }
            None => row,
        })
    }

    /// Returns the time of a row, and the indices of the columns that contain it. If `named` is given, the time is
    /// read from the column of this name. Otherwise it is the first of these that exists:
    ///
    /// * a date with a time of day in the first column, or in a column whose name stands for a time;
    /// * a date and a time of day in two columns with such names;
    /// * a time of day or a date in a column with such a name;
    /// * a number since the Unix epoch in a column that [`Epochs`] recognises.
    fn time(
        &mut self,
        fields: &[String],
        named: Option<&str>,
        now: Millis,
    ) -> Result<(Option<Stamp>, Vec<usize>), LineError> {
        for (column, field) in self.columns.iter_mut().zip(fields) {
            column.order = column.order.or_else(|| time::day_order(field));
        }
        if let Some(named) = named {
            let at = self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(named));
            let text = at.map(|at| fields[at].as_str()).unwrap_or_default();
            let stamp = read_any(text, at.and_then(|at| self.columns[at].order))
                .ok_or_else(|| LineError::NotATime { column: named.into(), text: text.into() })?;
            return Ok((Some(stamp), at.into_iter().collect()));
        }
        let written = self.written_time(fields);
        if let Some((stamp, times)) = &written
            && !stamp.is_unclear()
        {
            self.epochs.rule_out();
            return Ok((Some(*stamp), times.clone()));
        }
        let texts: Vec<(usize, &str, &str)> = (0..)
            .zip(self.columns.iter().zip(fields))
            .map(|(at, (column, field))| (at, column.name.as_str(), field.as_str()))
            .collect();
        let epoch = self.epochs.read(&texts, now);
        let found = epoch.map(|(at, ms)| (Stamp::Utc(ms), vec![at])).or(written);
        Ok(found.map_or((None, Vec::new()), |(stamp, times)| (Some(stamp), times)))
    }

    /// Returns the time of a row that is written as a date, a time of day or both, and the indices of its columns. A date in
    /// which either number can be the day is used only if there is no other.
    fn written_time(&self, fields: &[String]) -> Option<(Stamp, Vec<usize>)> {
        let is_named = |index: usize| time::is_time_name(&self.columns[index].name);
        let order = |at: usize| self.columns[at].order;
        let columns = fields.iter().enumerate().filter(|(at, _)| *at == 0 || is_named(*at));
        let date_times = columns.filter_map(|(at, field)| Some((at, time::read_in_order(field, order(at))?)));
        if let Some((at, stamp)) = date_times.min_by_key(|(_, stamp)| stamp.is_unclear()) {
            return Some((stamp, vec![at]));
        }
        let named = || fields.iter().enumerate().filter(|(at, _)| is_named(*at));
        let dates = named().filter_map(|(at, field)| Some((at, time::read_day(field, order(at))?)));
        let date = dates.min_by_key(|(_, stamp)| stamp.is_unclear());
        let clock = named().find_map(|(at, field)| Some((at, time::read_time_of_day(field)?)));
        if let (Some((date_at, day)), Some((clock_at, ms))) = (date, clock) {
            return Some((day.plus(ms), vec![date_at, clock_at]));
        }
        if let Some((at, ms)) = clock {
            return Some((Stamp::TimeOfDay(ms), vec![at]));
        }
        date.map(|(at, day)| (day, vec![at]))
    }

    /// Returns the index of the column that identifies the device of a row. `times` are the indices of the columns with
    /// the time. The first row decides which column it is, and later rows can only show that it is none.
    fn key(&mut self, fields: &[String], times: &[usize], stamp: Option<Stamp>) -> Option<usize> {
        if let Key::Undecided = self.key {
            self.first_stamp = stamp;
            self.key = match self.recognised_pair(fields) {
                Some((machine, part)) => Key::Pair(machine, part),
                None => {
                    self.recognised_key(fields, times, stamp.is_some()).map_or(Key::None, Key::Recognised)
                }
            };
        } else if let Key::Recognised(index) = self.key {
            let field = &fields[index];
            let name = &self.columns[index].name;
            // The numbers of devices occur in the rows of the first time.
            let is_later = is_another_time(self.first_stamp, stamp);
            let is_measured = is_later && keys::is_doubtful(name) && self.keys.is_new_number(name, field);
            let is_device = !is_measured && self.keys.accepts(name, field, false);
            if !is_device && !number::is_missing(field) && field != "-" {
                self.key = Key::None;
            }
            return is_device.then_some(index);
        }
        match self.key {
            Key::Named(index) | Key::Recognised(index) if !fields[index].is_empty() => Some(index),
            _ => None,
        }
    }

    /// Returns the indices of the columns with the machine and its device, if the row has both.
    fn pair(&self, fields: &[String]) -> Option<(usize, usize)> {
        let Key::Pair(machine, part) = self.key else { return None };
        (!fields[machine].is_empty() && !fields[part].is_empty()).then_some((machine, part))
    }

    /// Returns the indices of the columns with a machine and its device if both contain names. There must be a further
    /// column for the values.
    fn recognised_pair(&self, fields: &[String]) -> Option<(usize, usize)> {
        let named = |wanted: &[&str], without: Option<usize>| {
            wanted.iter().find_map(|wanted| {
                let is_named = |column: &Column| column.name.eq_ignore_ascii_case(wanted);
                let index = self.columns.iter().position(is_named).filter(|index| Some(*index) != without)?;
                (!number::is_missing(&fields[index]) && keys::is_clear(&fields[index])).then_some(index)
            })
        };
        let machine = named(&MACHINES, None)?;
        let part = named(&PARTS, Some(machine))?;
        (fields.len() > 2).then_some((machine, part))
    }

    fn recognised_key(&mut self, fields: &[String], times: &[usize], has_time: bool) -> Option<usize> {
        // A column that is the only one with values does not identify a device.
        if fields.len() < times.len() + 2 {
            return None;
        }
        let mut named = |wanted: &str| {
            let is_named = |column: &Column| column.name.eq_ignore_ascii_case(wanted);
            let index = self.columns.iter().position(is_named)?;
            // The names in rows of different times are rather those of events.
            let is_event = has_time && wanted == "name";
            let may_be_key = !is_event && !times.contains(&index);
            let name = &self.columns[index].name;
            (may_be_key && self.keys.accepts(name, &fields[index], false)).then_some(index)
        };
        let doubtful = DOUBTFUL.into_iter().find_map(&mut named);
        let clear = doubtful.filter(|index| keys::is_clear(&fields[*index]));
        clear.or_else(|| KEYS.into_iter().find_map(named)).or(doubtful)
    }
}

impl Column {
    /// Stores whether a value in this column is a number or a time.
    fn learn(&mut self, is_number: bool) {
        self.is_numeric = Some(is_number && self.is_numeric != Some(false));
    }

    /// Reads the text of a field in this column of the table. A number without a unit gets the unit of the column. If
    /// commas separate the fields (`is_quoted`), a field with a comma was in quotes, and `2,102` is 2102.
    fn cell(&self, field: &str, style: Style, is_quoted: bool) -> Cell {
        // nvidia-smi writes a text in brackets if there is no value.
        if self.unit.is_some() && field.starts_with('[') && field.ends_with(']') {
            return Cell::Missing;
        }
        let is_thousands = is_quoted && style.comma == Comma::Separates;
        let number = number::read_grouped(field)
            .or_else(|| is_thousands.then(|| number::read_thousands(field)).flatten())
            .or_else(|| number::read_dotted(field, style.comma));
        let cell = number.map_or_else(|| cell::read(field, style), |n| Cell::Value(Data::Number(n)));
        match (cell, &self.unit) {
            (Cell::Value(Data::Number(number)), Some(unit)) => {
                Cell::Quantity { number, unit: unit.clone(), written: field.to_owned() }
            }
            (cell, _) => cell,
        }
    }
}

fn read_any(text: &str, order: Option<DayOrder>) -> Option<Stamp> {
    time::read_in_order(text, order)
        .or_else(|| time::read_day(text, order))
        .or_else(|| time::read_time_of_day(text).map(Stamp::TimeOfDay))
        .or_else(|| time::read_epoch(text).map(Stamp::Utc))
}

/// Separates the name of a column from a unit in brackets after it, as in `memory.used [MiB]` and `Temp (°C)`. The
/// unit is `None` if there is none that is known.
fn split_unit(name: &str) -> (&str, Option<Unit>) {
    let bracket = |open, close| {
        let (before, unit) = name.strip_suffix(close)?.rsplit_once(open)?;
        Some((before.trim_end(), Unit::read(unit.trim())?))
    };
    match bracket('[', ']').or_else(|| bracket('(', ')')) {
        Some((before, unit)) if !before.is_empty() => (before, Some(unit)),
        _ => (name, None),
    }
}
