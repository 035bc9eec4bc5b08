//! Formats numbers with their units for people to read. Numbers keep the digits that were sent, and large or small
//! ones get a prefix such as k or µ.
//!
//! A published number is shown with all digits that were sent, up to [`ROOM`] digits. A fraction with more digits was
//! computed and not measured, so it is shortened to `CUT_DIGITS` significant digits. Marks of an axis were not sent.
//! They have as many digits as are necessary to distinguish them.

use super::decimal::{Decimal, shortest};

/// Maximum number of significant digits with which a number is shown as it was sent. A fraction with more digits is
/// shortened.
pub const ROOM: usize = 9;
/// Number of significant digits to which a fraction with more than [`ROOM`] digits is shortened.
const CUT_DIGITS: i32 = 6;
/// Minimum number of decimals that a shortened number above one keeps, so that amounts of money keep their cents.
const CUT_DECIMALS: i32 = 2;
/// Number of significant digits of a number that was divided by a power of 1,024, such as one in MiB.
const BINARY_DIGITS: i32 = 4;
/// A number on an axis gets a prefix (k, M, …) if it has at least this many digits before the decimal point.
const AXIS_DIGITS: i32 = 7;
/// A number for which there is no prefix is written with an exponent if it has more digits before the decimal point
/// than this.
const LONGEST_WHOLE: i32 = 15;
/// A number without a prefix is written with an exponent if [`Decimal::point`] is smaller than this. The smallest
/// number that is written out is 0.0001.
const SMALLEST_POINT: i32 = -3;
/// A number whose unit can have a prefix such as `m` gets one if [`Decimal::point`] is smaller than this. The
/// smallest number that is written without a prefix is 0.001.
const SMALLEST_METRIC_POINT: i32 = -2;
/// Maximum number of decimals in the label of a mark on an axis.
const MOST_STEP_DECIMALS: f64 = 9.0;
/// Numbers that can be read in the unit of an axis. Others get a prefix or an exponent of their own.
const LEGIBLE: std::ops::Range<f64> = 0.001..1e18;
const THIN_SPACE: char = '\u{202f}';
const MINUS: char = '\u{2212}';
const NO_VALUE: &str = "–";

/// The unit of a number, and the kind of prefixes with which large and small numbers in this unit are shortened.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Unit as the publisher named it.
    name: String,
    /// The unit as it is shown: `B` for `bytes`.
    own: &'static str,
    /// The unit before which prefixes are put: `s` if the unit is `ms`.
    base: &'static str,
    prefixes: Prefixes,
    /// Largest number of decimals with which numbers are shown; `None` for as many as were sent.
    decimals: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prefixes {
    /// The unit never has a prefix: `°C`, `%`.
    Never,
    /// The number is a count, which has a prefix from one million on, as in `1.2 M`.
    Count,
    /// Prefixes are powers of a thousand, for large and small numbers. The unit itself is its base unit times ten to
    /// this power: -3 for `ms`.
    Metric(i32),
    /// Prefixes are powers of 1,024. The unit itself is its base unit times 1,024 to this power: 2 for `MiB`.
    Binary(i32),
}

/// The prefix or the exponent that all numbers of one axis, column or figure have in common.
#[derive(Clone, Debug, PartialEq)]
struct Prefix {
    /// Number by which a published number is divided before it is written: 1,000,000 for the prefix `M`.
    divisor: f64,
    /// The divisor as a power of ten: 6 for 1,000,000. The decimal point is then moved by this many places, and no
    /// digit changes. `None` if the divisor is a power of 1,024.
    power: Option<i32>,
    /// Text that is written after the number: the unit with its prefix, such as `MiB/s`.
    suffix: String,
}

/// The format of the numbers of one axis, column or figure. All of them have the same unit and the same prefix.
#[derive(Clone, Debug, PartialEq)]
pub struct Format {
    unit: Unit,
    prefix: Prefix,
    /// Number of decimals of the marks on an axis; `None` for numbers that are written with the digits that were
    /// sent.
    step_decimals: Option<usize>,
}

impl Unit {
    /// Parses the unit that a publisher has declared (`meta.unit`). An unknown unit is shown as it was declared,
    /// without prefixes.
    pub fn parse(name: &str) -> Self {
        let name = name.trim();
        let (own, base, prefixes) = match name {
            "" | "1" | "count" => ("", "", Prefixes::Count),
            "%" | "percent" => ("%", "%", Prefixes::Never),
            "B" | "byte" | "bytes" | "By" => ("B", "B", Prefixes::Binary(0)),
            "B/s" | "bytes/s" | "By/s" => ("B/s", "B/s", Prefixes::Binary(0)),
            "ns" => ("ns", "s", Prefixes::Metric(-9)),
            "us" | "µs" => ("µs", "s", Prefixes::Metric(-6)),
            "ms" => ("ms", "s", Prefixes::Metric(-3)),
            "s" | "seconds" => ("s", "s", Prefixes::Metric(0)),
            "Hz" => ("Hz", "Hz", Prefixes::Metric(0)),
            "W" => ("W", "W", Prefixes::Metric(0)),
            "V" => ("V", "V", Prefixes::Metric(0)),
            "A" => ("A", "A", Prefixes::Metric(0)),
            "Wh" => ("Wh", "Wh", Prefixes::Metric(0)),
            "bit/s" => ("bit/s", "bit/s", Prefixes::Metric(0)),
            "b/s" => ("b/s", "b/s", Prefixes::Metric(0)),
            "J" => ("J", "J", Prefixes::Metric(0)),
            "Pa" => ("Pa", "Pa", Prefixes::Metric(0)),
            _ => with_prefix(name).unwrap_or(("", "", Prefixes::Never)),
        };
        Self { name: name.to_owned(), own, base, prefixes, decimals: None }
    }

    /// Returns the unit with a largest number of decimals; with `None`, numbers are shown with those that were sent.
    #[must_use]
    pub fn rounded(self, decimals: Option<u32>) -> Self {
        Self { decimals, ..self }
    }

    /// Returns a text that says that numbers are rounded, such as `to 1 decimal`; `None` if they are not.
    pub fn rounding(&self) -> Option<String> {
        self.decimals.map(|decimals| {
            format!("rounded to {decimals} {}", if decimals == 1 { "decimal" } else { "decimals" })
        })
    }

    /// Returns the unit as it is written after a number without a prefix, such as `B` for `bytes`. It is empty for a
    /// count.
    pub fn symbol(&self) -> &str {
        if self.own.is_empty() && self.prefixes != Prefixes::Count { &self.name } else { self.own }
    }

    /// Returns the factor by which numbers of this unit are multiplied to convert them to the unit `other`: 1,024
    /// from GiB to MiB. Returns `None` if the units cannot be converted into each other.
    pub fn factor_to(&self, other: &Self) -> Option<f64> {
        if self.base != other.base {
            return None;
        }
        match (self.prefixes, other.prefixes) {
            (Prefixes::Never, Prefixes::Never) => (self.symbol() == other.symbol()).then_some(1.0),
            (Prefixes::Count, Prefixes::Count) => Some(1.0),
            (from, to) => Some(from.size()? / to.size()?),
        }
    }

    /// Returns true if the unit is `%`.
    pub fn is_percent(&self) -> bool {
        self.own == "%"
    }

    fn without_prefix(&self) -> Prefix {
        Prefix { divisor: 1.0, power: Some(0), suffix: self.symbol().to_owned() }
    }

    /// Returns the prefix for numbers of which `magnitude` is the largest. `point` is [`Decimal::point`] of
    /// `magnitude`. Numbers with fewer than `whole_digits` digits before the decimal point are written without a
    /// prefix, unless they are very small.
    fn prefix(&self, magnitude: f64, point: i32, whole_digits: i32) -> Prefix {
        let fits = point < whole_digits;
        match self.prefixes {
            // A publisher that has chosen a prefix is not given another one as long as there is room.
            Prefixes::Binary(1..) if fits && (point >= SMALLEST_METRIC_POINT || magnitude == 0.0) => {
                self.without_prefix()
            }
            Prefixes::Binary(power) => self.binary_prefix(magnitude, power),
            _ if magnitude == 0.0 => self.without_prefix(),
            Prefixes::Count if fits && point >= SMALLEST_POINT => self.without_prefix(),
            Prefixes::Count => self.metric_prefix(point, 0, 6..=12),
            Prefixes::Metric(_) if fits && point >= SMALLEST_METRIC_POINT => self.without_prefix(),
            Prefixes::Metric(power) if self.base == "s" => self.metric_prefix(point, power, -15..=0),
            Prefixes::Metric(power) => self.metric_prefix(point, power, -15..=15),
            Prefixes::Never if (SMALLEST_POINT..=LONGEST_WHOLE).contains(&point) => self.without_prefix(),
            Prefixes::Never => self.exponent(point - 1),
        }
    }

    /// Returns the decimal prefix for numbers of which the largest has `point` digits before the decimal point. The
    /// unit is its base unit times ten to the power of `unit_power`. `powers` are the powers of ten for which there
    /// are prefixes.
    fn metric_prefix(&self, point: i32, unit_power: i32, powers: std::ops::RangeInclusive<i32>) -> Prefix {
        let wanted = (point - 1 + unit_power).div_euclid(3) * 3;
        let power = wanted.clamp(*powers.start(), *powers.end());
        // A number far beyond the range of the prefixes would still have many zeros with a prefix, so it gets an
        // exponent.
        if (wanted - power).abs() > 3 {
            return self.exponent(point - 1);
        }
        let names = ["f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P"];
        let name = usize::try_from(power / 3 + 5).ok().and_then(|index| names.get(index)).unwrap_or(&"");
        let shift = power - unit_power;
        Prefix { divisor: power_of_ten(shift), power: Some(shift), suffix: format!("{name}{}", self.base) }
    }

    fn binary_prefix(&self, magnitude: f64, unit_power: i32) -> Prefix {
        let names = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];
        let bytes = magnitude * 1_024_f64.powi(unit_power);
        let power = (1..names.len() as i32).rev().find(|power| bytes >= 1_024_f64.powi(*power)).unwrap_or(0);
        if bytes / 1_024_f64.powi(power) >= 1e6 || bytes > 0.0 && bytes < 1e-3 {
            return self.exponent(magnitude.log10().floor() as i32);
        }
        let shift = power - unit_power;
        let suffix = format!("{}{}", names.get(power as usize).unwrap_or(&""), self.base);
        Prefix { divisor: 1_024_f64.powi(shift), power: (shift == 0).then_some(0), suffix }
    }

    fn exponent(&self, power: i32) -> Prefix {
        let symbol = self.symbol();
        let space = if symbol.is_empty() { "" } else { " " };
        let suffix = format!("× 10{}{space}{symbol}", superscript(power));
        Prefix { divisor: power_of_ten(power), power: Some(power), suffix }
    }
}

impl Prefixes {
    /// Returns the number of base units in one unit: 1,000 for `kW`. Returns `None` for units that have no base unit.
    fn size(self) -> Option<f64> {
        match self {
            Self::Never | Self::Count => None,
            Self::Metric(power) => Some(power_of_ten(power)),
            Self::Binary(power) => Some(1_024_f64.powi(power)),
        }
    }
}

/// Parses a unit with a prefix, such as `kW`, `MB/s`, `mA` or `MiB`. Returns the symbol (empty for such units), the
/// base unit and the prefix. Returns `None` for `mb/s`, because the `m` may be meant as a million.
fn with_prefix(name: &str) -> Option<(&'static str, &'static str, Prefixes)> {
    const BASES: [&str; 11] = ["B", "B/s", "bit/s", "b/s", "W", "Wh", "V", "A", "J", "Hz", "Pa"];
    const PREFIXES: [(&str, Prefixes); 9] = [
        ("Ki", Prefixes::Binary(1)),
        ("Mi", Prefixes::Binary(2)),
        ("Gi", Prefixes::Binary(3)),
        ("Ti", Prefixes::Binary(4)),
        ("m", Prefixes::Metric(-3)),
        ("k", Prefixes::Metric(3)),
        ("M", Prefixes::Metric(6)),
        ("G", Prefixes::Metric(9)),
        ("T", Prefixes::Metric(12)),
    ];
    PREFIXES.into_iter().find_map(|(prefix, prefixes)| {
        let rest = name.strip_prefix(prefix)?;
        let base = BASES.into_iter().find(|base| *base == rest)?;
        let fits = match prefixes {
            Prefixes::Binary(_) => base.starts_with('B'),
            Prefixes::Metric(power) => power > 0 || !base.contains(['B', 'b']),
            Prefixes::Never | Prefixes::Count => false,
        };
        fits.then_some(("", base, prefixes))
    })
}

impl Default for Unit {
    fn default() -> Self {
        Self::parse("")
    }
}

impl Format {
    /// Returns the format of an axis from `min` to `max`. All its numbers have the same prefix.
    pub fn for_range(unit: &Unit, min: f64, max: f64) -> Self {
        let magnitude = [min, max].into_iter().filter(|end| end.is_finite()).fold(0.0, larger);
        Self::for_magnitude(unit, magnitude, AXIS_DIGITS)
    }

    /// Returns the format of a single number. It has a prefix only if the number has too many digits without one.
    pub fn for_value(unit: &Unit, value: f64) -> Self {
        Self::for_magnitude(unit, if value.is_finite() { value.abs() } else { 0.0 }, ROOM as i32 + 1)
    }

    fn for_magnitude(unit: &Unit, magnitude: f64, whole_digits: i32) -> Self {
        let point = Decimal::of(magnitude).map_or(0, |decimal| decimal.point());
        let prefix = unit.prefix(magnitude, point, whole_digits);
        Self { unit: unit.clone(), prefix, step_decimals: None }
    }

    /// Returns this format for the marks of an axis that are `step` apart. The marks get as many decimals as are
    /// necessary to distinguish them.
    pub fn for_steps(&self, step: f64) -> Self {
        let step = (step / self.prefix.divisor).abs();
        let decimals = if step > 0.0 { -(step * 1.000_001).log10().floor() } else { 0.0 };
        Self { step_decimals: Some(decimals.clamp(0.0, MOST_STEP_DECIMALS) as usize), ..self.clone() }
    }

    /// Formats `value` in the unit of this format, without writing the unit. Returns `–` if the value is not finite.
    pub fn number(&self, value: f64) -> String {
        match (Decimal::of(value), self.step_decimals) {
            (None, _) => NO_VALUE.to_owned(),
            (Some(decimal), None) => signed(&self.scaled(&decimal, value), Some(THIN_SPACE)),
            (Some(_), Some(decimals)) => {
                let text = format!("{:.decimals$}", value / self.prefix.divisor);
                Decimal::parse(&text).map_or(text, |decimal| signed(&decimal, Some(THIN_SPACE)))
            }
        }
    }

    /// Formats `value` in the unit of this format, with the unit after it.
    pub fn text(&self, value: f64) -> String {
        self.with_suffix(self.number(value))
    }

    /// Formats a published number with its unit. `sent` is the JSON text of the number. The number is written in the
    /// publisher's unit if it is short enough. Otherwise it is written in the unit of this format or, if it would be
    /// close to zero or very large in that unit, with the prefix that suits it. A number that is closer to zero than those of an
    /// `f64` is written as it was sent.
    pub fn reading(&self, sent: &str) -> String {
        let (number, suffix) = self.parts(sent);
        if suffix.is_empty() { number } else { format!("{number}{THIN_SPACE}{suffix}") }
    }

    /// Formats a published number as [`Self::reading`] does. Returns the number and its unit separately.
    pub fn parts(&self, sent: &str) -> (String, String) {
        let Some(decimal) = Decimal::parse(sent) else {
            return (sent.to_owned(), self.unit.symbol().to_owned());
        };
        // Rust's own parser of numbers would make the page twelve kilobytes larger.
        let value = serde_json::from_str(sent).unwrap_or(f64::NAN);
        if value == 0.0 && !decimal.is_zero() {
            return (sent.to_owned(), self.unit.symbol().to_owned());
        }
        let alone = Self::for_value(&self.unit, value);
        let is_legible = value == 0.0 || LEGIBLE.contains(&(value / self.prefix.divisor).abs());
        let format = if alone.prefix.power == Some(0) || !is_legible { &alone } else { self };
        let scaled = format.scaled(&decimal, value);
        let scaled = match self.unit.decimals {
            Some(decimals) => scaled.rounded(decimals as i32),
            None => scaled,
        };
        let number = signed(&scaled, Some(THIN_SPACE));
        (number, format.prefix.suffix.clone())
    }

    /// Returns a published number with the digits and the unit with which it was sent, if `text` says something else: if it is
    /// shortened, or has a prefix or an exponent. `text` is [`Self::reading`] of the number.
    pub fn exact(&self, sent: &str, text: &str) -> Option<String> {
        let number = text.strip_suffix(self.unit.symbol()).unwrap_or_default();
        let digits = number.chars().filter(|letter| *letter != THIN_SPACE);
        let is_as_sent = digits.map(|letter| if letter == MINUS { '-' } else { letter }).eq(sent.chars());
        let is_number = Decimal::parse(sent).is_some();
        (is_number && !is_as_sent).then(|| [sent, &self.unit.name].join(" ").trim_end().to_owned())
    }

    /// Formats a number as [`Self::reading`] does, for a value whose digits were not stored. Returns `–` if the value
    /// is not finite.
    pub fn reading_of(&self, value: f64) -> String {
        if value.is_finite() { self.reading(&shortest(value)) } else { NO_VALUE.to_owned() }
    }

    /// Returns the text that is written after numbers: the unit with its prefix, such as `MiB/s`. It is empty for a
    /// count without a prefix.
    pub fn suffix(&self) -> &str {
        &self.prefix.suffix
    }

    /// Returns the unit in which the numbers were published.
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// Returns true if numbers are written in another unit than the publisher's: in `MiB/s` instead of `B/s`. The
    /// head of a panel shows the publisher's unit, so the other unit has to be written beside the numbers.
    pub fn is_converted(&self) -> bool {
        !self.prefix.suffix.is_empty() && self.prefix.suffix != self.unit.name
    }

    /// Returns the number by which a published number is divided before it is written: 1,048,576 if it was published
    /// in `B` and is written in `MiB`.
    pub fn divisor(&self) -> f64 {
        self.prefix.divisor
    }

    /// Converts a published number to the unit of this format, and shortens it if it has too many digits. `decimal`
    /// contains the digits that were sent, and `value` is the same number.
    fn scaled(&self, decimal: &Decimal, value: f64) -> Decimal {
        match self.prefix.power {
            Some(power) if power > 0 && decimal.is_whole() => {
                legible(&decimal.shifted(-power)).without_last_zeros()
            }
            Some(power) => legible(&decimal.shifted(-power)),
            None => {
                let scaled = Decimal::of(value / self.prefix.divisor).unwrap_or_else(|| decimal.clone());
                scaled.cut(usize::try_from(BINARY_DIGITS - scaled.point()).unwrap_or(0)).without_last_zeros()
            }
        }
    }

    fn with_suffix(&self, number: String) -> String {
        if self.prefix.suffix.is_empty() {
            number
        } else {
            format!("{number}{THIN_SPACE}{}", self.prefix.suffix)
        }
    }
}

/// Formats a published number as tables show it: with all digits that were sent and without spaces, so that ids stay
/// unchanged. A number that would be too long for a column is written with an exponent.
pub fn in_full(sent: &str) -> String {
    match Decimal::parse(sent) {
        None => sent.to_owned(),
        Some(decimal) if decimal.is_zero() => signed(&decimal, None),
        Some(decimal) if decimal.is_whole() && !sent.contains(['e', 'E']) => signed(&decimal, None),
        Some(decimal) if (SMALLEST_POINT..=LONGEST_WHOLE).contains(&decimal.point()) => {
            signed(&decimal, None)
        }
        Some(decimal) => {
            let (mantissa, exponent) = decimal.scientific();
            format!("{}{THIN_SPACE}× 10{}", signed(&mantissa, None), superscript(exponent))
        }
    }
}

/// Formats the time for which something has lasted with its one or two largest units: `41 s`, `4 min`, `2 h`, `2 h 10 min`. Minutes have no
/// seconds, which would change all the time.
pub fn duration(ms: i64) -> String {
    let seconds = ms.max(0) / 1_000;
    match seconds {
        0..60 => format!("{seconds}{THIN_SPACE}s"),
        60..3_600 => format!("{}{THIN_SPACE}min", seconds / 60),
        3_600..86_400 => two_units((seconds / 3_600, "h"), (seconds % 3_600 / 60, "min")),
        _ => two_units((seconds / 86_400, "d"), (seconds % 86_400 / 3_600, "h")),
    }
}

/// Formats a length of time that was chosen with its one or two largest units: `500 ms`, `1 s 500 ms`, `90 s` as `1 min 30 s`. From ten
/// seconds on it has no milliseconds.
pub fn length(ms: i64) -> String {
    match ms {
        1..1_000 => format!("{ms}{THIN_SPACE}ms"),
        1_000..10_000 => two_units((ms / 1_000, "s"), (ms % 1_000, "ms")),
        60_000..3_600_000 => two_units((ms / 60_000, "min"), (ms % 60_000 / 1_000, "s")),
        _ => duration(ms),
    }
}

/// Formats a duration in two units; the second is left out if it is zero.
fn two_units((large, large_unit): (i64, &str), (small, small_unit): (i64, &str)) -> String {
    match small {
        0 => format!("{large}{THIN_SPACE}{large_unit}"),
        _ => format!("{large}{THIN_SPACE}{large_unit} {small}{THIN_SPACE}{small_unit}"),
    }
}

/// Shortens a fraction with more than [`ROOM`] digits to `CUT_DIGITS` digits; above one, it keeps at least two
/// decimals. Returns any other number with all its digits.
fn legible(decimal: &Decimal) -> Decimal {
    if decimal.len() <= ROOM || decimal.is_whole() {
        return decimal.clone();
    }
    let least = if decimal.point() > 0 { CUT_DECIMALS } else { 0 };
    decimal.cut(usize::try_from((CUT_DIGITS - decimal.point()).max(least)).unwrap_or(0))
}

fn signed(decimal: &Decimal, separator: Option<char>) -> String {
    let digits = decimal.plain(separator);
    if decimal.is_negative() { format!("{MINUS}{digits}") } else { digits }
}

fn superscript(power: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let raised = |digit: char| digit.to_digit(10).map_or('⁻', |digit| DIGITS[digit as usize]);
    power.to_string().chars().map(raised).collect()
}

/// Returns ten to the power of `power`, limited to powers that an `f64` can represent.
fn power_of_ten(power: i32) -> f64 {
    10_f64.powi(power.clamp(-307, 308))
}

fn larger(magnitude: f64, value: f64) -> f64 {
    value.abs().max(magnitude)
}

#[cfg(test)]
mod tests;
