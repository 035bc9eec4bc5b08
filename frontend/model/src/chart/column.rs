//! Stores the values of one series, a value for each row: the numbers that a chart draws, and their digits as they
//! were sent. Depends on [`super::ring`] and [`super::decimal`].

use std::ops::Range;

use super::decimal::Decimal;
use super::ring::Ring;
use crate::field::Field;

/// Stored instead of a number if a publication says that the series has no value, so that the line has a gap there.
/// No published number is equal to it, because JSON has no infinite numbers.
const BREAK: f64 = f64::NEG_INFINITY;
/// A number with at most this many significant digits has the same digits after a conversion to `f64` and back.
const SAFE_DIGITS: usize = 15;
/// Stored instead of the number of decimals if the digits of the number are stored as text.
const AS_TEXT: u8 = u8::MAX;

/// Identifies a row: the time stamp in milliseconds, and the sequence number, which distinguishes rows of the same
/// time.
pub type Key = (i64, u64);

/// Values of one series, oldest row first. The number of a row is NaN if its publication does not contain the series.
///
/// The digits that were sent are computed from the number and its number of decimals: 21.5 with two decimals gives
/// `21.50`. If this would give other digits than were sent (`1e3`, or more digits than an `f64` has), the digits are
/// stored as text.
#[derive(Clone, Debug)]
pub struct Column {
    numbers: Ring<f64>,
    decimals: Ring<u8>,
    /// Digits that are stored as text, sorted by the keys of their rows.
    texts: Vec<(Key, Box<str>)>,
}

impl Column {
    /// Creates a column with `rows` rows that have no value. It can grow to `bound` rows.
    pub fn empty(rows: usize, bound: usize) -> Self {
        Self {
            numbers: Ring::filled(f64::NAN, rows, bound),
            decimals: Ring::filled(0, rows, bound),
            texts: Vec::new(),
        }
    }

    /// Makes room for `more` further rows.
    pub fn widen(&mut self, more: usize) {
        self.numbers.widen(more);
        self.decimals.widen(more);
    }

    /// Inserts a row without a value before `row`. A full column drops its oldest row; see [`Ring::insert`].
    pub fn insert(&mut self, row: usize) {
        self.numbers.insert(row, f64::NAN);
        self.decimals.insert(row, 0);
    }

    /// Sets the value of a row, which is identified by its index and by its key. A field that is not a number is
    /// stored as a gap in the line.
    pub fn set(&mut self, row: usize, key: Key, field: &Field) {
        let Field::Number { value, sent } = field else { return self.numbers.set(row, BREAK) };
        let decimals = decimals_of(sent);
        self.numbers.set(row, *value);
        self.decimals.set(row, decimals.unwrap_or(AS_TEXT));
        if decimals.is_none() {
            let place = self.texts.partition_point(|(kept, _)| *kept < key);
            if self.texts.get(place).is_none_or(|(kept, _)| *kept != key) {
                self.texts.insert(place, (key, sent.as_str().into()));
            }
        }
    }

    /// Removes the `rows` oldest rows. `first` is the key of the first row that is left; `None` if none is left.
    pub fn drop_first(&mut self, rows: usize, first: Option<Key>) {
        self.numbers.drop_first(rows);
        self.decimals.drop_first(rows);
        self.forget_before(first);
    }

    /// Drops the texts of digits that belong to rows before the row `first`. If `first` is `None`, drops all of them.
    pub fn forget_before(&mut self, first: Option<Key>) {
        if !self.texts.is_empty() {
            let gone = self.texts.partition_point(|(kept, _)| first.is_none_or(|first| *kept < first));
            self.texts.drain(..gone);
        }
    }

    /// Returns the number in a row; NaN if the row has no number.
    pub fn number(&self, row: usize) -> f64 {
        self.numbers.get(row).filter(|value| value.is_finite()).unwrap_or(f64::NAN)
    }

    /// Returns the numbers of some rows, oldest first. NaN means that the row does not contain the series. An
    /// infinite number means that the line has a gap there.
    pub fn numbers(
        &self,
        rows: Range<usize>,
    ) -> impl DoubleEndedIterator<Item = f64> + ExactSizeIterator + '_ {
        self.numbers.rows(rows)
    }

    /// Returns the digits of a row's number as they were sent; `None` if the row has no number.
    pub fn sent(&self, row: usize, key: Key) -> Option<String> {
        let number = self.numbers.get(row).filter(|value| value.is_finite())?;
        let decimals = self.decimals.get(row)?;
        if decimals != AS_TEXT {
            let sign = if number.is_sign_negative() { "-" } else { "" };
            let digits = Decimal::of(number.abs())?.padded(usize::from(decimals)).plain(None);
            return Some([sign, &digits].concat());
        }
        let text =
            self.texts.binary_search_by_key(&key, |(kept, _)| *kept).ok().and_then(|at| self.texts.get(at));
        text.map(|(_, text)| text.to_string())
    }
}

/// Returns the number of decimals with which formatting the number gives exactly the digits in `sent`: 2 for `21.50`.
/// Returns `None` if no number of decimals does.
fn decimals_of(sent: &str) -> Option<u8> {
    let is_plain = sent.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let digits = sent.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    if !is_plain || digits > SAFE_DIGITS || sent == "-0" {
        return None;
    }
    let decimals = sent.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    u8::try_from(decimals).ok().filter(|decimals| *decimals < AS_TEXT)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn number(sent: &str) -> Field {
        Field::Number { value: sent.parse().unwrap(), sent: sent.to_owned() }
    }

    #[test]
    fn digits_come_back_as_they_were_sent() {
        for sent in [
            "0",
            "-0",
            "-0.0",
            "21.50",
            "1.08370",
            "0.000",
            "-12.5",
            "1e3",
            "1.5E+25",
            "9007199254740993",
            "18446744073709551615",
            "0.1000000000000000055",
            "123456789012345",
            "0.000000123456789012345",
            "1e-7",
            "1234567890123456789012345",
        ] {
            let mut column = Column::empty(1, 8);
            column.set(0, (0, 0), &number(sent));
            assert_eq!(column.sent(0, (0, 0)).as_deref(), Some(sent));
        }
    }

    #[test]
    fn digits_of_rows_that_are_dropped_are_forgotten() {
        let mut column = Column::empty(4, 4);
        for row in 0..4_u8 {
            column.set(usize::from(row), (i64::from(row), 0), &number("1e3"));
        }
        column.drop_first(3, Some((3, 0)));
        assert_eq!((column.texts.len(), column.sent(0, (3, 0)).as_deref()), (1, Some("1e3")));
        column.drop_first(1, None);
        assert_eq!(column.texts.len(), 0);
    }

    #[test]
    fn a_row_without_a_number_has_no_digits() {
        let mut column = Column::empty(2, 4);
        column.set(0, (0, 0), &Field::Nothing);
        assert_eq!((column.sent(0, (0, 0)), column.sent(1, (1, 0))), (None, None));
        assert!(column.number(0).is_nan() && column.number(1).is_nan());
    }
}
