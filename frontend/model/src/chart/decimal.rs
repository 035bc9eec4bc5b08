//! Decimal numbers as text. They keep exactly the digits that a publisher sent.

use std::cmp::Ordering;

/// Maximum number of digits before the decimal point with which a number is written out. A number with more digits is
/// written with an exponent.
const LONGEST_WHOLE: i32 = 15;
/// Largest exponent, positive or negative, of a number that is a [`Decimal`]. The numbers of an `f64` have exponents up to 324. A
/// number with the exponent -999999999 is valid JSON, and has so many zeros that they would not fit into memory.
const MOST_EXPONENT: u32 = 330;

/// Returns `value` with the fewest digits that are read back as `value`, in the notation of JSON: `0.5`, `1200` or `1e-7`. A value that is not
/// finite is `null`.
pub fn shortest(value: f64) -> String {
    // Written by `serde_json`, because Rust's own formatting of numbers would make the page larger.
    let mut text = serde_json::to_string(&value).unwrap_or_default();
    if text.ends_with(".0") {
        text.truncate(text.len() - 2);
    }
    text
}

/// A number as decimal digits: `digits` times ten to the power of `-scale`. The sign is stored separately.
///
/// For example, `1.08370` has the digits `108370` and the scale 5, and `1.5e25` has the digits `15` and the scale
/// -24. Trailing zeros are kept as they were sent, and leading zeros are dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    /// ASCII digits without leading zeros; empty for zero.
    digits: String,
    /// Number of digits after the point; negative if zeros have to be added between the last digit and the point.
    scale: i32,
}

impl Decimal {
    /// Parses a number in the notation of JSON (`-12.50`, `3e8`); `None` for any other text, and for a number whose exponent is far
    /// beyond those of an `f64`. The exponent of zero is ignored, so that `0e9` is 0.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.trim_start_matches('+').parse::<i32>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0').to_owned();
        let exponent = if digits.is_empty() { 0 } else { exponent };
        if exponent.unsigned_abs() > MOST_EXPONENT {
            return None;
        }
        Some(Self { negative, digits, scale: i32::try_from(fraction.len()).ok()? - exponent })
    }

    /// Returns `value` as the decimal number with the fewest digits that is read back as `value`. Returns `None` if
    /// `value` is not finite.
    pub fn of(value: f64) -> Option<Self> {
        let mut decimal = Self::parse(&shortest(value))?.without_zeros();
        // The zeros before the point are added again.
        if decimal.scale < 0 && decimal.point() <= LONGEST_WHOLE {
            decimal.fill_up_to_point();
        }
        Some(decimal)
    }

    /// Returns true if the number is zero.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty() || self.digits.bytes().all(|digit| digit == b'0')
    }

    /// Returns true if the number is written without digits after the decimal point. It is false for `7.0`.
    pub fn is_whole(&self) -> bool {
        self.scale <= 0
    }

    /// Returns the number of significant digits, including trailing zeros.
    pub fn len(&self) -> usize {
        self.digits.len()
    }

    /// Returns true if no digits are stored, because the number is zero.
    pub fn is_empty(&self) -> bool {
        self.digits.is_empty()
    }

    /// Returns the number of digits after the point.
    pub fn decimals(&self) -> usize {
        usize::try_from(self.scale).unwrap_or(0)
    }

    /// Returns the number of digits before the decimal point: 3 for 123.4, and 1 for 1.5. For a number below one,
    /// returns minus the number of zeros after the point: 0 for 0.5, and -1 for 0.05.
    pub fn point(&self) -> i32 {
        if self.is_zero() { 0 } else { self.digits.len() as i32 - self.scale }
    }

    /// Returns this number times ten to the power of `power`. Only the decimal point moves; no digit is changed.
    #[must_use]
    pub fn shifted(&self, power: i32) -> Self {
        let mut moved = Self { scale: self.scale - power, ..self.clone() };
        if moved.scale < 0 && moved.point() <= LONGEST_WHOLE {
            moved.fill_up_to_point();
        }
        moved
    }

    /// Returns this number, rounded to at most `decimals` digits after the decimal point.
    ///
    /// A fraction is never rounded to a whole number: 99.96 with one decimal is 99.9 and not 100.0. Trailing zeros
    /// that result from rounding are dropped, since they were not sent.
    #[must_use]
    pub fn cut(&self, decimals: usize) -> Self {
        let surplus = self.scale - decimals as i32;
        if surplus <= 0 {
            return self.clone();
        }
        if surplus as usize > self.digits.len() {
            return Self { negative: false, digits: String::new(), scale: 0 };
        }
        let (truncated, rounded) = self.without_last(surplus as usize);
        if rounded.is_integral() && !self.is_integral() { truncated } else { rounded.without_last_zeros() }
    }

    /// Returns this number, rounded to `decimals` digits after the decimal point because a reader wants it, so that 99.96 may become
    /// 100.0. A number that was sent with fewer digits is unchanged, and a number other than zero never becomes zero: it keeps its
    /// first digit.
    #[must_use]
    pub fn rounded(&self, decimals: i32) -> Self {
        let surplus = self.scale - decimals;
        if surplus <= 0 {
            return self.clone();
        }
        if self.is_zero() {
            return Self { scale: decimals, ..self.clone() };
        }
        // Without any of its digits, the number is rounded to zero or to one at the place before its first digit.
        let length = self.digits.len();
        let (_, rounded) = self.without_last(length.min(surplus as usize));
        if rounded.is_zero() { self.without_last(length - 1).1 } else { rounded }
    }

    /// Returns this number without its last digits: truncated, and rounded. It has at least so many digits.
    fn without_last(&self, surplus: usize) -> (Self, Self) {
        let kept = self.digits.len().saturating_sub(surplus);
        let is_up = self.digits.as_bytes().get(kept).is_some_and(|digit| *digit >= b'5');
        let scale = self.scale - surplus as i32;
        let truncated = Self { digits: self.digits[..kept].to_owned(), scale, ..self.clone() };
        let rounded = if is_up { truncated.one_more() } else { truncated.clone() };
        (truncated, rounded)
    }

    /// Formats the number without its sign and without an exponent. If there are at least five digits before the
    /// decimal point, `separator` is put between groups of three.
    pub fn plain(&self, separator: Option<char>) -> String {
        let zeros = |count: usize| "0".repeat(count);
        let point = self.digits.len() as i32 - self.scale;
        let (whole, fraction) = if self.scale <= 0 {
            (format!("{}{}", self.digits, zeros(self.scale.unsigned_abs() as usize)), String::new())
        } else if point <= 0 {
            (String::new(), format!("{}{}", zeros(point.unsigned_abs() as usize), self.digits))
        } else {
            let (whole, fraction) = self.digits.split_at(point as usize);
            (whole.to_owned(), fraction.to_owned())
        };
        let whole = if whole.is_empty() || self.digits.is_empty() { "0" } else { &whole };
        let whole = separator.map_or_else(|| whole.to_owned(), |separator| grouped(whole, separator));
        if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
    }

    /// Returns true if the number is below zero. Zero is never negative.
    pub fn is_negative(&self) -> bool {
        self.negative && !self.is_zero()
    }

    /// Returns the number in scientific notation: a number with one digit before the decimal point, and the power of
    /// ten. For `1.5e25`, returns `1.5` and 25.
    pub fn scientific(&self) -> (Self, i32) {
        let exponent = self.point() - 1;
        let trimmed = Self { digits: self.digits.clone(), scale: self.scale + exponent, ..self.clone() };
        (trimmed.without_last_zeros(), exponent)
    }

    /// Compares the absolute values of two numbers.
    pub fn cmp_abs(&self, other: &Self) -> Ordering {
        let by_point = (!self.is_zero(), self.point()).cmp(&(!other.is_zero(), other.point()));
        let digits = |number: &Self| number.digits.trim_end_matches('0').to_owned();
        by_point.then_with(|| digits(self).cmp(&digits(other)))
    }

    /// Returns this number without trailing zeros after the decimal point.
    #[must_use]
    pub fn without_last_zeros(mut self) -> Self {
        while self.scale > 0 && self.digits.ends_with('0') {
            self.digits.pop();
            self.scale -= 1;
        }
        if self.digits.is_empty() {
            self.scale = 0;
        }
        self
    }

    /// Returns this number without trailing zeros, even before the decimal point: 1200 becomes 12 times ten to the power of 2.
    fn without_zeros(mut self) -> Self {
        while self.digits.ends_with('0') {
            self.digits.pop();
            self.scale -= 1;
        }
        if self.digits.is_empty() {
            self.scale = 0;
        }
        self
    }

    /// Returns this number with at least `decimals` digits after the decimal point.
    #[must_use]
    pub fn padded(mut self, decimals: usize) -> Self {
        while self.decimals() < decimals {
            self.digits.push('0');
            self.scale += 1;
        }
        self
    }

    /// Returns true if all digits after the decimal point are zeros, as in `7.0`.
    fn is_integral(&self) -> bool {
        self.is_zero() || {
            let decimals = self.decimals();
            decimals == 0
                || self.point() > 0 && self.digits[self.digits.len() - decimals..].bytes().all(|d| d == b'0')
        }
    }

    fn one_more(&self) -> Self {
        let mut digits = self.digits.clone().into_bytes();
        for digit in digits.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                return Self { digits: String::from_utf8(digits).unwrap_or_default(), ..self.clone() };
            }
            *digit = b'0';
        }
        digits.insert(0, b'1');
        Self { digits: String::from_utf8(digits).unwrap_or_default(), ..self.clone() }
    }

    fn fill_up_to_point(&mut self) {
        if !self.digits.is_empty() {
            self.digits.push_str(&"0".repeat(self.scale.unsigned_abs() as usize));
        }
        self.scale = 0;
    }
}

/// Puts `separator` between groups of three digits if there are at least five digits. Four digits stay together,
/// because they may be a year.
fn grouped(digits: &str, separator: char) -> String {
    let mut text = String::with_capacity(digits.len() + 8);
    for (index, digit) in digits.char_indices() {
        if digits.len() > 4 && index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn plain(text: &str) -> String {
        Decimal::parse(text).map(|decimal| decimal.plain(None)).unwrap_or_default()
    }

    #[test]
    fn digits_are_kept_as_they_were_sent() {
        for text in ["0", "21.5", "1.08370", "0.035", "18446744073709551615", "0.0", "100", "7.000"] {
            assert_eq!(plain(text), text);
        }
        assert_eq!(
            (plain("1.5e3").as_str(), plain("25e-4").as_str(), plain("1E+2").as_str()),
            ("1500", "0.0025", "100")
        );
    }

    #[test]
    fn only_what_json_calls_a_number_is_one() {
        for text in ["", "-", "abc", "1.2.3", "1e", "0x10", ".5", "NaN"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_with_more_zeros_than_fit_into_memory_is_none() {
        for text in ["1e-999999999", "1e999999999", "-1.5e-2147483647", "7e-2147483648", "1e99999999999"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
        assert_eq!(
            (plain("0e999999999").as_str(), plain("0.00e-999999999").as_str(), plain("-0E9").as_str()),
            ("0", "0.00", "0")
        );
        assert!(Decimal::parse("4.9406564584124654e-324").is_some(), "it is the smallest number of an f64");
    }

    #[test]
    fn a_float_has_the_fewest_digits_that_read_back_as_it() {
        let of = |value: f64| Decimal::of(value).map(|decimal| decimal.plain(None)).unwrap_or_default();
        assert_eq!(
            (of(21.5).as_str(), of(1_200.0).as_str(), of(0.1).as_str(), of(0.0).as_str()),
            ("21.5", "1200", "0.1", "0")
        );
        assert_eq!(Decimal::of(f64::NAN), None);
        assert_eq!(Decimal::of(f64::INFINITY), None);
    }

    #[test]
    fn cutting_never_turns_a_fraction_into_a_whole_number() {
        let cut = |text: &str, decimals| Decimal::parse(text).unwrap().cut(decimals).plain(None);
        assert_eq!(cut("99.96", 1), "99.9");
        assert_eq!(cut("99.94", 1), "99.9");
        assert_eq!(cut("21.499999999999996", 4), "21.5");
        assert_eq!(cut("3.0000000000000004", 4), "3.0000");
        assert_eq!(cut("0.30000000000000004", 6), "0.3");
        assert_eq!(cut("9.9999", 2), "9.99");
        assert_eq!(cut("19.956", 2), "19.96");
    }

    #[test]
    fn a_reader_may_have_numbers_rounded_and_none_becomes_zero() {
        let rounded = |text: &str, decimals| Decimal::parse(text).unwrap().rounded(decimals).plain(None);
        assert_eq!((rounded("99.96", 1), rounded("99.96", 0)), ("100.0".to_owned(), "100".to_owned()));
        assert_eq!((rounded("21.537", 1), rounded("21.537", 2)), ("21.5".to_owned(), "21.54".to_owned()));
        assert_eq!((rounded("21.5", 3), rounded("7", 2)), ("21.5".to_owned(), "7".to_owned()));
        assert_eq!((rounded("0.035", 1), rounded("0.96", 0)), ("0.04".to_owned(), "1".to_owned()));
        assert_eq!((rounded("0.00", 1), rounded("0.4", 0)), ("0.0".to_owned(), "0.4".to_owned()));
        assert_eq!(rounded("-0.0049", 2), "0.005");
        assert_eq!((rounded("0.96", 1), rounded("0.0096", 0)), ("1.0".to_owned(), "0.01".to_owned()));
        assert_eq!(rounded("4e-300", 0), format!("0.{}4", "0".repeat(299)));
    }

    #[test]
    fn moving_the_point_changes_no_digit() {
        let shifted = |text: &str, power| Decimal::parse(text).unwrap().shifted(power).plain(None);
        assert_eq!(shifted("1500029", -6), "1.500029");
        assert_eq!(shifted("3.1e-12", 12), "3.1");
        assert_eq!(shifted("0.00025", 6), "250");
    }

    #[test]
    fn the_scientific_form_has_one_digit_before_the_point() {
        let (mantissa, exponent) = Decimal::parse("1.7976931348623157e308").unwrap().scientific();
        assert_eq!((mantissa.plain(None).as_str(), exponent), ("1.7976931348623157", 308));
        let (mantissa, exponent) = Decimal::parse("0.0000031").unwrap().scientific();
        assert_eq!((mantissa.plain(None).as_str(), exponent), ("3.1", -6));
    }
}
