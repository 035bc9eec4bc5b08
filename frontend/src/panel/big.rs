//! The font size of the figure in large type: the largest with which it fits into its panel.

use super::shown::Shown;
use crate::arrangement::px;
use crate::figure::{figure_em, shape};
use crate::follow::{Follow, follow};
use board_model::placement::{Place, Rest};

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
        let place = shown.place().unwrap_or_default();
        let shape = shape(&text);
        let is_elsewhere = before != place;
        if is_elsewhere || measured != shape {
            let width_em = figure_em(rest, &shape, &unit, shown.arrangement.is_wall());
            em = width_em.max(if is_elsewhere { 0.0 } else { em });
            (before, measured) = (place, shape);
        }
        px(shown.figure_px(place, em, rest).floor() as i32)
    })
}
