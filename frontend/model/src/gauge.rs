//! A number on an arc between two ends, as a gauge shows it. Depends on [`super::figure`] and [`super::chart`].

use std::ops::Range;

use super::chart::axes::given_factor;
use super::chart::extent::Extent;
use super::chart::geometry::Point;
use super::chart::scale::{Bounds, Scale, converted};
use super::chart::{Format, SeriesSet, Unit};

/// Number of steps into which the ends of a gauge without given ends are rounded.
const STEPS: usize = 4;
/// Angle of the lower end in degrees, clockwise from the top; the upper end is on the other side.
const LOWEST: f64 = -90.0;

/// Radius of the middle of the arc, in the units of the drawing, whose width is 200 and whose height is [`HEIGHT`].
pub const RADIUS: f64 = 80.0;
/// Height of the drawing, with texts of the smallest size.
pub const HEIGHT: f64 = 106.0;
/// Width of the drawing.
const WIDTH: f64 = 200.0;
/// Height of the name above one of several gauges, as a multiple of the font size.
const CAPTION_EM: f64 = 1.3;
/// Width of the smallest of several gauges, as a multiple of the font size.
const LEAST_EM: f64 = 9.0;
/// Size of the texts at the ends, as a multiple of the font size.
const TEXT_EM: f64 = 0.8;
/// Smallest and largest size of the texts at the ends, in the units of the drawing.
const LEAST_TEXT: f64 = 10.0;
const MOST_TEXT: f64 = 16.0;
/// Height of a line of these texts and of its digits, as multiples of their size.
const TEXT_LINE: f64 = 1.2;
const TEXT_ASCENT: f64 = 0.95;
/// Width of the arc.
pub const THICK: f64 = 20.0;
/// Centre of the arc.
const CENTRE: Point = Point { x: 100.0, y: 94.0 };

/// The scale of a gauge, and the marks on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Gauge {
    /// Text at the lower end.
    pub lowest: String,
    /// Text at the upper end, with the unit if it differs from that of the panel.
    pub highest: String,
    /// The ends.
    pub ends: (f64, f64),
    /// Place of the value, from 0 at the lower end to 1 at the upper end; `None` if there is no number.
    pub value: Option<f64>,
    /// Place of the target; `None` if there is none, or if it is beyond the ends.
    pub target: Option<f64>,
    /// Text about the target, such as `target 85 °C`.
    pub target_words: Option<String>,
    /// Text that is needed if the arc does not show the value as it is, such as `above the end of the scale`.
    pub beyond: Option<&'static str>,
    /// True if the publisher or the board has given both ends.
    pub is_given: bool,
}

/// The data of a gauge.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The value that is shown; `None` if there is no number.
    pub value: Option<f64>,
    /// The smallest and the largest value of the window.
    pub extent: Option<Extent>,
    /// Unit of the value.
    pub unit: &'a Unit,
    /// The ends that are given.
    pub bounds: Bounds,
    /// The value to reach or to keep below.
    pub target: Option<f64>,
}

/// The settings of a panel from which the scales of its series are computed.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// Unit of the panel, in which the ends and the target are meant.
    pub unit: &'a Unit,
    /// The ends that are given.
    pub bounds: Bounds,
    /// The value to reach or to keep below.
    pub target: Option<f64>,
}

impl Gauge {
    /// Computes the scale of the series with this index. `window` is the range of time that is shown. What is given for the panel is
    /// converted into the unit of the series, and left out if that cannot be done.
    pub fn of_series(
        (set, column): (&SeriesSet, usize),
        value: Option<f64>,
        window: &Range<i64>,
        given: Given<'_>,
    ) -> Self {
        let unit = set.unit(column).unwrap_or(given.unit);
        let factor = given_factor(set, given.unit, unit);
        Self::of(&Wanted {
            value,
            extent: set.extent(column, window),
            unit,
            bounds: factor.map(|factor| given.bounds.times(factor)).unwrap_or_default(),
            target: given.target.zip(factor).map(|(target, factor)| converted(target, factor)),
        })
    }

    /// Computes the scale. An end that is not given is a round one that suits the values of the window and the target.
    pub fn of(wanted: &Wanted<'_>) -> Self {
        let others = wanted.value.into_iter().chain(wanted.target).chain([0.0]).map(Extent::of);
        let extent = wanted.extent.into_iter().chain(others).reduce(Extent::with);
        let scale = Scale::fit(extent, wanted.unit, wanted.bounds, STEPS);
        let (min, max) = (scale.min, scale.max);
        let place = |value: f64| (value / 2.0 - min / 2.0) / (max / 2.0 - min / 2.0);
        let format = scale.format.for_steps(scale.step);
        let end = |value: f64| {
            let sent = shortest(value);
            if scale.format.is_converted() { format.text(value) } else { scale.format.parts(&sent).0 }
        };
        let place_of_value = wanted.value.filter(|value| value.is_finite()).map(place);
        Self {
            lowest: end(min),
            highest: end(max),
            ends: (min, max),
            value: place_of_value.map(|place| place.clamp(0.0, 1.0)),
            target: wanted.target.map(place).filter(|place| (0.0..=1.0).contains(place)),
            target_words: wanted.target.map(|target| {
                format!("target {}", Format::for_value(wanted.unit, target).reading(&shortest(target)))
            }),
            beyond: place_of_value.and_then(|place| match place {
                ..0.0 => Some("below the end of the scale"),
                place if place > 1.0 => Some("above the end of the scale"),
                _ => None,
            }),
            is_given: wanted.bounds.min.is_some() && wanted.bounds.max.is_some(),
        }
    }

    /// Returns what a screen reader says after the value, such as `on a scale from 20 to 100, target 85 °C`.
    pub fn words(&self) -> String {
        let scale = format!("on a scale from {} to {}", self.lowest, self.highest);
        let more = self.beyond.map(str::to_owned).into_iter().chain(self.target_words.clone());
        std::iter::once(scale).chain(more).collect::<Vec<_>>().join(", ")
    }
}

/// Arrangement of several gauges in a panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Number of columns.
    pub columns: usize,
    /// Number of gauges for which there is room.
    pub shown: usize,
    /// Size of the texts at the ends, in the units of the drawing.
    pub text: f64,
}

impl Grid {
    /// Returns the height of the drawing, which has room for the texts below the arc.
    pub fn drawing_height(&self) -> f64 {
        HEIGHT.max(CENTRE.y + TEXT_LINE * self.text)
    }

    /// Returns the vertical position of the foot of the texts below the arc. They do not touch it.
    pub fn text_foot(&self) -> f64 {
        CENTRE.y + TEXT_ASCENT * self.text
    }

    /// Arranges gauges in a place of this width and height with this font size, all in CSS pixels, with the number of columns with which
    /// they are largest.
    pub fn of(count: usize, (width, height): (f64, f64), font_px: f64) -> Self {
        let (caption, least) = (CAPTION_EM * font_px, LEAST_EM * font_px / WIDTH);
        let scale = |columns: usize| {
            let rows = count.div_ceil(columns) as f64;
            let height = if count > 1 { height / rows - caption } else { height };
            (width / columns as f64 / WIDTH).min(height / HEIGHT).max(f64::MIN_POSITIVE)
        };
        let better = |best: usize, columns: usize| if scale(columns) > scale(best) { columns } else { best };
        let columns = (1..=count).fold(1, better);
        let text = |scale: f64| (TEXT_EM * font_px / scale).clamp(LEAST_TEXT, MOST_TEXT);
        if scale(columns) >= least || count <= 1 {
            return Self { columns, shown: count, text: text(scale(columns)) };
        }
        let fit = |length: f64, each: f64| ((length / each) as usize).max(1);
        let columns = fit(width, WIDTH * least);
        let room = columns * fit(height, HEIGHT * least + caption);
        Self { columns: columns.min(count), shown: room.min(count), text: text(least) }
    }
}

/// Returns the position on the arc at a place from 0 to 1, at a distance from the centre.
pub fn at(place: f64, radius: f64) -> Point {
    let angle = (LOWEST + place * -2.0 * LOWEST).to_radians();
    Point { x: CENTRE.x + radius * angle.sin(), y: CENTRE.y - radius * angle.cos() }
}

/// Returns the path of the arc between two places, as SVG describes paths. It is empty if there is nothing between them.
pub fn arc(from: f64, to: f64) -> String {
    if to <= from {
        return String::new();
    }
    let (start, end) = (at(from, RADIUS), at(to, RADIUS));
    format!("M{:.2} {:.2}A{RADIUS} {RADIUS} 0 0 1 {:.2} {:.2}", start.x, start.y, end.x, end.y)
}

/// Returns the path of the mark of a target across the arc.
pub fn tick(place: f64) -> String {
    let (outer, inner) = (at(place, RADIUS + THICK * 0.7), at(place, RADIUS - THICK * 0.7));
    format!("M{:.2} {:.2}L{:.2} {:.2}", outer.x, outer.y, inner.x, inner.y)
}

/// Returns the digits of a number that was given in metadata.
pub(crate) fn shortest(value: f64) -> String {
    match super::field::Field::number(value) {
        super::field::Field::Number { sent, .. } => sent,
        _ => String::new(),
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn gauge(value: Option<f64>, unit: &str, bounds: Bounds, target: Option<f64>) -> Gauge {
        let unit = Unit::parse(unit);
        Gauge::of(&Wanted { value, extent: value.map(Extent::of), unit: &unit, bounds, target })
    }

    #[test]
    fn given_ends_are_kept_and_the_target_is_marked() {
        let bounds = Bounds { min: Some(20.0), max: Some(100.0) };
        let gauge = gauge(Some(71.5), "°C", bounds, Some(85.0));
        assert_eq!((gauge.lowest.as_str(), gauge.highest.as_str()), ("20", "100"));
        assert_eq!((gauge.value, gauge.target), (Some(0.64375), Some(0.8125)));
        assert_eq!(gauge.words().replace('\u{202f}', " "), "on a scale from 20 to 100, target 85 °C");
    }

    #[test]
    fn ends_that_are_not_given_are_round_and_contain_zero() {
        assert_eq!(gauge(Some(71.5), "", Bounds::default(), None).ends, (0.0, 80.0));
        assert_eq!(gauge(Some(61.2), "%", Bounds::default(), None).ends, (0.0, 100.0));
        assert_eq!(gauge(Some(10.0), "", Bounds::default(), Some(75.0)).ends, (0.0, 80.0));
    }

    #[test]
    fn a_value_beyond_the_ends_is_said_to_be_so() {
        let bounds = Bounds { min: Some(0.0), max: Some(10.0) };
        let above = gauge(Some(12.0), "", bounds, Some(11.0));
        assert_eq!(
            (above.value, above.target, above.beyond),
            (Some(1.0), None, Some("above the end of the scale"))
        );
        assert_eq!(gauge(Some(-1.0), "", bounds, None).beyond, Some("below the end of the scale"));
        assert_eq!(gauge(None, "", bounds, None).value, None);
    }

    #[test]
    fn ends_and_target_are_those_of_the_series_in_units_that_can_be_converted() {
        let (panel, window) = (Unit::parse("s"), 0..9_000);
        let bounds = Bounds { min: Some(0.02), max: Some(1.005) };
        let given = Given { unit: &panel, bounds, target: Some(0.5) };
        let mut set = SeriesSet::new(9);
        set.append(1_000, [("mean", 0.3), ("p99", 400.0), ("power", 300.0)]);
        let units = [("p99", "ms"), ("power", "W")];
        set.set_units(&units.map(|(name, unit)| (name.to_owned(), Unit::parse(unit))));
        let of = |column: usize, value: f64| {
            let gauge = Gauge::of_series((&set, column), Some(value), &window, given);
            gauge.words().replace('\u{202f}', " ")
        };
        assert_eq!(of(0, 0.3), "on a scale from 0.02 to 1.005, target 0.5 s");
        assert_eq!(of(1, 400.0), "on a scale from 20 to 1005, target 500 ms");
        assert_eq!(of(2, 300.0), "on a scale from 0 to 300", "watts are no seconds");
    }

    fn grid(count: usize, width: f64, height: f64) -> (usize, usize) {
        let grid = Grid::of(count, (width, height), 14.0);
        (grid.columns, grid.shown)
    }

    #[test]
    fn several_gauges_are_as_large_as_the_panel_allows() {
        assert_eq!(grid(1, 20.0, 20.0), (1, 1));
        assert_eq!(grid(4, 400.0, 260.0), (2, 4));
        assert_eq!(grid(3, 900.0, 150.0), (3, 3));
        assert_eq!(grid(3, 150.0, 500.0), (1, 3));
        let text = |width: f64, font_px: f64| Grid::of(1, (width, 200.0), font_px).text;
        assert_eq!(
            (text(200.0, 14.0), text(100.0, 20.0)),
            (0.8 * 14.0, 16.0),
            "texts at the ends can be read"
        );
    }

    #[test]
    fn texts_of_any_size_are_below_the_arc_and_inside_the_drawing() {
        for text in [LEAST_TEXT, 13.0, MOST_TEXT] {
            let grid = Grid { columns: 1, shown: 1, text };
            let top = grid.text_foot() - 0.8 * text;
            assert!(
                top >= at(0.0, RADIUS).y && grid.text_foot() + 0.2 * text <= grid.drawing_height(),
                "{text}"
            );
        }
    }

    #[test]
    fn gauges_without_room_are_left_out_rather_than_made_too_small_to_read() {
        assert_eq!(grid(100, 300.0, 200.0), (2, 4));
        assert_eq!(grid(5, 10.0, 10.0), (1, 1));
    }

    proptest! {
        #[test]
        fn the_arc_stays_inside_its_drawing(place in 0_f64..=1.0, value in -1e12_f64..1e12, target in -1e12_f64..1e12) {
            for radius in [RADIUS - THICK, RADIUS + THICK * 0.7] {
                let at = at(place, radius);
                prop_assert!((0.0..=200.0).contains(&at.x) && (0.0..=HEIGHT).contains(&at.y), "{at:?}");
            }
            let gauge = gauge(Some(value), "", Bounds::default(), Some(target));
            prop_assert!(gauge.value.is_some_and(|place| (0.0..=1.0).contains(&place)), "{gauge:?}");
            prop_assert!(gauge.target.is_some_and(|place| (0.0..=1.0).contains(&place)), "{gauge:?}");
        }
    }
}
