//! The values of a line before they are published, and the grouping of rows of several devices into one publication.

use crate::cell::{Cell, Units};
use crate::data::Data;
use crate::names::Names;
use crate::time::Stamp;

/// The values of a line of input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A single value without a name.
    Lone(Cell),
    /// Named values, in the order in which they were read.
    Fields(Vec<(String, Cell)>),
    /// JSON text that is published as it was read.
    Json(String),
}

/// The values of a line of input. Other lines may belong to the same publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The values of the line.
    pub body: Body,
    /// The time in the line; `None` if it contains none.
    pub stamp: Option<Stamp>,
    /// The fields from which `stamp` was read, if they were recognised and not named by the user. They are published
    /// as values if the server would refuse the time.
    pub time_fields: Vec<(String, Data)>,
    /// The path at which this row is put into the publication: the name of a device, or a metric and its labels. If
    /// it is empty, the row is a publication of its own.
    pub path: Vec<String>,
    /// Name of the column from which the device's name in `path` was taken. As long as an input contains only one
    /// device, its rows are not put below the device's name. Each is then a publication with this column among its
    /// fields.
    pub key_column: Option<String>,
}

impl Row {
    /// Creates a row that is a publication of its own and has no time.
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

    /// Returns the row with its time replaced by `stamp`.
    #[must_use]
    pub fn at(self, stamp: Option<Stamp>) -> Self {
        Self { stamp, ..self }
    }
}

/// The data of one publication, and the lines from which it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assembled {
    /// The data; `None` if no row contains a value.
    pub data: Option<Data>,
    /// The time in the first row; `None` if it contains none.
    pub stamp: Option<Stamp>,
    /// The fields from which the time was read: [`Row::time_fields`] of the first row.
    pub time_fields: Vec<(String, Data)>,
    /// Numbers of the lines from which the publication was made, in ascending order.
    pub lines: Vec<u64>,
}

/// Maximum size of the JSON of all rows in one publication, in bytes. It is smaller than the maximum size of a
/// publication, so that there is room for the names of devices.
const MOST_BYTES: usize = 16 * 1024;
/// Maximum number of rows in one publication. If there are more, they are published in several parts.
const MOST_ROWS: usize = 2_000;

/// Combines the rows of several devices into publications. The rows that belong together are called a tick: one row
/// for each device. A tick ends when a device occurs again, when the time in the rows changes, or when no further row
/// comes for some time.
#[derive(Debug, Default)]
pub struct Ticks {
    rows: Vec<(Vec<u64>, Row)>,
    /// The path of the only device that has occurred so far; `None` before the first.
    only: Option<Vec<String>>,
    /// True if more than one device has occurred, so that the rows are published below the names of their devices.
    is_keyed: bool,
}

impl Ticks {
    /// Returns true if no rows are waiting for further rows of the same publication.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns true if it is not known whether the input has one device or several, because no publication is complete.
    pub fn is_undecided(&self) -> bool {
        !self.is_keyed && self.only.is_none()
    }

    /// Adds a row, which was read from the lines with the numbers `lines`. Returns the publications that are complete
    /// now.
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

    /// Completes the publication for which rows are waiting, and returns it. Returns several publications if a single
    /// one would be too large.
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

/// Returns true if rows with these times cannot belong to the same publication.
pub fn is_another_time(last: Option<Stamp>, next: Option<Stamp>) -> bool {
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

/// Converts a row's values to the units of their series and returns the data to publish, or `None` if no value is left.
/// `path` is where the row goes within the published data. `without` is the column that supplied `path`; it is not
/// published again.
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

/// Name of a value whose name other values have as the beginning of their path.
const PLAIN: &str = "value";

/// Puts `data` into the object `root` at `path`. If the path leads through a value that is not an object, an object
/// replaces the value and contains it in a field named `value`.
fn insert(root: &mut Data, path: &[String], data: Data) {
    if !matches!(root, Data::Object(_)) {
        let value = std::mem::replace(root, Data::Object(Vec::new()));
        insert(root, &[PLAIN.to_owned()], value);
    }
    let Data::Object(fields) = root else { return };
    let Some((name, rest)) = path.split_first() else { return };
    let at = fields.iter().position(|(known, _)| known == name);
    match (at, rest.is_empty()) {
        (Some(at), false) => insert(&mut fields[at].1, rest, data),
        (Some(at), true) => match &mut fields[at].1 {
            Data::Object(inner) if inner.iter().all(|(known, _)| known != PLAIN) => {
                inner.push((PLAIN.to_owned(), data));
            }
            // Two values of one name are kept both.
            _ => {
                let mut names = Names::default();
                fields.iter().for_each(|(known, _)| drop(names.take(known.clone())));
                fields.push((names.take(name.clone()), data));
            }
        },
        (None, true) => fields.push((name.clone(), data)),
        (None, false) => {
            let mut inner = Data::Object(Vec::new());
            insert(&mut inner, rest, data);
            fields.push((name.clone(), inner));
        }
    }
}
