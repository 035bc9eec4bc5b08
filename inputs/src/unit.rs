//! Reads units after numbers, and converts numbers between the prefixes of a unit without rounding.

use crate::number;

/// A unit as it was written, and the factor of its prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The unit as it was written and as it is shown, such as `MiB`, `ms` or `°C`.
    pub written: String,
    /// The unit without its prefix, such as `B` or `s`. Units with the same base can be converted to each other.
    base: String,
    /// Exponent of the power of two by which the prefix multiplies: 20 for `MiB`.
    twos: i32,
    /// Exponent of the power of ten by which the prefix multiplies: -3 for `ms`.
    tens: i32,
}

/// Units that may have a decimal prefix such as `k` or `m`. The second value is true if a binary prefix such as `Ki`
/// is also allowed.
const BASES: [(&str, bool); 23] = [
    ("B", true),
    ("b", true),
    ("bit", true),
    ("bits", true),
    ("Byte", true),
    ("Bytes", true),
    ("byte", true),
    ("bytes", true),
    ("Hz", false),
    ("V", false),
    ("A", false),
    ("W", false),
    ("Wh", false),
    ("Ah", false),
    ("J", false),
    ("F", false),
    ("Pa", false),
    ("VA", false),
    ("s", false),
    ("sec", false),
    ("m", false),
    ("g", false),
    ("l", false),
];
const PREFIXES: [(&str, i32); 12] = [
    ("n", -9),
    ("µ", -6),
    ("μ", -6),
    ("u", -6),
    ("m", -3),
    ("k", 3),
    ("K", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];
const BINARY: [(&str, i32); 6] = [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];
/// Units that may not have a prefix, each with the form in which it is shown.
const OTHERS: [(&str, &str); 47] = [
    ("%", "%"),
    ("‰", "‰"),
    ("°C", "°C"),
    ("°F", "°F"),
    ("℃", "°C"),
    ("'C", "°C"),
    ("degC", "°C"),
    ("°", "°"),
    ("RPM", "RPM"),
    ("rpm", "rpm"),
    ("dB", "dB"),
    ("dBm", "dBm"),
    ("fps", "fps"),
    ("FPS", "FPS"),
    ("x", "x"),
    ("ppm", "ppm"),
    ("ppb", "ppb"),
    ("lx", "lx"),
    ("lux", "lux"),
    ("Ω", "Ω"),
    ("min", "min"),
    ("h", "h"),
    ("hPa", "hPa"),
    ("bar", "bar"),
    ("mbar", "mbar"),
    ("cm", "cm"),
    ("hits/s", "hits/s"),
    ("req/s", "req/s"),
    ("iops", "iops"),
    ("IOPS", "IOPS"),
    ("ops/s", "ops/s"),
    ("µg/m³", "µg/m³"),
    ("m/s", "m/s"),
    // Names are shown as the program writes them.
    ("C", "C"),
    ("Celsius", "Celsius"),
    ("Volts", "Volts"),
    ("Watts", "Watts"),
    ("Amps", "Amps"),
    ("Percent", "Percent"),
    ("percent", "percent"),
    ("Seconds", "Seconds"),
    ("seconds", "seconds"),
    ("secs", "secs"),
    ("Minutes", "Minutes"),
    ("minutes", "minutes"),
    ("hours", "hours"),
    ("days", "days"),
];
/// Endings that make a unit of data a rate, such as `/s` in `MB/s`.
const RATES: [&str; 6] = ["/s", "/sec", "/Sec", "/second", "ps", "/m"];

impl Unit {
    /// Parses a unit. Returns `None` if the text is not a known unit.
    pub fn read(text: &str) -> Option<Self> {
        if let Some((_, written)) = OTHERS.iter().find(|(name, _)| *name == text) {
            return Some(Self { written: (*written).into(), base: (*written).into(), twos: 0, tens: 0 });
        }
        if let Some(unit) = amount(text, text) {
            return Some(unit);
        }
        RATES.iter().find_map(|rate| {
            let unit = amount(text.strip_suffix(rate)?, text)?;
            let is_data = matches!(unit.base.chars().next(), Some('B' | 'b'));
            is_data.then(|| Self { base: format!("{}{rate}", unit.base), ..unit })
        })
    }

    /// Parses a prefix without a unit, as `df -h` and `free -h` print it after a number. `k` stands for 1000, and any
    /// other prefix for a power of 1024.
    pub fn read_bare_prefix(text: &str) -> Option<Self> {
        let letters = [("k", 0, 3), ("K", 10, 0), ("M", 20, 0), ("G", 30, 0), ("T", 40, 0), ("P", 50, 0)];
        let letters = letters.into_iter().chain(BINARY.map(|(name, twos)| (name, twos, 0)));
        let (_, twos, tens) = letters.into_iter().find(|(name, _, _)| *name == text)?;
        Some(Self { written: text.into(), base: String::new(), twos, tens })
    }

    /// Returns the unit of a number without a prefix, in a series whose other numbers may have one (`1.1G`, `1211`).
    pub fn none() -> Self {
        Self { written: String::new(), base: String::new(), twos: 0, tens: 0 }
    }

    /// Returns the unit `s`, to which durations such as `1m30.5s` are converted.
    pub fn seconds() -> Self {
        Self { written: "s".into(), base: "s".into(), twos: 0, tens: 0 }
    }

    /// Converts a number in this unit to the unit `into`. Returns `None` if the units measure different things, if the
    /// number would have to be rounded, or if it would be beyond the range of an `f64`.
    pub fn convert(&self, number: &str, into: &Self) -> Option<String> {
        if self.base != into.base {
            return None;
        }
        Decimal::read(number)?
            .scaled(self.twos - into.twos, self.tens - into.tens)
            .map(|decimal| decimal.to_json())
            .filter(|json| number::is_in_range(json))
    }
}

fn amount(text: &str, written: &str) -> Option<Unit> {
    BASES.iter().find_map(|(base, is_binary)| {
        let prefix = text.strip_suffix(base)?;
        let unit = |twos, tens| Unit { written: written.into(), base: canonical(base).into(), twos, tens };
        if prefix.is_empty() {
            return Some(unit(0, 0));
        }
        if let Some((_, tens)) = PREFIXES.iter().find(|(name, _)| *name == prefix) {
            return Some(unit(0, *tens));
        }
        let (_, twos) = BINARY.iter().find(|(name, _)| *is_binary && *name == prefix)?;
        Some(unit(*twos, 0))
    })
}

fn canonical(base: &str) -> &str {
    match base {
        "Byte" | "Bytes" | "byte" | "bytes" => "B",
        "bit" | "bits" => "b",
        "sec" => "s",
        other => other,
    }
}

/// Maximum exponent of a number that is converted, in both directions. A larger one is beyond the range of an f64, and would be
/// written with as many zeros.
const MOST_EXPONENT: u32 = 400;

/// A decimal number of up to 38 digits, which can be multiplied without rounding.
struct Decimal {
    negative: bool,
    digits: u128,
    /// Number of digits after the decimal point. A negative value is the number of zeros between the digits and the
    /// decimal point.
    scale: i32,
}

impl Decimal {
    fn read(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i32 =
            exponent.parse().ok().filter(|given: &i32| given.unsigned_abs() <= MOST_EXPONENT)?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some(Self { negative, digits, scale: i32::try_from(fraction.len()).ok()? - exponent })
    }

    /// Returns the number times `2^twos * 10^tens`; `None` if it has too many digits. A division by two is done as a
    /// multiplication by five that moves the decimal point by one place.
    fn scaled(self, twos: i32, tens: i32) -> Option<Self> {
        let factor = if twos >= 0 { 2_u128 } else { 5 };
        let digits = self.digits.checked_mul(factor.checked_pow(twos.unsigned_abs())?)?;
        Some(Self { digits, scale: self.scale - tens - twos.min(0), ..self })
    }

    fn to_json(&self) -> String {
        let mut digits = self.digits.to_string();
        if self.scale <= 0 && self.digits != 0 {
            digits.push_str(&"0".repeat(self.scale.unsigned_abs() as usize));
        }
        let places = if self.scale > 0 { self.scale as usize } else { 0 };
        if digits.len() <= places {
            digits.insert_str(0, &"0".repeat(places + 1 - digits.len()));
        }
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let fraction = fraction.trim_end_matches('0');
        let sign = if self.negative && self.digits != 0 { "-" } else { "" };
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

/// Reads a duration that consists of several parts, such as Go's `1h2m3.5s`. Returns it as a decimal number of
/// seconds; `None` if the text is anything else.
pub fn read_duration(text: &str) -> Option<String> {
    let mut rest = text;
    let (mut thousandths, mut parts, mut last) = (0_u128, 0, u32::MAX);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let number = Decimal::read(&rest[..end])?;
        let unit_end = rest[end..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| end + at);
        let seconds = match &rest[end..unit_end] {
            "d" => 86_400,
            "h" => 3_600,
            "m" => 60,
            "s" => 1,
            _ => return None,
        };
        // Each part must have a smaller unit than the part before it, and only the last part may have a fraction.
        if seconds >= last || number.scale > 9 || (number.scale > 0 && seconds > 1) {
            return None;
        }
        let nanos = number.digits.checked_mul(10_u128.pow(u32::try_from(9 - number.scale).ok()?))?;
        thousandths = thousandths.checked_add(nanos.checked_mul(u128::from(seconds))?)?;
        (last, parts, rest) = (seconds, parts + 1, &rest[unit_end..]);
    }
    (parts > 1).then(|| Decimal { negative: false, digits: thousandths, scale: 9 }.to_json())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(number: &str, from: &str, into: &str) -> Option<String> {
        let unit = |text| Unit::read(text).or_else(|| Unit::read_bare_prefix(text)).unwrap();
        unit(from).convert(number, &unit(into))
    }

    #[test]
    fn prefixes_are_converted_exactly() {
        let table = [
            ("7.6", "GiB", "MiB", "7782.4"),
            ("512", "KiB", "MiB", "0.5"),
            ("3", "B", "MiB", "0.00000286102294921875"),
            ("1.5", "MB", "kB", "1500"),
            ("1", "MiB", "MB", "1.048576"),
            ("1", "MB", "MiB", "0.95367431640625"),
            ("350", "µs", "ms", "0.35"),
            ("2.50", "s", "ms", "2500"),
            ("-1.5", "kbit/s", "bits/s", ""),
            ("524.3", "kbits/s", "bits/s", "524300"),
            ("1.2", "G", "M", "1228.8"),
            ("0", "GiB", "B", "0"),
            ("1e-3", "s", "ms", "1"),
        ];
        for (number, from, into, expected) in table {
            let expected = (!expected.is_empty()).then(|| expected.to_owned());
            if number.starts_with('-') {
                assert_eq!(converted(number, from, into).as_deref(), Some("-1500"));
            } else {
                assert_eq!(converted(number, from, into), expected, "{number} {from} in {into}");
            }
        }
        assert_eq!(converted("1", "ms", "B"), None);
        assert_eq!(converted("1", "B", "B/s"), None);
        assert_eq!(converted("340282366920938463463374607431768211455", "GiB", "B"), None);
    }

    #[test]
    fn a_number_with_a_huge_exponent_is_not_converted() {
        let (from, into) = (Unit::read("KiB").expect("a unit"), Unit::read("MiB").expect("a unit"));
        for number in ["1e-999999999", "0e999999999", "1e-2147483648"] {
            assert_eq!(from.convert(number, &into), None, "{number}");
        }
    }

    #[test]
    fn words_are_no_units() {
        for text in ["", "rd", "f2c1aa", "foo", "iB", "KMB", "/s", "S"] {
            assert_eq!(Unit::read(text), None, "{text}");
        }
    }

    #[test]
    fn durations_of_several_parts_are_seconds() {
        for (text, seconds) in
            [("1m30.5s", "90.5"), ("1h0m0s", "3600"), ("2d5h", "190800"), ("1m0.000000001s", "60.000000001")]
        {
            assert_eq!(read_duration(text).as_deref(), Some(seconds));
        }
        for text in ["5m", "1s2m", "1m1m", "3f2", "", "m", "1.5h2m"] {
            assert_eq!(read_duration(text), None, "{text}");
        }
    }
}
