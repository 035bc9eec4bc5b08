//! The values of a line before they are published, and the grouping of the rows of several devices.

use crate::cell::{Cell, Units};
use crate::data::Data;
use crate::time::Stamp;

/// The values of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A single value without a name.
    Lone(Cell),
    /// Named values, in the order in which they were read.
    Fields(Vec<(String, Cell)>),
    /// JSON text, as it was read.
    Json(String),
}

/// The values of a line. It is not known yet whether other lines belong to the same publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The values of the line.
    pub body: Body,
    /// The time in the line, if there is one.
    pub stamp: Option<Stamp>,
    /// The names and values of the fields that `stamp` was read from, if the fields were chosen by a guess. If the log would
    /// refuse the time, these fields are published as values.
    pub time_fields: Vec<(String, Data)>,
    /// The names of the fields that contain this row in the publication: a device, or a metric and its labels. If the path is
    /// empty, the row is a publication of its own.
    pub path: Vec<String>,
    /// Name of the column that the only element of `path` was taken from. As long as an input contains only one device, its row
    /// is not published below the device's name, but as a publication with this column among its fields.
    pub key_column: Option<String>,
}

impl Row {
    /// Creates a row that is a publication of its own and contains no time.
    pub fn alone(body: Body) -> Self {
        Self { body, stamp: None, time_fields: Vec::new(), path: Vec::new(), key_column: None }
    }

    /// Creates a row of named values, which is a publication of its own.
    pub fn fields(fields: Vec<(String, Cell)>) -> Self {
        Self::alone(Body::Fields(fields))
    }

    /// Creates a row from a line of plain text.
    pub fn text(line: &str) -> Self {
        Self::alone(Body::Lone(Cell::Value(Data::Text(line.to_owned()))))
    }

    /// Returns the same row with another time.
    #[must_use]
    pub fn at(self, stamp: Option<Stamp>) -> Self {
        Self { stamp, ..self }
    }
}

/// The data of a publication, and the lines that the publication was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assembled {
    /// The data, or `None` if no row contains a value.
    pub data: Option<Data>,
    /// The time in the first row, if there is one.
    pub stamp: Option<Stamp>,
    /// [`Row::time_fields`] of the first row.
    pub time_fields: Vec<(String, Data)>,
    /// Numbers of the lines, in ascending order.
    pub lines: Vec<u64>,
}

/// Maximum size of the JSON of all rows in one publication, in bytes. It is smaller than the limit of a publication, so that
/// there is room for names.
const MOST_BYTES: usize = 16 * 1024;
/// Maximum number of rows that are gathered. A tick with more rows is published in parts.
const MOST_ROWS: usize = 2_000;

/// Gathers the rows of several devices into ticks, and makes a publication of each tick. A tick consists of one row for each
/// device. It ends when a device occurs again, when the time in the rows changes, or when no further row comes for some time.
#[derive(Debug, Default)]
pub struct Ticks {
    rows: Vec<(Vec<u64>, Row)>,
    /// The path of the only device that has occurred so far.
    only: Option<Vec<String>>,
    /// True if more than one device has occurred, so that the rows are published below the names of their devices.
    is_keyed: bool,
}

impl Ticks {
    /// Returns true if no rows are waiting for the end of their tick.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a row. Returns the publications that it completes.
    pub fn push(&mut self, lines: Vec<u64>, row: Row, units: &mut Units) -> Vec<Assembled> {
        if row.path.is_empty() {
            let mut done = self.flush(units);
            done.push(assemble_alone(lines, row, units));
            return done;
        }
        let is_next = self.rows.iter().any(|(_, other)| other.path == row.path)
            || self.rows.last().is_some_and(|(_, last)| is_another_time(last.stamp, row.stamp))
            || self.rows.len() >= MOST_ROWS;
        let done = if is_next { self.flush(units) } else { Vec::new() };
        self.rows.push((lines, row));
        done
    }

    /// Ends the tick and returns its publication. There are several if a single one would be too large.
    pub fn flush(&mut self, units: &mut Units) -> Vec<Assembled> {
        let rows = std::mem::take(&mut self.rows);
        let Some((lines, first)) = rows.first() else { return Vec::new() };
        let is_same_device = self.only.as_ref().is_none_or(|only| *only == first.path);
        if rows.len() == 1 && !self.is_keyed && is_same_device && first.key_column.is_some() {
            self.only = Some(first.path.clone());
            let alone = Row { path: Vec::new(), ..first.clone() };
            return vec![assemble_alone(lines.clone(), alone, units)];
        }
        self.is_keyed = true;
        let mut done: Vec<Assembled> = Vec::new();
        let mut bytes = 0;
        for (lines, row) in rows {
            let Row { body, stamp, time_fields, path, key_column } = row;
            let data = settle(body, &path.join("."), key_column.as_deref(), units);
            let size = data.as_ref().map_or(0, |data| data.to_json().len())
                + path.iter().map(String::len).sum::<usize>()
                + 8;
            if done.is_empty() || bytes + size > MOST_BYTES {
                bytes = 0;
                done.push(Assembled {
                    data: None,
                    stamp,
                    time_fields: time_fields.clone(),
                    lines: Vec::new(),
                });
            }
            bytes += size;
            if let Some(publication) = done.last_mut() {
                publication.lines.extend(lines);
                if let Some(data) = data {
                    let root = publication.data.get_or_insert_with(|| Data::Object(Vec::new()));
                    insert(root, &path, data);
                }
            }
        }
        done
    }
}

fn is_another_time(last: Option<Stamp>, next: Option<Stamp>) -> bool {
    // The rows of one tick may have been written some milliseconds apart.
    const SAME_TICK_MS: u64 = 250;
    match (last, next) {
        (Some(Stamp::Utc(a)), Some(Stamp::Utc(b)))
        | (Some(Stamp::Local(a)), Some(Stamp::Local(b)))
        | (Some(Stamp::TimeOfDay(a)), Some(Stamp::TimeOfDay(b))) => a.abs_diff(b) >= SAME_TICK_MS,
        (last, next) => last != next,
    }
}

fn assemble_alone(lines: Vec<u64>, row: Row, units: &mut Units) -> Assembled {
    let data = settle(row.body, "", None, units);
    Assembled { data, stamp: row.stamp, time_fields: row.time_fields, lines }
}

/// Returns the data of a row whose path is `path`. The column `without`, from which the path was taken, is left out.
fn settle(body: Body, path: &str, without: Option<&str>, units: &mut Units) -> Option<Data> {
    match body {
        Body::Lone(cell) => units.settle(path, cell),
        Body::Json(text) => Some(Data::Json(text)),
        Body::Fields(fields) => {
            let fields = fields.into_iter().filter(|(name, _)| Some(name.as_str()) != without).collect();
            let settled = units.settle_all(path, fields);
            (!settled.is_empty()).then_some(Data::Object(settled))
        }
    }
}

/// Puts `data` at `path` below `root`. If there is a value in a place where an object is needed, the value moves to a field of
/// this object with an empty name.
fn insert(root: &mut Data, path: &[String], data: Data) {
    if !matches!(root, Data::Object(_)) {
        let value = std::mem::replace(root, Data::Object(Vec::new()));
        insert(root, &[String::new()], value);
    }
    let Data::Object(fields) = root else { return };
    let Some((name, rest)) = path.split_first() else { return };
    let at = fields.iter().position(|(known, _)| known == name);
    match (at, rest.is_empty()) {
        (Some(at), false) => insert(&mut fields[at].1, rest, data),
        (Some(at), true) => insert(&mut fields[at].1, &[String::new()], data),
        (None, true) => fields.push((name.clone(), data)),
        (None, false) => {
            let mut inner = Data::Object(Vec::new());
            insert(&mut inner, rest, data);
            fields.push((name.clone(), inner));
        }
    }
}
