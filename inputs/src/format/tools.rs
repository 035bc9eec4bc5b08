//! Lines of programs that print numbers in a form of their own: dd, pv, rsync and tqdm, fping, iperf3, sensors.
//!
//! Each program has a file. A line is only taken if the whole of it has the program's form.

mod fping;
mod iperf;
mod progress;
mod sensors;

use crate::cell::{self, Cell, Style};
use crate::number::{self, Comma, Place};
use crate::unit::Unit;
use crate::verdict::Read;

/// Reads the lines of these programs.
#[derive(Debug, Default)]
pub struct Tools {
    sensors: sensors::Sensors,
}

impl Tools {
    /// Reads a line.
    pub fn read(&mut self, line: &str) -> Read {
        let line = line.trim_end();
        progress::read(line)
            .or_else(|| fping::read(line))
            .or_else(|| iperf::read(line))
            .or_else(|| self.sensors.read(line))
            .unwrap_or(Read::Unfit)
    }
}

const STYLE: Style = Style { comma: Comma::Separates, has_letters: true };

/// A number with its unit: `12.6MiB/s`, `0.056 ms`, `30%`; `None` for anything else.
fn quantity(text: &str) -> Option<Cell> {
    cell::read_quantity(text.trim(), STYLE)
}

/// A number without a unit, or an amount such as `1.2M`.
fn amount(text: &str) -> Option<Cell> {
    let text = text.trim();
    let number = number::read(text, Comma::Separates, Place::Field);
    number.map(|number| Cell::Value(crate::data::Data::Number(number))).or_else(|| quantity(text))
}

/// A number in a unit that stands elsewhere.
fn in_unit(number: &str, unit: &str) -> Option<Cell> {
    let number = number::read(number.trim(), Comma::Separates, Place::Field)?;
    Some(Cell::Quantity { written: format!("{number} {unit}"), number, unit: Unit::read(unit)? })
}

/// The seconds of `1:02:03`, `02:03` or `1d 02:03:04`.
fn clock(text: &str) -> Option<Cell> {
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

#[cfg(test)]
mod tests;
