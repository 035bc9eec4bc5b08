//! Widths of figures in large type.

use crate::chart::text_em;
use board_model::placement::Rest;

/// Width of the sign before a state, as a multiple of the font size.
const SIGN_EM: f64 = 1.3;
/// Font size of a unit, and the space before it, as multiples of the font size of the figure.
const UNIT_EM: f64 = 0.46;
const SPACE_EM: f64 = 0.15;
/// Font size of a unit in the smallest figure of a wall, in which it is as large as other text.
const WALL_UNIT_EM: f64 = 0.75;

/// Returns the width of a figure that consists of a text and a unit, as a multiple of its font size. On a wall, units
/// are at least as large as other text.
pub fn figure_em(rest: Rest, text: &str, unit: &str, is_wall: bool) -> f64 {
    let unit_em = if is_wall { WALL_UNIT_EM } else { UNIT_EM };
    let before = if rest == Rest::States { SIGN_EM } else { 0.0 };
    let after = if unit.is_empty() { 0.0 } else { SPACE_EM + unit_em * text_em(unit) };
    before + text_em(&shape(text)) + after
}

/// Returns a text of the same width. All digits have the same width, so that texts that differ in digits alone are
/// measured once.
pub fn shape(text: &str) -> String {
    text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect()
}
