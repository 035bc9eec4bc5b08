//! Font sizes for a distance. Depends on no other module.
//!
//! A letter is legible if its capital height is seen under a large enough angle. Example: the screen of 3840 by 2160
//! CSS pixels has a diagonal of 55 inches and is read from 4 m. One minute of arc is 4,000 mm · tan(1/60°) = 1.164 mm
//! there, or 3.67 pixels. A capital of 16 minutes is 58.7 pixels high. In a font whose capitals have 0.729 of the font
//! size, this needs a font size of 81 pixels.

/// Minimum angle of the capital height of text, in minutes of arc.
const TEXT_ARC_MINUTES: f64 = 16.0;
/// Minimum angle of the capital height of figures, in minutes of arc.
const FIGURE_ARC_MINUTES: f64 = 22.0;
/// Tangent of one minute of arc. It is constant, because the code that computes tangents would make the page larger.
const TAN_OF_ARC_MINUTE: f64 = 0.000_290_888_216_9;
/// Minimum font size of text in CSS pixels, however near the readers are.
const LEAST_TEXT_PX: f64 = 14.0;
/// Maximum font size of text as a share of the width and of the height of the screen. With larger text, not even one
/// panel would fit on the screen.
const MOST_OF_WIDTH: f64 = 1.0 / 14.0;
const MOST_OF_HEIGHT: f64 = 1.0 / 9.0;

/// Size of the screen in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Screen {
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
}

/// Font sizes of a wall in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Letters {
    /// Font size of all text.
    pub text_px: f64,
    /// Minimum font size of figures in large type.
    pub figure_px: f64,
    /// True if legible text would be too large for the screen, so that the text is smaller than it should be.
    pub is_too_far: bool,
}

impl Letters {
    /// Returns the font sizes for a screen with this diagonal, read from this distance, both in millimetres.
    /// `cap_em` is the capital height of the font as a multiple of its font size.
    pub fn new(screen: Screen, cap_em: f64, distance_mm: f64, diagonal_mm: f64) -> Self {
        let diagonal_px = (screen.width * screen.width + screen.height * screen.height).sqrt();
        let arc_minute_px = distance_mm * TAN_OF_ARC_MINUTE * diagonal_px / diagonal_mm;
        let size = |arc_minutes: f64| (arc_minutes * arc_minute_px / cap_em).ceil().max(LEAST_TEXT_PX);
        let most = (screen.width * MOST_OF_WIDTH).min(screen.height * MOST_OF_HEIGHT).floor();
        let most = most.max(LEAST_TEXT_PX);
        let (text_px, figure_px) = (size(TEXT_ARC_MINUTES), size(FIGURE_ARC_MINUTES));
        let figure_most = (most * FIGURE_ARC_MINUTES / TEXT_ARC_MINUTES).floor();
        Self { text_px: text_px.min(most), figure_px: figure_px.min(figure_most), is_too_far: text_px > most }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const SCREEN: Screen = Screen { width: 3_840.0, height: 2_160.0 };
    const INCH_MM: f64 = 25.4;

    fn sizes(cap_em: f64, metres: f64, inches: f64) -> (f64, f64) {
        let letters = Letters::new(SCREEN, cap_em, metres * 1_000.0, inches * INCH_MM);
        (letters.text_px, letters.figure_px)
    }

    #[test]
    fn common_fonts_have_these_sizes_on_55_inches_from_4_metres() {
        assert_eq!(sizes(0.700, 4.0, 55.0), (84.0, 116.0), "Segoe UI");
        assert_eq!(sizes(0.705, 4.0, 55.0), (84.0, 115.0), "SF");
        assert_eq!(sizes(0.711, 4.0, 55.0), (83.0, 114.0), "Roboto");
        assert_eq!(sizes(0.729, 4.0, 55.0), (81.0, 111.0), "DejaVu Sans");
    }

    #[test]
    fn half_the_distance_or_twice_the_screen_needs_half_the_size() {
        assert_eq!(sizes(0.729, 2.0, 55.0), (41.0, 56.0));
        assert_eq!(sizes(0.729, 4.0, 110.0), (41.0, 56.0));
    }

    #[test]
    fn text_is_never_smaller_than_14_pixels() {
        assert_eq!(sizes(0.729, 0.3, 55.0), (14.0, 14.0));
    }

    #[test]
    fn text_that_would_be_too_large_for_the_screen_is_smaller_and_says_so() {
        let letters = Letters::new(SCREEN, 0.7, 40_000.0, 1_397.0);
        assert!(letters.is_too_far && letters.text_px < 300.0, "{letters:?}");
        assert!(!Letters::new(SCREEN, 0.7, 4_000.0, 1_397.0).is_too_far);
    }

    #[test]
    fn a_screen_of_another_shape_is_measured_by_its_diagonal_too() {
        let upright = Screen { width: SCREEN.height, height: SCREEN.width };
        let letters = Letters::new(upright, 0.7, 4_000.0, 1_397.0);
        assert_eq!(letters, Letters::new(SCREEN, 0.7, 4_000.0, 1_397.0));
    }
}
