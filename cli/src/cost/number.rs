//! Formats numbers and calculations as text.

use super::usage::Factor;

/// Formats the calculation of a line: `50 viewers × 1 frame/s × 2,592,000 s`.
pub fn arithmetic(factors: &[Factor]) -> String {
    let factors = factors.iter().map(|Factor { value, of }| counted(*value, of));
    factors.collect::<Vec<_>>().join(" × ")
}

/// Formats a number with its unit: `50 viewers`, `1 frame/s`. If the number is 1, the `s` at the end of the unit's
/// first word is left out.
pub fn counted(value: f64, of: &str) -> String {
    let end = of.find([' ', '/']).unwrap_or(of.len());
    let (word, rest) = of.split_at(end);
    let word = if value == 1.0 && word.len() > 1 { word.trim_end_matches('s') } else { word };
    format!("{} {word}{rest}", number(value))
}

/// Formats a number with thousands separators. A number below 1,000 has up to three decimals.
pub fn number(value: f64) -> String {
    let decimals = if value.fract() == 0.0 || value >= 1_000.0 { 0 } else { 3 };
    let text = grouped(value, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Formats a number with thousands separators and with this number of decimals.
pub fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}
