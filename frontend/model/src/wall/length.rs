//! Lengths with a unit, as they are written in an address. Depends on no other module.

/// Units of length, each with its length in thousandths of a millimetre. Those that end like another one come first.
const UNITS: [(&str, u64); 5] =
    [("mm", 1_000), ("cm", 10_000), ("m", 1_000_000), ("ft", 304_800), ("in", 25_400)];
/// Maximum number of digits before and after the decimal point.
const MOST_DIGITS: usize = 6;

/// Parses a length such as `4m`, `2.5m`, `400cm`, `13ft` or `55in`, and returns it in millimetres. Returns `None` for
/// any other text.
///
/// The digits are parsed as whole numbers, because the parser for fractions would make the page larger.
pub(super) fn millimetres(text: &str) -> Option<f64> {
    let (number, micrometres) =
        UNITS.iter().find_map(|(name, length)| Some((text.strip_suffix(name)?, *length)))?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let (whole, _) = digits(whole)?;
    let (part, scale) = digits(fraction)?;
    let parts = whole * scale + part;
    Some(parts as f64 * micrometres as f64 / scale as f64 / 1_000.0)
}

/// Returns the value of a text that consists of digits, and the power of ten with as many zeros as it has digits.
fn digits(text: &str) -> Option<(u64, u64)> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || text.len() > MOST_DIGITS {
        return None;
    }
    Some(text.bytes().fold((0, 1), |(value, scale), byte| (10 * value + u64::from(byte - b'0'), 10 * scale)))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn metres_feet_centimetres_and_inches_are_lengths() {
        for (text, expected) in [
            ("4m", 4_000.0),
            ("2.5m", 2_500.0),
            ("400cm", 4_000.0),
            ("800mm", 800.0),
            ("13ft", 3_962.4),
            ("55in", 1_397.0),
            ("0.25in", 6.35),
        ] {
            assert_eq!(millimetres(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_length() {
        for text in ["", "4", "m", "-4m", "4 m", "4,5m", ".5m", "5.m", "1e3m", "4yd", "1234567m", "4.5.6m"] {
            assert_eq!(millimetres(text), None, "{text}");
        }
    }
}
