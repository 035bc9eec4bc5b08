//! The look of each series of a chart: its colour, its marker and its dashes, by the number of the series. Depends on no other
//! module.
//!
//! There are ten colours, ten markers and five patterns of dashes, so that fifty series differ.

/// Number of colours, and of markers.
pub const COLOURS: usize = 10;
/// Maximum number of series that are all drawn in their colours. If a chart shows more, only those in its legend are, and the
/// others are thin lines of one colour.
pub const MOST_COLOURED: usize = 12;
/// Maximum number of series in a legend. If there are more, a button opens a list of all.
pub const MOST_LISTED: usize = 8;

/// Lengths of the dashes and the gaps of a line in CSS pixels; empty for a continuous line.
const DASHES: [&[f64]; 5] = [&[], &[7.0, 4.0], &[1.5, 3.5], &[9.0, 3.5, 1.5, 3.5], &[14.0, 5.0]];

/// Lengths of the dashes and the gaps of a line that shows a series at an earlier time, in CSS pixels.
pub const EARLIER: [f64; 2] = [4.0, 4.0];

/// Outlines of the markers as paths of SVG, in CSS pixels from the centre: disc, square, triangle, diamond and triangle.
const OUTLINES: [&str; 5] = [
    "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0Z",
    "M-2.7-2.7H2.7V2.7H-2.7Z",
    "M0-3.7L3.6 2.7H-3.6Z",
    "M0-4L4 0 0 4-4 0Z",
    "M0 3.7L3.6-2.7H-3.6Z",
];
/// Outline of the tenth marker, a cross.
const CROSS: &str = "M-2.8-2.8L2.8 2.8M-2.8 2.8L2.8-2.8";

/// Returns the lengths of the dashes and the gaps of a series in CSS pixels; empty for a continuous line. With forced colours
/// all lines have the same colour, so that neighbours get different dashes.
pub fn dashes(number: usize, is_forced: bool) -> &'static [f64] {
    let tens = number / COLOURS;
    DASHES[if is_forced { number % COLOURS + tens } else { tens } % DASHES.len()]
}

/// Returns the outline of the marker of a series as a path of SVG, in CSS pixels from its centre, and true if the marker is
/// hollow.
pub fn marker(number: usize) -> (&'static str, bool) {
    let number = number % COLOURS;
    let outline = if number == COLOURS - 1 { CROSS } else { OUTLINES[number % OUTLINES.len()] };
    (outline, number >= OUTLINES.len())
}

/// Returns the numbers of the series in a legend: the first ones or, if all of these are hidden, the first that are shown.
pub fn listed(count: usize, is_shown: impl Fn(usize) -> bool) -> Vec<usize> {
    let first = 0..count.min(MOST_LISTED);
    if count <= MOST_LISTED || first.clone().any(&is_shown) || !(0..count).any(&is_shown) {
        return first.collect();
    }
    (0..count).filter(|number| is_shown(*number)).take(MOST_LISTED).collect()
}

/// Returns a short line of a series with its marker, as HTML. It contains no text from outside.
pub fn swatch(number: usize) -> String {
    dashed_swatch(number, |is_forced| dashes(number, is_forced))
}

/// Returns a short line of a series at an earlier time with its marker, as HTML.
pub fn earlier_swatch(number: usize) -> String {
    dashed_swatch(number, |_| &EARLIER)
}

fn dashed_swatch(number: usize, dashes: impl Fn(bool) -> &'static [f64]) -> String {
    let (outline, is_hollow) = marker(number);
    let line = |class: &str, is_forced: bool| {
        let lengths = dashes(is_forced).iter().fold(String::new(), |text, length| text + &tenths(*length));
        ["<path class=", class, " d=M0,5H26 stroke-dasharray=\"", &lengths, "\"/>"].concat()
    };
    let hollow = if is_hollow { "hollow" } else { "full" };
    [
        "<svg viewBox=\"0 0 26 10\" aria-hidden=true>",
        &line("usual", false),
        &line("forced", true),
        "<path class=",
        hollow,
        " transform=translate(13,5) d=\"",
        outline,
        "\"/></svg>",
    ]
    .concat()
}

/// Writes a length as a number with one decimal and a space after it. The code of the standard library that writes fractions
/// would make the page larger.
fn tenths(length: f64) -> String {
    let tenths = (length * 10.0) as u32;
    [(tenths / 10).to_string(), ".".to_owned(), (tenths % 10).to_string(), " ".to_owned()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn fifty_series_differ_even_if_all_have_the_same_colour() {
        for is_forced in [false, true] {
            for one in 0..50 {
                for other in 0..one {
                    let look = |number| (marker(number), dashes(number, is_forced));
                    assert_ne!(look(one), look(other), "{one} and {other}");
                }
            }
        }
    }

    #[test]
    fn neighbours_have_different_dashes_if_all_have_the_same_colour() {
        assert!(
            (0..49).filter(|number| number % COLOURS != 9).all(|n| dashes(n, true) != dashes(n + 1, true))
        );
        assert!((0..10).all(|number| dashes(number, false).is_empty()), "the first ten are continuous lines");
    }

    #[test]
    fn a_legend_lists_the_first_series_and_the_shown_ones_if_none_of_the_first_is_shown() {
        assert_eq!(listed(3, |_| false), [0, 1, 2]);
        assert_eq!(listed(40, |_| true), (0..8).collect::<Vec<_>>());
        assert_eq!(listed(40, |number| number == 3), (0..8).collect::<Vec<_>>());
        assert_eq!(listed(40, |number| number == 33 || number == 9), [9, 33]);
        assert_eq!(listed(40, |_| false), (0..8).collect::<Vec<_>>());
    }

    #[test]
    fn a_swatch_has_the_dashes_and_the_marker_of_its_line() {
        let swatch = swatch(26);
        assert!(
            swatch.contains("stroke-dasharray=\"1.5 3.5 \"") && swatch.contains("class=hollow"),
            "{swatch}"
        );
    }
}
