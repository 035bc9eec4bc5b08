//! Value axes with round ends and round steps. An axis changes as seldom as possible while new data arrives. Depends
//! on [`super::format`](mod@super::format) and [`super::extent`].

use super::extent::Extent;
use super::format::{Format, Unit};

/// Ends of a value axis that the publisher has set; `None` for an end that is computed from the data.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// The lower end of the axis.
    pub min: Option<f64>,
    /// The upper end of the axis.
    pub max: Option<f64>,
}

impl Bounds {
    /// Converts the ends into another unit, in which values are multiplied by `factor`.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        let converted = |end: f64| converted(end, factor);
        Self { min: self.min.map(converted), max: self.max.map(converted) }
    }
}

/// Converts a value that was set into another unit, in which values are multiplied by `factor`. A whole number stays one: 1.005 s are
/// 1005 ms, and not 1004.9999999999999.
pub fn converted(value: f64, factor: f64) -> f64 {
    let converted = value * factor;
    let whole = converted.round();
    if (converted - whole).abs() <= whole.abs() * f64::EPSILON { whole } else { converted }
}

/// A value axis: its ends, and the distance between its marks.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// The value at the lower end.
    pub min: f64,
    /// The value at the upper end. It is above [`Self::min`].
    pub max: f64,
    /// Distance between two marks, as a value.
    pub step: f64,
    /// Format of the numbers at the marks.
    pub format: Format,
    /// True if the uppermost mark always has the unit. If it is false, the mark has the unit only if it differs from
    /// the unit in the head of the panel.
    pub names_unit: bool,
    /// The values of the marks with their texts, in ascending order, if they are not multiples of [`Self::step`].
    pub marks: Vec<(f64, String)>,
    /// True if the axis is logarithmic. Both of its ends are above zero then.
    pub is_log: bool,
}

/// Share of the value that is furthest from zero. If the range of the data is at least this share of that value, the
/// axis starts at zero.
const BASELINE_SHARE: f64 = 0.5;
/// An axis is replaced by a smaller one only if the new one covers less than this share of it.
const SHRINK_BELOW: f64 = 0.5;
/// Maximum number of marks on an axis, even if its ends and its step would give more.
const MOST_TICKS: usize = 24;

impl Scale {
    /// Creates the axis for data between the ends of `extent` (`None` if there is no data), with about `intervals`
    /// steps between marks.
    pub fn fit(extent: Option<Extent>, unit: &Unit, bounds: Bounds, intervals: usize) -> Self {
        let whole = extent.is_none_or(|extent| extent.whole);
        let (low, high) = ends(extent, unit, bounds);
        let format = Format::for_range(unit, low, high);
        let coarsest = if whole && format.divisor() <= 1.0 { 1.0 } else { 0.0 };
        let rough = (high / format.divisor() - low / format.divisor()) / intervals.max(1) as f64;
        let step = round_step(rough).max(coarsest) * format.divisor();
        let (round_low, round_high) =
            ((low / step + EPSILON).floor() * step, (high / step - EPSILON).ceil() * step);
        Self {
            min: bounds.min.unwrap_or(round_low.max(f64::MIN)),
            max: bounds.max.filter(|max| *max > low).unwrap_or(round_high.min(f64::MAX)),
            step,
            format,
            names_unit: false,
            marks: Vec::new(),
            is_log: false,
        }
    }

    /// Returns `before`, the axis that is shown now, if the data still fills enough of it. Otherwise returns this
    /// axis. So an axis grows at once, and shrinks only when the data has become much smaller.
    pub fn settle(self, before: Option<&Self>) -> Self {
        match before {
            Some(before) if before.suits(&self) => before.clone(),
            _ => self,
        }
    }

    /// Returns the values of the marks, in ascending order.
    pub fn ticks(&self) -> impl Iterator<Item = f64> + '_ {
        let first = (self.min / self.step - EPSILON).ceil();
        (0..MOST_TICKS.max(self.marks.len()))
            .map(move |index| match self.marks.get(index) {
                Some((tick, _)) => *tick,
                None if self.marks.is_empty() => (first + index as f64) * self.step,
                None => f64::INFINITY,
            })
            .take_while(|tick| *tick <= self.max + self.step * EPSILON)
    }

    /// Returns the text at the mark of the value `tick`. The text of the uppermost mark contains the unit if
    /// [`Self::names_unit`] is true or if the unit is not the publisher's.
    pub fn label(&self, tick: f64) -> String {
        if let Some((_, text)) = self.marks.iter().find(|(value, _)| *value == tick) {
            return text.clone();
        }
        let format = self.format.for_steps(self.step);
        let is_uppermost = tick + self.step * (1.0 - EPSILON) > self.max;
        if is_uppermost && (self.names_unit || format.is_converted()) {
            format.text(tick)
        } else {
            format.number(tick)
        }
    }

    fn suits(&self, wanted: &Self) -> bool {
        // A chart that has become lower has room for fewer marks.
        self.step >= wanted.step * (1.0 - EPSILON)
            && self.min <= wanted.min
            && self.max >= wanted.max
            && (wanted.max - wanted.min) >= SHRINK_BELOW * (self.max - self.min)
            && self.format.suffix() == wanted.format.suffix()
            && self.names_unit == wanted.names_unit
    }
}

const EPSILON: f64 = 1e-9;

/// Returns the lower and the upper end of the axis before they are rounded.
fn ends(extent: Option<Extent>, unit: &Unit, bounds: Bounds) -> (f64, f64) {
    let (low, high) = extent.map_or((0.0, 0.0), |extent| (extent.min, extent.max));
    let (low, high) = if unit.is_percent() { percent_ends(low, high) } else { from_zero(low, high) };
    let low = bounds.min.unwrap_or(low);
    let high = bounds.max.unwrap_or(high);
    if high > low { (low, high) } else { (low, low + low.abs().max(1.0)) }
}

/// Returns the ends of an axis for percentages. They are 0 and 100 %, so that the reader sees the share of the whole,
/// or 0 and 10 % if no value is above 10 %. If a value is below 0 or above 100 %, the ends are those of any other
/// unit.
fn percent_ends(low: f64, high: f64) -> (f64, f64) {
    if low < 0.0 || high > 100.0 {
        return from_zero(low, high);
    }
    (0.0, if high > 10.0 { 100.0 } else { 10.0 })
}

/// Returns the lower and the upper end of an axis. The axis contains zero unless all values are in a narrow range
/// that is far from zero.
fn from_zero(low: f64, high: f64) -> (f64, f64) {
    if low == high {
        return ((low.min(0.0) * 1.25).max(f64::MIN), (high.max(0.0) * 1.25).min(f64::MAX));
    }
    let span = high - low;
    let low = if low > 0.0 && span >= BASELINE_SHARE * high { 0.0 } else { low };
    let high = if high < 0.0 && span >= -BASELINE_SHARE * low { 0.0 } else { high };
    (low, high)
}

/// Returns a round step between two marks: the smallest of …, 1, 2, 5, 10, 20, 50, … that is not below `rough`.
fn round_step(rough: f64) -> f64 {
    // `powf` would be two more kilobytes of code. `powi` is not exact beyond these powers.
    let decade = 10_f64.powi((rough.log10().floor() as i32).clamp(-307, 308));
    let within = rough / decade;
    let round = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| within <= step + EPSILON).unwrap_or(10.0);
    round * decade
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn ends_are_converted_without_digits_that_nobody_has_set() {
        let both = |min, max, factor| Bounds { min: Some(min), max: Some(max) }.times(factor);
        assert_eq!(both(0.0, 1.005, 1_000.0), Bounds { min: Some(0.0), max: Some(1_005.0) });
        assert_eq!(both(-1.5, 0.25, 1_024.0), Bounds { min: Some(-1_536.0), max: Some(256.0) });
        assert_eq!(both(500.0, 1_500.0, 0.001), Bounds { min: Some(0.5), max: Some(1.5) });
        assert_eq!(Bounds::default().times(60.0), Bounds::default());
    }

    fn fit(unit: &str, min: f64, max: f64) -> Scale {
        let whole = min.fract() == 0.0 && max.fract() == 0.0;
        Scale::fit(Some(Extent { min, max, whole }), &Unit::parse(unit), Bounds::default(), 4)
    }

    fn labels(scale: &Scale) -> Vec<String> {
        scale.ticks().map(|tick| scale.label(tick)).collect()
    }

    #[test]
    fn marks_are_round_and_take_in_all_data() {
        assert_eq!(labels(&fit("", 0.3, 87.7)), ["0", "50", "100"]);
        assert_eq!(labels(&fit("", 0.0, 3.2)), ["0", "1", "2", "3", "4"]);
        assert_eq!(labels(&fit("", 0.01, 0.07)), ["0.00", "0.02", "0.04", "0.06", "0.08"]);
    }

    #[test]
    fn data_in_a_narrow_band_far_from_zero_is_not_squeezed_flat() {
        let scale = fit("°C", 18.2, 19.1);
        assert!(scale.min >= 18.0 && scale.max <= 20.0, "{scale:?}");
    }

    #[test]
    fn data_that_comes_near_zero_starts_at_zero() {
        assert_eq!(fit("", 20.0, 87.0).min, 0.0);
        assert_eq!(fit("", -87.0, -20.0).max, 0.0);
    }

    #[test]
    fn negative_and_positive_data_share_an_axis_with_a_mark_at_zero() {
        let scale = fit("°C", -12.5, 21.5);
        assert!(scale.min <= -12.5 && scale.max >= 21.5);
        assert!(scale.ticks().any(|tick| tick == 0.0));
    }

    #[test]
    fn a_series_that_never_changes_still_has_an_axis_around_it() {
        for value in [21.5, -3.0, 0.0] {
            let scale = fit("", value, value);
            assert!(scale.min <= value && value <= scale.max && scale.min < scale.max, "{value}: {scale:?}");
        }
    }

    #[test]
    fn no_data_yet_has_an_axis_too() {
        let scale = Scale::fit(None, &Unit::default(), Bounds::default(), 4);
        assert_eq!((scale.min, scale.max), (0.0, 1.0));
    }

    #[test]
    fn bytes_have_round_marks_in_their_own_prefix() {
        assert_eq!(labels(&fit("B", 0.0, 3_300_000.5)), ["0", "1", "2", "3", "4\u{202f}MiB"]);
        assert_eq!(fit("B", 0.0, 3_300_000.5).format.suffix(), "MiB");
    }

    #[test]
    fn the_uppermost_mark_names_the_unit_where_the_panel_names_another() {
        let uppermost = |unit, max| labels(&fit(unit, 0.0, max)).pop().unwrap_or_default();
        assert_eq!(uppermost("ms", 1_500.5), "2000");
        assert_eq!(uppermost("ms", 1_500_000.5), "2000\u{202f}s");
        assert_eq!(uppermost("", 3_200_000.0), "4\u{202f}M");
        assert_eq!(uppermost("s", 3.5), "4");
        assert_eq!(uppermost("MiB/s", 3.5), "4");
        let bounds = Bounds { min: None, max: Some(4_500.0) };
        let cut = Scale::fit(None, &Unit::parse("B"), bounds, 4);
        assert_eq!(labels(&cut).pop().unwrap_or_default(), "4\u{202f}KiB");
    }

    #[test]
    fn shares_are_shown_against_the_whole_and_small_ones_against_a_tenth() {
        assert_eq!(fit("%", 12.0, 31.0).max, 100.0);
        assert_eq!(fit("%", 0.2, 1.4).max, 10.0);
        assert!(fit("%", 0.0, 380.0).max >= 380.0);
    }

    #[test]
    fn set_ends_are_kept() {
        let bounds = Bounds { min: Some(-5.0), max: Some(45.0) };
        let scale =
            Scale::fit(Some(Extent { min: 0.0, max: 10.0, whole: true }), &Unit::default(), bounds, 4);
        assert_eq!((scale.min, scale.max), (-5.0, 45.0));
    }

    #[test]
    fn ends_that_make_no_sense_do_not_hang_or_turn_the_axis_over() {
        let bounds = Bounds { min: Some(10.0), max: Some(10.0) };
        let scale = Scale::fit(None, &Unit::default(), bounds, 4);
        assert!(scale.max > scale.min && scale.ticks().count() <= MOST_TICKS);
    }

    #[test]
    fn whole_numbers_have_no_marks_between_them() {
        assert_eq!(labels(&fit("", 0.0, 2.0)), ["0", "1", "2"]);
    }

    #[test]
    fn an_axis_grows_at_once_and_shrinks_late() {
        let tall = fit("", 0.0, 90.0);
        assert_eq!(fit("", 0.0, 60.0).settle(Some(&tall)), tall);
        assert_eq!(fit("", 0.0, 20.0).settle(Some(&tall)).max, 20.0);
        assert!(fit("", 0.0, 300.0).settle(Some(&tall)).max >= 300.0);
    }
}
