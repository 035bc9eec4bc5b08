//! Numbers for people: units with prefixes, four significant digits, a width that stays.

/// Digits that carry meaning; more would only flicker.
const SIGNIFICANT_DIGITS: i32 = 4;
/// The same for numbers below 0.1, which are rarely known better: `0.0010`, not `0.001000`.
const SIGNIFICANT_DIGITS_OF_SMALL: i32 = 2;
/// The most digits after the point, however small the number.
const MOST_DECIMALS: i32 = 9;
const THIN_SPACE: char = '\u{202f}';
const MINUS: char = '\u{2212}';

/// What a number counts, and how large ones are shortened.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// As the publisher writes it.
    name: String,
    symbol: String,
    prefixes: Prefixes,
    factor: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prefixes {
    /// Never shortened: `°C`, `%`.
    Never,
    /// Counts: by thousands from a million on.
    Count,
    /// By thousands, both ways: `ms`, `kHz`.
    Metric,
    /// By 1,024: `KiB`.
    Binary,
}

/// How the numbers of one range are written: all with the same prefix and as many decimals, so that columns of them
/// line up and nothing moves while they change.
#[derive(Clone, Debug, PartialEq)]
pub struct Format {
    unit: Unit,
    divisor: f64,
    decimals: usize,
    suffix: String,
}

impl Unit {
    /// The unit a publisher named (`meta.unit`); what is not known is shown as it is.
    pub fn parse(name: &str) -> Self {
        let name = name.trim();
        let (symbol, prefixes, factor) = match name {
            "" | "1" | "count" => ("", Prefixes::Count, 1.0),
            "%" | "percent" => ("%", Prefixes::Never, 1.0),
            "B" | "byte" | "bytes" | "By" => ("B", Prefixes::Binary, 1.0),
            "B/s" | "bytes/s" | "By/s" => ("B/s", Prefixes::Binary, 1.0),
            "KiB" => ("B", Prefixes::Binary, 1_024.0),
            "MiB" => ("B", Prefixes::Binary, 1_048_576.0),
            "GiB" => ("B", Prefixes::Binary, 1_073_741_824.0),
            "us" | "µs" => ("s", Prefixes::Metric, 1e-6),
            "ms" => ("s", Prefixes::Metric, 1e-3),
            "s" | "seconds" => ("s", Prefixes::Metric, 1.0),
            known @ ("Hz" | "W" | "V" | "A" | "Wh" | "bit/s" | "b/s" | "J" | "Pa") => {
                (known, Prefixes::Metric, 1.0)
            }
            other => (other, Prefixes::Never, 1.0),
        };
        Self { name: name.to_owned(), symbol: symbol.to_owned(), prefixes, factor }
    }

    /// Whether it is a share of a hundred.
    pub fn is_percent(&self) -> bool {
        self.symbol == "%"
    }

    /// The divisor and prefix that bring `magnitude` (already in base units) below a thousand.
    fn prefix(&self, magnitude: f64) -> (f64, &'static str) {
        let table: &[(f64, &str)] = match self.prefixes {
            Prefixes::Never => &[],
            Prefixes::Count => &[(1e12, "T"), (1e9, "G"), (1e6, "M")],
            Prefixes::Metric if magnitude < 1.0 && magnitude > 0.0 => {
                &[(1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n")]
            }
            Prefixes::Metric if self.symbol == "s" => &[],
            Prefixes::Metric => &[(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")],
            Prefixes::Binary => {
                &[(1_099_511_627_776.0, "Ti"), (1_073_741_824.0, "Gi"), (1_048_576.0, "Mi"), (1_024.0, "Ki")]
            }
        };
        table.iter().find(|(divisor, _)| magnitude >= *divisor).copied().unwrap_or((1.0, ""))
    }
}

impl Default for Unit {
    fn default() -> Self {
        Self::parse("")
    }
}

impl Format {
    /// For the numbers from `min` to `max`; `whole` if all of them are whole numbers.
    pub fn for_range(unit: &Unit, min: f64, max: f64, whole: bool) -> Self {
        let magnitude = [min, max].into_iter().filter(|end| end.is_finite()).fold(0.0, larger) * unit.factor;
        let (divisor, prefix) = unit.prefix(magnitude);
        let whole = whole && divisor <= unit.factor;
        let decimals = if whole { 0 } else { decimals_of(magnitude / divisor) };
        let decimals = if unit.is_percent() { decimals.min(1) } else { decimals };
        let suffix = format!("{prefix}{}", unit.symbol);
        Self { unit: unit.clone(), divisor: divisor / unit.factor, decimals, suffix }
    }

    /// For one number alone.
    pub fn for_value(unit: &Unit, value: f64) -> Self {
        Self::for_range(unit, value, value, value.fract() == 0.0)
    }

    /// The same prefix, but just as many decimals as numbers `step` apart need to differ.
    pub fn for_steps(&self, step: f64) -> Self {
        let step = (step / self.divisor).abs();
        let decimals =
            if step > 0.0 { (-(step * 1.000_001).log10().floor()).clamp(0.0, 9.0) as usize } else { 0 };
        Self { decimals, ..self.clone() }
    }

    /// The number, without its unit; `–` if there is none.
    pub fn number(&self, value: f64) -> String {
        if !value.is_finite() {
            return "–".to_owned();
        }
        let digits = format!("{:.*}", self.decimals, (value / self.divisor).abs());
        let negative = value < 0.0 && digits.bytes().any(|digit| (b'1'..=b'9').contains(&digit));
        let sign = if negative { MINUS.to_string() } else { String::new() };
        sign + &grouped(&digits)
    }

    /// The unit with its prefix: `MiB/s`. Empty for a plain count.
    pub fn suffix(&self) -> &str {
        &self.suffix
    }

    /// Whether the unit is another than the publisher's, which stands at the panel: `MiB/s` for `B/s`.
    pub fn is_converted(&self) -> bool {
        !self.suffix.is_empty() && self.suffix != self.unit.name
    }

    /// The number with its unit, written by itself if it is so small beside the others that its digits would not show.
    pub fn reading(&self, value: f64) -> String {
        let is_hidden = value != 0.0 && (value / self.divisor).abs() < 0.1_f64.powi(self.decimals as i32);
        if is_hidden { Self::for_value(&self.unit, value).text(value) } else { self.text(value) }
    }

    /// What one unit of the written number stands for: 1,048,576 for `MiB`.
    pub fn divisor(&self) -> f64 {
        self.divisor
    }

    /// The number with its unit.
    pub fn text(&self, value: f64) -> String {
        let number = self.number(value);
        if self.suffix.is_empty() { number } else { format!("{number}{THIN_SPACE}{}", self.suffix) }
    }
}

/// A length of time in the two largest units that matter: `41 s`, `4 min`, `2 h 10 min`.
pub fn duration(ms: i64) -> String {
    let seconds = ms.max(0) / 1_000;
    match seconds {
        0..60 => format!("{seconds}{THIN_SPACE}s"),
        60..3_600 => format!("{}{THIN_SPACE}min", seconds / 60),
        3_600..86_400 => {
            format!("{}{THIN_SPACE}h {}{THIN_SPACE}min", seconds / 3_600, seconds % 3_600 / 60)
        }
        _ => format!("{}{THIN_SPACE}d {}{THIN_SPACE}h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

fn larger(magnitude: f64, value: f64) -> f64 {
    value.abs().max(magnitude)
}

fn decimals_of(magnitude: f64) -> usize {
    let digits_before_point = if magnitude > 0.0 { magnitude.log10().floor() as i32 + 1 } else { 1 };
    let significant = if digits_before_point < 0 { SIGNIFICANT_DIGITS_OF_SMALL } else { SIGNIFICANT_DIGITS };
    (significant - digits_before_point).clamp(0, MOST_DECIMALS) as usize
}

/// Thousands apart by a thin space, from five digits on: a year or a port is not cut in two.
fn grouped(digits: &str) -> String {
    let (before, after) =
        digits.split_once('.').map_or((digits, None), |(before, after)| (before, Some(after)));
    let mut text = String::with_capacity(digits.len() + 8);
    for (index, digit) in before.char_indices() {
        if before.len() > 4 && index > 0 && (before.len() - index).is_multiple_of(3) {
            text.push(THIN_SPACE);
        }
        text.push(digit);
    }
    after.into_iter().fold(text, |text, after| text + "." + after)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn text(unit: &str, value: f64) -> String {
        Format::for_value(&Unit::parse(unit), value).text(value).replace(THIN_SPACE, " ")
    }

    #[test]
    fn a_number_has_four_significant_digits() {
        for (value, expected) in [
            (58.123_4, "58.12"),
            (1_234.56, "1235"),
            (0.123_456, "0.1235"),
            (5.25, "5.250"),
            (0.001, "0.0010"),
        ] {
            assert_eq!(text("", value), expected);
        }
    }

    #[test]
    fn a_whole_number_has_no_decimals_and_its_thousands_apart() {
        for (value, expected) in [(7.0, "7"), (2026.0, "2026"), (88_213.0, "88 213"), (-12_345.0, "−12 345")]
        {
            assert_eq!(text("", value), expected);
        }
    }

    #[test]
    fn units_are_shortened_their_own_way() {
        let cases = [
            ("B", 5_583_457_484.8, "5.200 GiB"),
            ("B/s", 1_536.0, "1.500 KiB/s"),
            ("B", 512.0, "512 B"),
            ("%", 58.123, "58.1 %"),
            ("ms", 24.0, "24 ms"),
            ("ms", 2_300.0, "2.300 s"),
            ("s", 0.000_25, "250.0 µs"),
            ("s", 7_200.0, "7200 s"),
            ("Hz", 3_400_000_000.0, "3.400 GHz"),
            ("", 12_500_000.0, "12.50 M"),
            ("°C", 18.4, "18.40 °C"),
            ("req/s", 250_000.0, "250 000 req/s"),
        ];
        for (unit, value, expected) in cases {
            assert_eq!(text(unit, value), expected, "{value} {unit}");
        }
    }

    #[test]
    fn there_is_no_negative_zero() {
        let format = Format::for_range(&Unit::default(), -10.0, 10.0, false);
        assert_eq!(format.number(-0.000_1), "0.00");
        assert_eq!(format.number(-0.0), "0.00");
        assert_eq!(format.number(-0.01), "−0.01");
    }

    #[test]
    fn all_numbers_of_a_range_are_written_alike() {
        let format = Format::for_range(&Unit::parse("B/s"), 0.0, 3_000_000.0, false);
        assert_eq!(format.text(3_000_000.0).replace(THIN_SPACE, " "), "2.861 MiB/s");
        assert_eq!(format.text(1_048.576).replace(THIN_SPACE, " "), "0.001 MiB/s");
    }

    #[test]
    fn a_reading_is_not_hidden_by_larger_ones() {
        let format = Format::for_range(&Unit::default(), 0.0, 16_000_000.0, true);
        assert_eq!(format.reading(16_000_000.0).replace(THIN_SPACE, " "), "16.00 M");
        assert_eq!((format.reading(4.0).as_str(), format.reading(-4.0).as_str()), ("4", "−4"));
        assert_eq!(format.reading(0.0).replace(THIN_SPACE, " "), "0.00 M");
    }

    #[test]
    fn steps_get_the_decimals_they_need_to_differ() {
        let format = Format::for_range(&Unit::default(), 0.0, 1.0, false);
        assert_eq!(format.for_steps(0.2).number(0.4), "0.4");
        assert_eq!(format.for_steps(0.05).number(0.15), "0.15");
        assert_eq!(format.for_steps(0.1).number(0.3), "0.3");
        assert_eq!(Format::for_range(&Unit::default(), 0.0, 100.0, false).for_steps(20.0).number(40.0), "40");
    }

    #[test]
    fn no_value_is_a_dash() {
        assert_eq!(text("%", f64::NAN), "– %");
        assert_eq!(text("", f64::INFINITY), "–");
    }

    #[test]
    fn a_duration_names_its_two_largest_units() {
        let cases = [
            (-5, "0 s"),
            (41_000, "41 s"),
            (250_000, "4 min"),
            (7_800_000, "2 h 10 min"),
            (90_000_000, "1 d 1 h"),
        ];
        for (ms, expected) in cases {
            assert_eq!(duration(ms).replace(THIN_SPACE, " "), expected);
        }
    }
}
