//! Functions by which a set is made of the series of several topics. Depends on [`super`].

use std::ops::Range;

use shared::Millis;

use super::{Series, SeriesSet};
use crate::chart::apart::{Apart, Mark, Recent};
use crate::chart::around::Around;
use crate::chart::band::{Band, Reduced};
use crate::chart::decimate::Breaks;
use crate::field::Field;

impl SeriesSet {
    /// Returns the present place in the history of the set.
    pub fn mark(&self) -> Mark {
        Mark {
            end: self.dropped + self.len() as u64,
            upheavals: self.upheavals,
            series: self.series.len(),
            is_reduced: self.reduced.is_some(),
        }
    }

    /// Returns the rows that were added at the end since `mark`; `None` if something else has changed in the meantime, so that the
    /// whole set has to be read again.
    pub fn rows_since(&self, mark: &Mark) -> Option<Range<usize>> {
        let now = self.mark();
        let is_same = (now.upheavals, now.series, now.is_reduced) == (mark.upheavals, mark.series, false);
        let start = usize::try_from(mark.end.saturating_sub(self.dropped)).unwrap_or(usize::MAX);
        (is_same && start <= self.len()).then_some(start..self.len())
    }

    /// Returns the field of the series `column` in a row: a number, or [`Field::Nothing`] if the line has a gap there. Returns `None` if
    /// the row does not contain the series.
    pub fn field(&self, column: usize, row: usize) -> Option<Field> {
        let value = self.series.get(column)?.values.numbers(row..row + 1).next()?;
        match self.sent(column, row) {
            Some(sent) => Some(Field::Number { value, sent }),
            None => (!value.is_nan()).then_some(Field::Nothing),
        }
    }

    /// Returns true if the set keeps as many rows as it can, so that a new one replaces the oldest.
    pub fn is_full(&self) -> bool {
        self.times.is_full()
    }

    /// Returns the number that distinguishes a row from others of the same time; `None` if there is no such row.
    pub fn sequence(&self, row: usize) -> Option<u64> {
        self.sequences.get(row)
    }

    /// Returns the index of the series `name`, which is added if it does not exist. Returns `None` if there are too many series.
    pub fn add_series(&mut self, name: &str) -> Option<usize> {
        let column = self.column(name, true);
        if column.is_none() {
            self.leave_out(name);
        }
        column
    }

    /// Writes a field of the series `column` at a time. It does not count as new data.
    pub fn write_at(&mut self, column: usize, (ts_ms, sequence): (Millis, u64), field: &Field) {
        let order = crate::order::Order::at(ts_ms, sequence);
        let moment = crate::chart::moment::Moment { ts_ms, received_at: ts_ms, order };
        self.write(moment, &[(column, field)]);
    }

    /// Returns the newest field of the series `column` and the usual time between its numbers; `None` if there is no such series.
    pub fn recent(&self, column: usize) -> Option<Recent> {
        let series = self.series.get(column)?;
        Some(Recent { newest: series.newest.clone(), usual: series.usual.clone() })
    }

    /// Replaces the newest field of the series `column` and the usual time between its numbers by those of another set.
    pub fn set_recent(&mut self, column: usize, recent: Recent) {
        if let Some(series) = self.series.get_mut(column) {
            (series.newest, series.usual) = (recent.newest, recent.usual);
        }
    }

    /// Returns all buckets of the series `column`, in order of time.
    pub fn every_band(&self, column: usize) -> &[Band] {
        self.series.get(column).map_or(&[][..], |series| &series.bands)
    }

    /// Replaces the buckets of the series `column`.
    pub fn set_bands(&mut self, column: usize, bands: Vec<Band>) {
        if let Some(series) = self.series.get_mut(column) {
            series.bands = bands;
        }
    }

    /// Sets facts that apply to the series `column` alone.
    pub fn set_apart(&mut self, column: usize, apart: Apart) {
        if let Some(series) = self.series.get_mut(column)
            && series.apart.as_deref() != Some(&apart)
        {
            series.apart = Some(Box::new(apart));
        }
    }

    /// Sets the facts about buckets; `None` if all rows are publications.
    pub fn set_reduced(&mut self, reduced: Option<Reduced>) {
        self.reduced = reduced;
    }

    /// Returns the facts that apply to the series `column` alone; `None` if those of the whole set apply.
    pub fn apart(&self, column: usize) -> Option<&Apart> {
        self.series.get(column)?.apart.as_deref()
    }

    /// Returns the conditions under which two samples of the series `column` are not joined. `hole_ms` is that of sets of one topic.
    pub fn breaks(&self, column: usize, hole_ms: Option<i64>) -> Breaks<'_> {
        let around = self.series.get(column).map(|series| Around {
            times: &self.times,
            values: &series.values,
            clock_error_ms: self.clock_error_ms,
        });
        match self.apart(column) {
            Some(apart) => {
                Breaks { hole_ms: apart.hole_ms, around, raw_from: apart.raw_from, lost: &apart.lost }
            }
            None => {
                let raw_from = self.reduced.map_or(i64::MIN, |reduced| reduced.raw_from);
                Breaks { hole_ms, around, raw_from, lost: &self.lost }
            }
        }
    }
}

impl Series {
    /// Returns the index of the series that this one shows at an earlier time, which is its own if the present has no such series;
    /// `None` for a series of the present.
    pub fn like(&self) -> Option<usize> {
        self.apart.as_ref()?.like
    }
}
