//! The font size of the figure in large type: the largest with which it fits into its panel.

use super::shown::Shown;
use crate::arrangement::px;
use crate::chart::text_em;
use crate::follow::{Follow, follow};
use board_model::placement::{Place, Rest, figure_px};

/// Width of the sign before a state, as a multiple of the font size.
const SIGN_EM: f64 = 1.3;
/// Font size of a unit, and the space before it, as multiples of the font size of the figure.
const UNIT_EM: f64 = 0.46;
const SPACE_EM: f64 = 0.15;

/// Returns the font size of a figure that consists of a text and a unit, as a value of a style. The size stays the
/// same when the figure becomes shorter, so that it does not jump as values change. It is chosen anew when the panel
/// gets another size.
pub(super) fn font_size(
    shown: Shown,
    rest: Rest,
    text: impl Fn() -> (String, String) + Send + Sync + 'static,
) -> Follow<String> {
    let (mut before, mut measured, mut em) = (Place::default(), String::new(), 0.0_f64);
    follow(move || {
        let (text, unit) = text();
        let (place, scale) = (shown.place(), shown.arrangement.scale());
        let shape = shape(&text);
        let is_elsewhere = before != place;
        if is_elsewhere || measured != shape {
            em = width_em(rest, &shape, &unit).max(if is_elsewhere { 0.0 } else { em });
            (before, measured) = (place, shape);
        }
        px(figure_px(em, rest, place, scale).round() as i32)
    })
}

/// Returns a text of the same width. All digits have the same width, so that texts that differ in digits alone are
/// measured once.
fn shape(text: &str) -> String {
    text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect()
}

fn width_em(rest: Rest, text: &str, unit: &str) -> f64 {
    let before = if rest == Rest::States { SIGN_EM } else { 0.0 };
    let after = if unit.is_empty() { 0.0 } else { SPACE_EM + UNIT_EM * text_em(unit) };
    before + text_em(text) + after
}
