//! The font size of a figure. Depends on [`super::placed`].

use super::placed::Place;

/// Font sizes of figures in CSS pixels, at the usual font size. There are few of them, so that neighbouring panels
/// have the same one.
const STEPS_PX: [f64; 20] = [
    14.0, 16.0, 20.0, 24.0, 28.0, 32.0, 36.0, 40.0, 46.0, 52.0, 60.0, 70.0, 80.0, 92.0, 104.0, 120.0, 140.0,
    160.0, 190.0, 220.0,
];
/// Width of the frame and the padding of a panel, left and right together. This and the other lengths of the style
/// sheet are in CSS pixels at the usual font size. A browser test finds figures that do not fit.
const FRAME_WIDTH_PX: f64 = 34.0;
/// Height of the frame, the padding and the head of a panel together.
const FRAME_HEIGHT_PX: f64 = 41.0;
/// Height of a panel below which the figure stands beside the rest of the contents, and not above it.
const LOW_PX: f64 = 92.0;
/// Share of the width of a low panel that a figure may have.
const LOW_SHARE: f64 = 0.62;
/// Minimum height of a sparkline below a figure.
const SPARKLINE_PX: f64 = 20.0;
/// Width of the button above the right end of a sparkline that shows its values as a table, and of the space before it.
const SWITCH_PX: f64 = 28.0;
/// Height of the strip of earlier states.
const STRIP_PX: f64 = 10.0;
/// Height of the line of text below a state.
const NOTE_PX: f64 = 24.0;

/// The contents of a panel besides its figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// A sparkline, which gets about half of a high panel.
    Sparkline,
    /// A strip of earlier states, and a line of text.
    States,
}

/// Returns true if a panel is so low that its figure stands beside the rest of its contents. `scale` is the page's
/// font size as a multiple of the usual one.
pub fn is_low(place: Place, scale: f64) -> bool {
    f64::from(place.height) < LOW_PX * scale
}

/// Returns the font size in CSS pixels of the figure of a panel: the largest with which it fits. `text_em` is the
/// width of the figure as a multiple of its font size, and `scale` is the page's font size as a multiple of the usual
/// one.
pub fn figure_px(text_em: f64, rest: Rest, place: Place, scale: f64) -> f64 {
    let width = f64::from(place.width) / scale - FRAME_WIDTH_PX;
    let height = f64::from(place.height) / scale - FRAME_HEIGHT_PX;
    let (width, height) = match (is_low(place, scale), rest) {
        (true, Rest::Sparkline) => (LOW_SHARE * width, height),
        (true, Rest::States) => (LOW_SHARE * width, height - STRIP_PX),
        (false, Rest::Sparkline) => {
            (width - SWITCH_PX, height - SPARKLINE_PX.max(height / 2.0 - SPARKLINE_PX))
        }
        (false, Rest::States) => (width, height - STRIP_PX - NOTE_PX),
    };
    scale * largest_step(text_em, width, height)
}

/// Returns the largest step with which a figure fits, or the smallest step if it fits with none. All lengths are in
/// CSS pixels at the usual font size.
pub(super) fn largest_step(text_em: f64, width_px: f64, height_px: f64) -> f64 {
    let fits = |step: &f64| *step <= height_px && step * text_em <= width_px;
    STEPS_PX.into_iter().rfind(fits).unwrap_or(STEPS_PX[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn size(text_em: f64, width: i32, height: i32, scale: f64) -> f64 {
        figure_px(text_em, Rest::Sparkline, Place { width, height, ..Place::default() }, scale)
    }

    #[test]
    fn a_figure_is_as_large_as_its_panel_allows_in_both_directions() {
        assert_eq!(size(3.0, 1_000, 141, 1.0), 70.0);
        assert_eq!(size(3.0, 178, 600, 1.0), 36.0);
    }

    #[test]
    fn neighbours_with_about_the_same_text_have_the_same_size() {
        assert_eq!(size(3.0, 300, 204, 1.0), size(3.2, 300, 204, 1.0));
    }

    #[test]
    fn the_figure_of_a_low_panel_stands_beside_its_sparkline_and_may_be_higher() {
        assert!(size(2.0, 300, 90, 1.0) > size(2.0, 300, 94, 1.0));
    }

    #[test]
    fn a_panel_that_is_too_small_for_any_size_gets_the_smallest() {
        assert_eq!(size(40.0, 150, 90, 1.0), 14.0);
    }

    #[test]
    fn on_a_wall_figures_grow_with_all_other_text() {
        assert_eq!(size(3.0, 750, 510, 2.5), 2.5 * size(3.0, 300, 204, 1.0));
    }
}
