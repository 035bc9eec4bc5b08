//! Recognises the columns of a table that identify the device of a row, such as a disk or a host.
//!
//! A column with such a name may also contain measured values: `cpu` is the number of a processor in one table and its
//! load in another one. The values decide.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::cell::{self, Style};
use crate::number;

/// Names of columns in which any whole number identifies a device.
const NUMBERED: [&str; 25] = [
    "uuid",
    "pci.bus_id",
    "index",
    "idx",
    "pid",
    "tid",
    "tgid",
    "device",
    "device:",
    "dev",
    "sensor",
    "station",
    "room",
    "node",
    "zone",
    "site",
    "region",
    "instance",
    "host",
    "hostname",
    "interface",
    "iface",
    "name",
    "intr",
    "fchost",
];

/// Names of columns that contain either devices or measured values. A column that can only contain devices takes
/// precedence.
pub const DOUBTFUL: [&str; 5] = ["gpu", "cpu", "core", "disk", "queue"];

/// The numbers that occurred in the columns that may identify a device.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    columns: BTreeMap<String, Column>,
}

#[derive(Debug, Clone, Default)]
struct Column {
    /// The numbers of devices that occurred, which are consecutive; `None` if there were none.
    numbers: Option<RangeInclusive<u32>>,
    /// True if the column contained a value that is not the name or the number of a device.
    is_measured: bool,
}

impl Keys {
    /// Returns true if `text` is a number that the column `name` did not contain before.
    pub fn is_new_number(&self, name: &str, text: &str) -> bool {
        let numbers = self.columns.get(name).and_then(|column| column.numbers.as_ref());
        let known = |number: u32| numbers.is_some_and(|numbers| numbers.contains(&number));
        text.parse().is_ok_and(|number| !known(number))
    }

    /// Returns true if the text in the column `name` identifies the device of a row: it is a text, or a whole number
    /// that counts devices. The numbers of devices begin with 0 (or 1, if the name is not one of [`DOUBTFUL`]), ascend
    /// by one and then repeat, unless any number is accepted (`is_certain`). Once a column contained a measured value, nothing in it is accepted any more.
    pub fn accepts(&mut self, name: &str, text: &str, is_certain: bool) -> bool {
        let is_doubtful = is_doubtful(name);
        // turbostat writes `-`, and sadf writes -1, for the sum of all processors.
        if is_doubtful && matches!(text, "-" | "-1") {
            return self.columns.get(name).is_none_or(|column| !column.is_measured);
        }
        if text == "-" || number::is_missing(text) {
            return false;
        }
        let is_certain = is_certain || NUMBERED.iter().any(|known| name.eq_ignore_ascii_case(known));
        let column = self.columns.entry(name.to_owned()).or_default();
        column.is_measured = column.is_measured || !column.fits(text, is_certain, u32::from(!is_doubtful));
        !column.is_measured
    }
}

/// Returns true if a column with this name may contain measured values.
pub fn is_doubtful(name: &str) -> bool {
    DOUBTFUL.iter().any(|doubtful| name.eq_ignore_ascii_case(doubtful))
}

impl Column {
    fn fits(&mut self, text: &str, is_certain: bool, first: u32) -> bool {
        if is_text(text) {
            return true;
        }
        let is_whole = text.bytes().all(|byte| byte.is_ascii_digit());
        if is_certain || !is_whole {
            return is_whole;
        }
        let Ok(number) = text.parse::<u32>() else { return false };
        let (known, is_next) = match &self.numbers {
            None => (number..=number, number <= first),
            Some(known) => {
                let (first, last) = known.clone().into_inner();
                let may_follow = first..=last.saturating_add(1);
                (first..=last.max(number), may_follow.contains(&number))
            }
        };
        if is_next {
            self.numbers = Some(known);
        }
        is_next
    }
}

/// Returns true if a text in a column with a name of [`DOUBTFUL`] can only be a device.
pub fn is_clear(text: &str) -> bool {
    text == "-1" || is_text(text)
}

/// Returns true if a text is neither a number nor a quantity with a unit.
fn is_text(text: &str) -> bool {
    !cell::is_numeric(text, Style { has_letters: true, ..Style::default() })
        && number::read_grouped(text).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(name: &str, texts: &[&str]) -> Vec<bool> {
        let mut keys = Keys::default();
        texts.iter().map(|text| keys.accepts(name, text, false)).collect()
    }

    #[test]
    fn names_and_counted_numbers_identify_a_device() {
        assert_eq!(all("cpu", &["all", "0", "1", "2", "all", "0", "1"]), [true; 7]);
        assert_eq!(all("index", &["7", "3"]), [true; 2]);
        assert_eq!(all("disk", &["sda", "nvme0n1"]), [true; 2]);
    }

    #[test]
    fn measured_values_identify_nothing() {
        assert_eq!(all("cpu", &["12.50"]), [false]);
        assert_eq!(all("cpu", &["12", "0"]), [false; 2]);
        assert_eq!(all("disk", &["81 %"]), [false]);
        assert_eq!(all("host", &["-", "a"]), [false, true]);
        assert_eq!(all("cpu", &["0", "3", "1"]), [true, false, false]);
        assert_eq!(all("cpu", &["1", "2"]), [false, false]);
        assert_eq!(all("cpu", &["-", "-1", "0"]), [true; 3]);
    }

    #[test]
    fn what_is_stored_of_a_column_does_not_grow_with_its_rows() {
        let counter: fn(u32) -> u32 = |row| row;
        for (name, value) in [("disk", counter), ("queue", |row| row * 17), ("cpu", |row| row % 64)] {
            let mut keys = Keys::default();
            let mut stored_after = |rows: std::ops::Range<u32>| {
                rows.for_each(|row| {
                    let _ = keys.accepts(name, &value(row).to_string(), false);
                });
                // The text of all that is stored, as a measure of its size.
                format!("{keys:?}").len()
            };
            let (before, after) = (stored_after(0..100), stored_after(100..20_000));
            assert!(after <= before + 10, "{name}: {before} became {after}");
        }
    }

    #[test]
    fn a_number_is_new_until_it_was_counted() {
        let mut keys = Keys::default();
        assert!(keys.is_new_number("cpu", "0"));
        ["0", "1"].iter().for_each(|text| assert!(keys.accepts("cpu", text, false)));
        assert!(!keys.is_new_number("cpu", "0") && !keys.is_new_number("cpu", "1"));
        assert!(keys.is_new_number("cpu", "2") && !keys.is_new_number("cpu", "all"));
    }
}
