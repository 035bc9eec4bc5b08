//! Values on their way through the steps of a derivation. Depends on [`crate::field`].

use shared::Millis;

use crate::field::Field;

/// Least number of significant digits of a derived value that is not 0.
const LEAST_DIGITS: f64 = 3.0;
/// Largest number of decimals of a derived value.
const MOST_DECIMALS: usize = 15;

/// A number of a series, and what is known about the time before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The number.
    pub value: f64,
    /// The digits of the number.
    pub sent: String,
    /// True if nothing is missing between this number and the one before it.
    pub is_joined: bool,
    /// For a number that is not joined to the one before it: true if nothing comes before it that exists and is not loaded.
    pub is_start: bool,
    /// True if the number is an end of a bucket that has other values, which are not known.
    pub is_reduced: bool,
    /// True if the values after this number, up to the next one, are not known and differ.
    pub is_momentary: bool,
    /// True if the series has fallen somewhere between the number before and this one.
    pub has_fallen: bool,
    /// Time in milliseconds for which the number is current; [`Millis::MAX`] if it is so until the next one.
    pub lasts_ms: Millis,
}

/// Values of one time, each with the index of its series. `None` instead of a number is a gap in the line of the series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Time of the values, in milliseconds since the Unix epoch.
    pub ts_ms: Millis,
    /// Number that distinguishes rows of the same time.
    pub sequence: u64,
    /// The values.
    pub items: Vec<(usize, Option<Sample>)>,
}

impl Sample {
    /// Returns the sample with another number, which was computed from this one.
    #[must_use]
    pub fn with(self, value: f64, sent: String, is_joined: bool) -> Self {
        Self { value, sent, is_joined, has_fallen: false, is_momentary: false, ..self }
    }

    /// Returns the number as a field of a series.
    pub fn field(&self) -> Field {
        Field::Number { value: self.value, sent: self.sent.clone() }
    }
}

/// Returns the number of decimals of a number as it was sent: 2 for `21.50`.
pub fn decimals(sent: &str) -> usize {
    let mantissa = sent.split(['e', 'E']).next().unwrap_or_default();
    mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len())
}

/// Writes a number that was computed from numbers with at most so many decimals. It gets one decimal more, or as many as it needs not to
/// be shown as 0.
pub fn write_derived(value: f64, decimals: usize) -> String {
    let magnitude = if value == 0.0 { 0.0 } else { value.abs().log10().floor() };
    let needed = (LEAST_DIGITS - 1.0 - magnitude).clamp(0.0, 400.0) as usize;
    write(value, (decimals + 1).max(needed))
}

/// Writes the sum of numbers with at most so many decimals.
pub fn write_sum(value: f64, decimals: usize) -> String {
    write(value, decimals)
}

fn write(value: f64, decimals: usize) -> String {
    let is_short = value == 0.0 || (1e-12..1e15).contains(&value.abs());
    match is_short && decimals <= MOST_DECIMALS {
        true => format!("{value:.decimals$}"),
        false => format!("{value:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_derived_number_has_one_decimal_more_and_is_never_written_as_nothing() {
        for (value, decimals, expected) in [
            (1_234.567_8, 0, "1234.6"),
            (0.001_234, 0, "0.00123"),
            (0.0, 2, "0.000"),
            (21.5, 1, "21.50"),
            (5e-13, 0, "5e-13"),
            (1.5e300, 3, "1.5e300"),
        ] {
            assert_eq!(write_derived(value, decimals), expected);
        }
        assert_eq!(write_sum(0.1 + 0.2, 1), "0.3");
        assert_eq!(["21.50", "7", "1.25e3"].map(decimals), [2, 0, 2]);
    }
}
