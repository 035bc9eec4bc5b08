//! A single value in a line of input: a number, a quantity with its unit, a text, or no value.

use std::collections::BTreeMap;

use shared::limits;
use shared::meta::entry_bytes;

use crate::data::Data;
use crate::number::{self, Comma, Place};
use crate::unit::{self, Unit};

/// A value that was read from a line of input. The series that it belongs to is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A value that is published unchanged.
    Value(Data),
    /// A number with a unit. It is published in the unit of its series, which is that of the first number in the
    /// series (see [`Units`]).
    Quantity {
        /// The number as JSON text.
        number: String,
        /// The unit of the number.
        unit: Unit,
        /// The number and its unit as they were written. This text is published if the number cannot be converted to
        /// the unit of the series.
        written: String,
    },
    /// There is no value: `N/A`, `NaN`, or an empty field. The field is left out of the publication.
    Missing,
    /// Several named values that were read from one field, such as `3.5MiB / 7.6GiB`.
    Fields(Vec<(String, Cell)>),
}

/// The notation in which an input writes its values.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// The meaning of a comma between digits.
    pub comma: Comma,
    /// True if a single letter after a number can be a unit. In the columns of system tools, `12K` is a quantity; in
    /// other inputs it may be a name.
    pub has_letters: bool,
}

/// Reads the text of a value: a number, a quantity with a unit, a boolean, a word for a missing value, or else a
/// text.
pub fn read(text: &str, style: Style) -> Cell {
    let text = text.trim();
    if number::is_missing(text) {
        return Cell::Missing;
    }
    match text {
        "true" => return Cell::Value(Data::Bool(true)),
        "false" => return Cell::Value(Data::Bool(false)),
        _ => {}
    }
    if let Some(number) = number::read(text, style.comma, Place::Field) {
        return Cell::Value(Data::Number(number));
    }
    read_quantity(text, style).unwrap_or_else(|| Cell::Value(Data::Text(text.to_owned())))
}

/// Reads a number that is followed by a unit, with or without a blank between them. Returns `None` if the text is
/// anything else.
pub fn read_quantity(text: &str, style: Style) -> Option<Cell> {
    if let Some(number) = unit::read_duration(text) {
        return Some(Cell::Quantity { number, unit: Unit::seconds(), written: text.to_owned() });
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | '-')))?;
    let (digits, rest) = text.split_at(end);
    let written_unit = rest.trim_start();
    // A comma in a number with a unit is decimal, because a list has no unit. A number with a comma for thousands is
    // not read at all.
    let is_decimal =
        style.comma == Comma::Decimal || digits.rsplit_once(',').is_none_or(|(_, tail)| tail.len() != 3);
    let comma = if is_decimal { Comma::Decimal } else { Comma::Separates };
    let number = number::read(digits, comma, Place::Field)?;
    let has_blank = written_unit.len() < rest.len();
    let letters = written_unit.chars().count();
    let is_clear = has_blank
        || style.has_letters
        || letters != 1
        || digits.contains(['.', ','])
        || matches!(written_unit, "%" | "°" | "‰" | "s" | "m" | "h" | "Ω");
    let unit = Unit::read(written_unit).or_else(|| {
        let is_amount = style.has_letters || written_unit.ends_with('i');
        (is_amount && !has_blank).then(|| Unit::read_bare_prefix(written_unit)).flatten()
    });
    let unit = unit.filter(|_| is_clear)?;
    Some(Cell::Quantity { number, unit, written: text.to_owned() })
}

/// Returns true if a text is a number, a quantity or a word for a missing value. Both a point and a comma are
/// accepted as the decimal point.
pub fn is_numeric(text: &str, style: Style) -> bool {
    let style = Style { comma: Comma::Decimal, ..style };
    text == "-" || !matches!(read(text, style), Cell::Value(Data::Text(_)))
}

/// The unit of each series of an input. It is the unit of the first number in the series, to which later numbers are
/// converted.
#[derive(Debug, Default)]
pub struct Units {
    first: BTreeMap<String, Option<Unit>>,
}

/// Maximum number of series whose unit is stored. In further series, numbers with a unit are published as text, as
/// they were written.
const MOST_SERIES: usize = 10_000;

impl Units {
    /// Returns the name and the unit of each series that has a unit. The name is empty for a value without a name.
    /// Series beyond the limits of a topic's metadata are left out.
    pub fn written(&self) -> impl Iterator<Item = (&str, &str)> {
        let units = self
            .first
            .iter()
            .filter_map(|(name, unit)| Some((name.as_str(), unit.as_ref()?.written.as_str())));
        let short =
            units.filter(|(name, _)| name.len() <= limits::META_SERIES_BYTES).take(limits::META_UNITS);
        let mut bytes = 1;
        short.take_while(move |(name, unit)| {
            bytes += entry_bytes(name, unit);
            bytes <= limits::META_UNITS_BYTES
        })
    }

    /// Returns the number of series that have a unit.
    pub fn count(&self) -> usize {
        self.first.values().flatten().count()
    }

    /// Converts a value to the unit of its series and returns the data to publish. `path` identifies the series, such
    /// as `disk.free`. Returns `None` if there is no value.
    pub fn settle(&mut self, path: &str, cell: Cell) -> Option<Data> {
        match cell {
            Cell::Missing => None,
            Cell::Value(Data::Number(number)) => Some(self.plain(path, number)),
            Cell::Value(data) => Some(data),
            Cell::Quantity { number, unit, written } => Some(self.quantity(path, number, unit, written)),
            Cell::Fields(fields) => {
                let fields = self.settle_all(path, fields);
                (!fields.is_empty()).then_some(Data::Object(fields))
            }
        }
    }

    /// Converts named values as [`Self::settle`] does. `path` is the part of the series' paths before these names.
    /// Values that are missing are left out.
    pub fn settle_all(&mut self, path: &str, fields: Vec<(String, Cell)>) -> Vec<(String, Data)> {
        let settled = fields.into_iter().filter_map(|(name, cell)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            Some((name, self.settle(&path, cell)?))
        });
        settled.collect()
    }

    fn quantity(&mut self, path: &str, number: String, unit: Unit, written: String) -> Data {
        match self.first.get(path) {
            None if self.first.len() >= MOST_SERIES || self.count() >= limits::META_UNITS => {
                Data::Text(written)
            }
            None => {
                self.first.insert(path.to_owned(), Some(unit));
                Data::Number(number)
            }
            Some(Some(first)) if *first == unit => Data::Number(number),
            Some(Some(first)) => unit.convert(&number, first).map_or(Data::Text(written), Data::Number),
            Some(None) => unit.convert(&number, &Unit::none()).map_or(Data::Text(written), Data::Number),
        }
    }

    /// Returns the data to publish for a number without a unit. If the series has a unit, the number cannot be
    /// compared with the other numbers of the series and becomes a text. If the series has only a prefix, such as the
    /// `G` in `1.1G`, the number is converted to it. A zero stays a number, because it is the same in every unit.
    fn plain(&mut self, path: &str, number: String) -> Data {
        let is_zero = !number.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
        match self.first.get(path) {
            Some(Some(first)) if !is_zero => {
                return Unit::none().convert(&number, first).map_or(Data::Text(number), Data::Number);
            }
            None if !is_zero && self.first.len() < MOST_SERIES => {
                self.first.insert(path.to_owned(), None);
            }
            Some(_) | None => {}
        }
        Data::Number(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Option<(String, String)> {
        match read(text, Style::default()) {
            Cell::Quantity { number, unit, .. } => Some((number, unit.written)),
            _ => None,
        }
    }

    #[test]
    fn a_unit_behind_a_number_is_told_from_a_name() {
        for (text, number, unit) in [
            ("37 %", "37", "%"),
            ("120MiB", "120", "MiB"),
            ("12ms", "12", "ms"),
            ("71.20 W", "71.20", "W"),
            ("-4,5 °C", "-4.5", "°C"),
            ("524.3kbits/s", "524.3", "kbits/s"),
            ("1m30s", "90", "s"),
            ("250Mi", "250", "Mi"),
        ] {
            assert_eq!(quantity(text), Some((number.into(), unit.into())), "{text}");
        }
        for text in
            ["12A", "5G", "3rd", "2x", "3f2c1aa", "1,234 ms", "0042ms", "10:42", "v1.2", "5 apples", "1-2"]
        {
            assert_eq!(quantity(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_without_a_prefix_belongs_to_a_series_with_prefixes() {
        let letters = Style { has_letters: true, ..Style::default() };
        let mut units = Units::default();
        let mut settle =
            |path: &str, text: &str| units.settle(path, read(text, letters)).map(|data| data.to_json());
        assert_eq!(settle("a", "1.5K").as_deref(), Some("1.5"));
        assert_eq!(settle("a", "512").as_deref(), Some("0.5"));
        assert_eq!(settle("b", "512").as_deref(), Some("512"));
        assert_eq!(settle("b", "1.5K").as_deref(), Some("1536"));
        assert_eq!(settle("c", "5ms").as_deref(), Some("5"));
        assert_eq!(settle("c", "512").as_deref(), Some("\"512\""));
    }

    #[test]
    fn numbers_of_a_series_come_in_its_first_unit_or_as_they_were_written() {
        let mut units = Units::default();
        let mut settle =
            |text: &str| units.settle("a", read(text, Style::default())).map(|data| data.to_json());
        assert_eq!(settle("900KiB").as_deref(), Some("900"));
        assert_eq!(settle("1.5MiB").as_deref(), Some("1536"));
        assert_eq!(settle("0").as_deref(), Some("0"));
        assert_eq!(settle("3 ms").as_deref(), Some("\"3 ms\""));
        assert_eq!(settle("N/A"), None);
        assert_eq!(units.written().collect::<Vec<_>>(), [("a", "KiB")]);
    }

    #[test]
    fn the_units_of_many_long_names_fit_into_the_metadata_of_a_topic() {
        for filler in ["x", "\u{1}"] {
            let mut units = Units::default();
            for number in 0..limits::META_UNITS {
                let name = format!("{number:03}{}", filler.repeat(limits::META_SERIES_BYTES - 3));
                units.settle(&name, read("5 ms", Style::default()));
            }
            let written = units.written().map(|(name, unit)| (name.to_owned(), unit.to_owned())).collect();
            let meta = shared::TopicMeta { units: written, ..Default::default() };
            assert_eq!(meta.check(), Ok(()));
            assert!(meta.units.len() >= 10, "{filler:?}: {}", meta.units.len());
        }
    }
}
