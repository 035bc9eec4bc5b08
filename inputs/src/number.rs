//! Distinguishes numbers from texts that only look like numbers.
//!
//! An id must not be published with other digits, so a doubtful text remains text. A text is doubtful if it has leading
//! zeros (`0042`), if it consists of hexadecimal digits that look like a number with an exponent (`83e2010`, `1234e8`),
//! or if it is an integer that no 64-bit type can represent.

/// The meaning of a comma within a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Comma {
    /// A comma separates two values and is not part of a number.
    #[default]
    Separates,
    /// A comma is the decimal point of a number.
    Decimal,
}

/// The place at which a text stands. It determines which exponents a number may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The text is one of several fields and may be an id. Therefore `1e12` is text, whereas `1e+12` and `1.0e12` are
    /// numbers.
    Field,
    /// The text is a whole line or argument, which is probably a number. Therefore `1e3` is a number, too.
    Alone,
}

/// Reads a number. Returns it as JSON text with the digits that were written; `None` if the text is not a number.
pub fn read(text: &str, comma: Comma, place: Place) -> Option<String> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("+", &text[1..]),
        _ => ("", text),
    };
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let point = if comma == Comma::Decimal && mantissa.contains(',') { ',' } else { '.' };
    let (whole, fraction) = match mantissa.split_once(point) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let has_digits = is_digits(whole) || (whole.is_empty() && fraction.is_some());
    if !has_digits || (whole.len() > 1 && whole.starts_with('0')) || !fraction.is_none_or(is_digits) {
        return None;
    }
    let negative = if sign == "-" { "-" } else { "" };
    match (fraction, exponent) {
        (None, None) => whole_number(sign, whole, place),
        (fraction, exponent) => {
            let exponent = exponent.map(|exponent| read_exponent(exponent, whole, fraction, place));
            let exponent = match exponent {
                None => String::new(),
                Some(exponent) => format!("e{}", exponent?),
            };
            let whole = if whole.is_empty() { "0" } else { whole };
            let fraction = fraction.map(|digits| format!(".{digits}")).unwrap_or_default();
            let number = format!("{negative}{whole}{fraction}{exponent}");
            is_in_range(&number).then_some(number)
        }
    }
}

/// Reads a number with separated thousands, such as `1,234.56` or `1.234,56`. If only one kind of separator occurs, it may be the
/// decimal point, and `None` is returned. A text that may be a list must not be passed.
pub fn read_grouped(text: &str) -> Option<String> {
    let point = text.rfind(['.', ','])?;
    let (whole, fraction) = (&text[..point], &text[point + 1..]);
    let separator = if text[point..].starts_with('.') { ',' } else { '.' };
    (is_grouped(whole, separator) && is_digits(fraction))
        .then(|| format!("{}.{fraction}", whole.replace(separator, "")))
        .and_then(|plain| read(&plain, Comma::Separates, Place::Field))
}

/// Reads a whole number whose thousands are separated by commas, such as `2,102` or `2,102,650`. A text that may be a
/// list or a number with a decimal comma must not be passed.
pub fn read_thousands(text: &str) -> Option<String> {
    read_whole_groups(text, ',')
}

/// Reads a whole number whose thousands are separated by points, such as `1.000`. Returns `None` unless `comma` is the
/// decimal point of the input.
pub fn read_dotted(text: &str, comma: Comma) -> Option<String> {
    (comma == Comma::Decimal).then(|| read_whole_groups(text, '.')).flatten()
}

/// Returns a computed number as JSON text; `None` if it is not finite. A large one has an exponent, because the JSON parser refuses
/// the largest numbers in plain digits.
pub fn computed(number: f64) -> Option<String> {
    let is_large = number.abs() >= 1e16;
    number.is_finite().then(|| if is_large { format!("{number:e}") } else { format!("{number}") })
}

/// Returns true if a number in JSON's notation is within the range of an `f64`. The server refuses any other.
pub fn is_in_range(json: &str) -> bool {
    serde_json::from_str::<f64>(json).is_ok()
}

fn read_whole_groups(text: &str, separator: char) -> Option<String> {
    is_grouped(text, separator)
        .then(|| text.replace(separator, ""))
        .and_then(|plain| read(&plain, Comma::Separates, Place::Field))
}

/// Returns true if a text consists of digits only and is an integer that no 64-bit type can represent.
pub fn is_long_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    is_digits(digits) && !digits.starts_with('0') && read(text, Comma::Separates, Place::Alone).is_none()
}

/// Returns the JSON text of an integer that a 64-bit type can represent; otherwise `None`. A plus sign before more
/// than four digits is not accepted, because it is probably the beginning of a telephone number.
fn whole_number(sign: &str, digits: &str, place: Place) -> Option<String> {
    if sign == "+" && place == Place::Field && digits.len() > 4 {
        return None;
    }
    if sign == "-" {
        let text = format!("-{digits}");
        return text.parse::<i64>().is_ok().then_some(text);
    }
    digits.parse::<u64>().is_ok().then(|| digits.to_owned())
}

fn read_exponent(text: &str, whole: &str, fraction: Option<&str>, place: Place) -> Option<String> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("+", &text[1..]),
        _ => ("", text),
    };
    let is_short = is_digits(digits) && digits.len() <= 3;
    let is_plain = !sign.is_empty() || fraction.is_some();
    let is_alone = place == Place::Alone && whole.len() == 1 && !digits.starts_with('0');
    (is_short && (is_plain || is_alone)).then(|| format!("{sign}{digits}"))
}

/// Returns true if a text is an integer, perhaps with a sign, whose thousands are separated by `separator`, such as `1.000`.
fn is_grouped(text: &str, separator: char) -> bool {
    let Some((first, others)) = text.trim_start_matches(['+', '-']).split_once(separator) else {
        return false;
    };
    is_digits(first)
        && first.len() <= 3
        && !first.starts_with('0')
        && others.split(separator).all(|group| is_digits(group) && group.len() == 3)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns true if a text stands for a missing value: `NaN`, an infinity, `N/A` and the like. A field with such a
/// text is left out of the publication.
pub fn is_missing(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "",
        "nan",
        "-nan",
        "+nan",
        "inf",
        "-inf",
        "+inf",
        "infinity",
        "-infinity",
        "+infinity",
        "n/a",
        "[n/a]",
        "#n/a",
        "[not supported]",
        "[unknown error]",
        "[not found]",
    ];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Learns from the numbers in an input whether a comma is their decimal point.
///
/// A single number such as `21,5` is not sufficient evidence, because it may be a list. Two such numbers are
/// sufficient if no number contains a point: `21,5 40,2`. A comma or a point before exactly three digits (`1,234`) is no
/// evidence, because it may separate thousands.
#[derive(Debug, Clone, Default)]
pub struct Commas {
    decimal: u8,
    has_point: bool,
    /// True if a number has a point that may separate thousands, such as `1.000`.
    has_doubtful_point: bool,
    /// True if a number has points between thousands and a decimal comma, such as `1.234,56`.
    has_both: bool,
}

impl Commas {
    /// Examines the text of a field. If the field has a unit, only its number may be passed.
    pub fn observe(&mut self, text: &str) {
        let text = text.trim_start_matches(['+', '-']);
        let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(text.len());
        let number = &text[..end];
        if number.split_once(',').is_some_and(|(whole, _)| whole.contains('.'))
            && read_grouped(number).is_some()
        {
            self.has_both = true;
        } else if let Some((whole, fraction)) = text.split_once('.') {
            if read_whole_groups(text, '.').is_some() {
                self.has_doubtful_point = true;
            } else {
                self.has_point |= is_digits(whole) && is_digits(fraction);
            }
        } else if let Some((whole, fraction)) = text.split_once(',')
            && is_digits(whole)
            && is_digits(fraction)
        {
            // If the integer part is zero, or if other than three digits follow the comma, the comma does not
            // separate thousands.
            let is_evidence = fraction.len() != 3 || whole == "0";
            self.decimal = self.decimal.saturating_add(u8::from(is_evidence));
        }
    }

    /// Returns a text without the points between the thousands of its number, if the input has shown that points
    /// separate thousands: `1000` for `1.000` after `1.234,5`. Any other text is returned unchanged.
    pub fn without_groups(&self, text: &str) -> String {
        let end = text
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | '-')))
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let whole = number.split_once(',').map_or(number, |(whole, _)| whole);
        let is_number = self.has_both && !self.has_point && is_grouped(whole, '.');
        if is_number { format!("{}{unit}", number.replace('.', "")) } else { text.to_owned() }
    }

    /// Returns the meaning of a comma in an input whose fields are separated by semicolons or blanks. A single number
    /// with a comma is sufficient evidence for a decimal point.
    pub fn between_others(&self) -> Comma {
        self.judge(1)
    }

    /// Returns the meaning of a comma in an input whose fields may be separated by commas. Two numbers with a comma
    /// are necessary as evidence for a decimal point.
    pub fn among_commas(&self) -> Comma {
        self.judge(2)
    }

    /// Returns the meaning of a comma in a table whose columns have a separator, such as a semicolon. `enough` is the
    /// number of values with a comma that are sufficient evidence. There, `1.000` beside `2,5` has separated thousands.
    pub fn in_csv(&self, enough: u8) -> Comma {
        let is_decimal = !self.has_point && (self.decimal >= enough || self.has_both);
        if is_decimal { Comma::Decimal } else { Comma::Separates }
    }

    fn judge(&self, enough: u8) -> Comma {
        let may_be_list = self.has_doubtful_point && !self.has_both;
        if may_be_list { Comma::Separates } else { self.in_csv(enough) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(text: &str) -> Option<String> {
        read(text, Comma::Separates, Place::Field)
    }

    #[test]
    fn numbers_keep_the_digits_they_were_written_with() {
        for text in
            ["0", "21.50", "-3", "18446744073709551615", "-9223372036854775808", "1.5e-7", "2e+10", "-0.0"]
        {
            assert_eq!(field(text).as_deref(), Some(text));
        }
        for (text, json) in
            [("+4", "4"), (".5", "0.5"), ("-.5", "-0.5"), ("+45.0", "45.0"), ("1E-05", "1e-05"), ("-0", "-0")]
        {
            assert_eq!(field(text).as_deref(), Some(json), "{text}");
        }
    }

    #[test]
    fn text_that_only_looks_like_a_number_stays_text() {
        for text in [
            "",
            "-",
            "+",
            ".",
            "0042",
            "01067",
            "-007",
            "00.5",
            "83e2010",
            "57e4021",
            "1234e8",
            "1e12",
            "5e00012",
            "18446744073709551616",
            "-9223372036854775809",
            "+49351000",
            "1.2.3",
            "1_000",
            "0x1f",
            "5.",
            "1,5",
            "1.5e400",
            "1e",
            "e5",
            "٣",
            "½",
            "--1",
            "1 2",
        ] {
            assert_eq!(field(text), None, "{text}");
        }
        assert_eq!(read("1e3", Comma::Separates, Place::Alone).as_deref(), Some("1e3"));
        assert_eq!(read("1234e8", Comma::Separates, Place::Alone), None);
    }

    #[test]
    fn a_decimal_comma_is_read_only_where_it_is_one() {
        assert_eq!(read("-21,50", Comma::Decimal, Place::Field).as_deref(), Some("-21.50"));
        assert_eq!(read("1,234,567", Comma::Decimal, Place::Field), None);
        let learned = |texts: &[&str]| {
            let mut commas = Commas::default();
            texts.iter().for_each(|text| commas.observe(text));
            (commas.between_others(), commas.among_commas())
        };
        assert_eq!(learned(&["21,5", "40,2"]), (Comma::Decimal, Comma::Decimal));
        assert_eq!(learned(&["0,125"]), (Comma::Decimal, Comma::Separates));
        assert_eq!(learned(&["1,234", "5,678"]), (Comma::Separates, Comma::Separates));
        assert_eq!(learned(&["21,5", "3.25"]), (Comma::Separates, Comma::Separates));
    }

    #[test]
    fn separated_thousands_are_read_where_both_separators_occur() {
        for (text, number) in [
            ("1,234.56", "1234.56"),
            ("1.234,56", "1234.56"),
            ("-12,345,678.90", "-12345678.90"),
            ("+1.234,5", "1234.5"),
        ] {
            assert_eq!(read_grouped(text).as_deref(), Some(number), "{text}");
        }
        for text in ["1,234", "1.234", "1,23.4", "0,123.4", "1234,567.8", "1,234.", "1.234.567,8.9", ""] {
            assert_eq!(read_grouped(text), None, "{text}");
        }
    }

    #[test]
    fn only_digits_beyond_64_bits_are_a_long_integer() {
        for (text, is_long) in [
            ("18446744073709551616", true),
            ("-9223372036854775809", true),
            ("18446744073709551615", false),
            ("0042", false),
            ("1234e8", false),
            ("1.5", false),
        ] {
            assert_eq!(is_long_integer(text), is_long, "{text}");
        }
    }

    #[test]
    fn a_computed_number_is_json_unless_it_is_not_finite() {
        for (number, json) in [
            (5.0, "5"),
            (-0.1, "-0.1"),
            (1e15, "1000000000000000"),
            (1e16, "1e16"),
            (f64::MIN, "-1.7976931348623157e308"),
        ] {
            assert_eq!(computed(number).as_deref(), Some(json));
            assert!(is_in_range(json));
        }
        assert_eq!((computed(f64::INFINITY), computed(f64::NAN)), (None, None));
    }

    #[test]
    fn absent_values_are_recognised() {
        for text in ["NaN", "-nan", "Inf", "+Infinity", "N/A", "[N/A]", "[Not Supported]", ""] {
            assert!(is_missing(text), "{text}");
        }
        assert!(!is_missing("nano") && !is_missing("-"));
    }
}
