//! Parses parts that occur in the lines of several programs: numbers with and without units, and durations.

use crate::cell::{self, Cell, Style};
use crate::data::Data;
use crate::number::{self, Comma, Place};
use crate::unit::Unit;

const STYLE: Style = Style { comma: Comma::Separates, has_letters: true };

/// Parses a number with its unit, such as `12.6MiB/s`, `0.056 ms` or `30%`; `None` for any other text.
pub(super) fn quantity(text: &str) -> Option<Cell> {
    cell::read_quantity(text.trim(), STYLE)
}

/// Parses a number without a unit, or one with a prefix or a unit, such as `1.2M`.
pub(super) fn amount(text: &str) -> Option<Cell> {
    let text = text.trim();
    let number = number::read(text, Comma::Separates, Place::Field);
    number.map(|number| Cell::Value(Data::Number(number))).or_else(|| quantity(text))
}

/// Parses a number whose unit is at another place of the line, and is given as `unit`.
pub(super) fn in_unit(number: &str, unit: &str) -> Option<Cell> {
    let number = number::read(number.trim(), Comma::Separates, Place::Field)?;
    Some(Cell::Quantity { written: format!("{number} {unit}"), number, unit: Unit::read(unit)? })
}

/// Parses a duration such as `1:02:03`, `02:03` or `1d 02:03:04`. Returns it as a number of seconds.
pub(super) fn clock(text: &str) -> Option<Cell> {
    let (days, time) = match text.trim().split_once("d ").or_else(|| text.trim().split_once(" days, ")) {
        Some((days, time)) => (days.parse::<u64>().ok()?, time),
        None => (0, text.trim()),
    };
    let parts: Vec<u64> = time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let is_clock = (2..=3).contains(&parts.len()) && parts[1..].iter().all(|part| *part < 60);
    let seconds = parts.iter().try_fold(0_u64, |sum, part| sum.checked_mul(60)?.checked_add(*part))?;
    let seconds = days.checked_mul(86_400)?.checked_add(seconds)?;
    is_clock.then(|| Cell::Quantity {
        number: seconds.to_string(),
        unit: Unit::seconds(),
        written: text.to_owned(),
    })
}
