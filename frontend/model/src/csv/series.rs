//! The numbers of a chart as comma-separated values. Depends on [`super::writer`] and [`crate::chart`].

use std::collections::BTreeMap;
use std::ops::Range;

use shared::Millis;

use super::iso::iso;
use super::writer::{Cell, Csv};
use crate::chart::SeriesSet;
use crate::chart::band::Band;
use crate::chart::format::Unit;

/// The time of a line, the time at which it ends, and its place among lines of the same times.
type Key = (Millis, Millis, usize);

/// Formats the numbers of a stretch of time, one line for each time, the oldest first. There is a column for each series, also for
/// those that the reader has switched off. `unit` is the unit of series that have none of their own.
///
/// If the chart shows buckets, each series has five columns: its lowest, highest, first and last number in the bucket and the count
/// of its values. A publication then is a bucket of one value. `state` are words about data at the end of the stretch that may be
/// missing; empty if the panel shows live data.
pub fn series_csv(set: &SeriesSet, stretch: &Range<Millis>, unit: &Unit, state: &str) -> String {
    let mut lines = match set.step_within(stretch) {
        None => publications(set, stretch),
        Some(_) => buckets(set, stretch),
    };
    let is_reduced = set.step_within(stretch).is_some();
    if !state.is_empty() {
        let cells = set.series().len() * if is_reduced { PER_SERIES } else { 1 };
        note(&mut lines, stretch.end..stretch.end, cells, state.to_owned());
    }
    let mut csv = Csv::default();
    csv.line(headings(set, unit, is_reduced).into_iter().map(Cell::text));
    for ((from_ms, until_ms, _), line) in lines {
        let mut cells = vec![Cell::text(iso(from_ms)), Cell::Number(from_ms.to_string())];
        if is_reduced {
            cells.extend([Cell::text(iso(until_ms)), Cell::Number(until_ms.to_string())]);
        }
        cells.extend(line.cells);
        cells.push(Cell::text(line.note));
        csv.line(cells);
    }
    csv.into_text()
}

/// The columns of a line between its times and its note.
#[derive(Default)]
struct Line {
    cells: Vec<Cell>,
    note: String,
}

fn headings(set: &SeriesSet, unit: &Unit, is_reduced: bool) -> Vec<String> {
    let with_unit = |column: usize, name: String| {
        let symbol = set.unit(column).unwrap_or(unit).symbol().to_owned();
        if symbol.is_empty() { name } else { format!("{name} ({symbol})") }
    };
    let mut headings = vec!["time".to_owned(), "time_ms".to_owned()];
    if is_reduced {
        headings.extend(["until".to_owned(), "until_ms".to_owned()]);
    }
    for (column, series) in set.series().iter().enumerate() {
        let name = series.name();
        if is_reduced {
            let named =
                ["min", "max", "first", "last"].map(|word| with_unit(column, format!("{name} {word}")));
            headings.extend(named);
            headings.push(format!("{name} count"));
        } else {
            headings.push(with_unit(column, name.to_owned()));
        }
    }
    headings.push("note".to_owned());
    headings
}

fn publications(set: &SeriesSet, stretch: &Range<Millis>) -> BTreeMap<Key, Line> {
    let columns = set.series().len();
    let mut lines = notes(set, stretch, columns);
    for row in set.rows_within(stretch) {
        let Some(ts_ms) = set.time(row) else { continue };
        let sent: Vec<Option<String>> = (0..columns).map(|column| set.sent(column, row)).collect();
        let note = if sent.iter().all(Option::is_none) { "no number was sent" } else { "" };
        let line = Line { cells: sent.into_iter().map(Cell::number).collect(), note: note.to_owned() };
        lines.insert((ts_ms, ts_ms, row + 1), line);
    }
    lines
}

fn buckets(set: &SeriesSet, stretch: &Range<Millis>) -> BTreeMap<Key, Line> {
    let columns = set.series().len();
    let mut lines = notes(set, stretch, columns * PER_SERIES);
    let mut put = |key: Key, column: usize, cells: [Cell; PER_SERIES]| {
        let line = lines.entry(key).or_default();
        line.cells.resize(columns * PER_SERIES, Cell::Nothing);
        line.cells.splice(column * PER_SERIES..(column + 1) * PER_SERIES, cells);
    };
    let raw_from = set.reduced().map_or(Millis::MIN, |reduced| reduced.raw_from);
    for column in 0..columns {
        for band in set.bands(column, stretch) {
            put((band.from_ms, band.to_ms, 1), column, cells_of_band(set, column, band));
        }
        for row in set.rows_within(&(stretch.start.max(raw_from)..stretch.end)) {
            let Some((ts_ms, sent)) = set.time(row).zip(set.sent(column, row)) else { continue };
            put((ts_ms, ts_ms, row + 2), column, cells_of_one(sent));
        }
    }
    lines
}

/// Number of columns of a series of buckets.
const PER_SERIES: usize = 5;

fn cells_of_band(set: &SeriesSet, column: usize, band: &Band) -> [Cell; PER_SERIES] {
    let rows = |at_ms: Millis| set.rows_with_number(column, set.rows_within(&(at_ms..at_ms)));
    let sent = |row: Option<usize>| Cell::number(row.and_then(|row| set.sent(column, row)));
    [
        Cell::Number(band.min.1.clone()),
        Cell::Number(band.max.1.clone()),
        sent(rows(band.from_ms).next()),
        sent(rows(band.to_ms).next_back()),
        Cell::Number(band.count.to_string()),
    ]
}

fn cells_of_one(sent: String) -> [Cell; PER_SERIES] {
    let sent = Cell::Number(sent);
    [sent.clone(), sent.clone(), sent.clone(), sent, Cell::Number("1".to_owned())]
}

/// Returns a line without numbers for each time whose data is lost or not loaded, and one for series that are left out.
fn notes(set: &SeriesSet, stretch: &Range<Millis>, cells: usize) -> BTreeMap<Key, Line> {
    let mut lines: BTreeMap<Key, Line> = BTreeMap::new();
    let kinds = [(set.lost(), "lost until"), (set.unloaded(), "not loaded until")];
    for (spans, words) in kinds {
        for span in spans.within(stretch.clone()) {
            let (from_ms, until_ms) = (span.start.max(stretch.start), span.end.min(stretch.end));
            note(&mut lines, from_ms..until_ms, cells, format!("{words} {}", iso(until_ms)));
        }
    }
    match set.series_left_out() {
        0 => {}
        count => {
            note(&mut lines, stretch.start..stretch.start, cells, format!("{count} more series are not kept"))
        }
    }
    lines
}

fn note(lines: &mut BTreeMap<Key, Line>, span: Range<Millis>, cells: usize, words: String) {
    let line = lines.entry((span.start, span.end, 0)).or_default();
    line.cells.resize(cells, Cell::Nothing);
    line.note = if line.note.is_empty() { words } else { format!("{}; {words}", line.note) };
}

#[cfg(test)]
mod tests;
