//! Logarithmic value axes. A value of 0 or below has no place on them, and is counted. Depends on [`super::super::axes`] and
//! [`super::super::scale`].

use std::ops::Range;

use super::super::axes::{Axes, Wanted};
use super::super::extent::Extent;
use super::super::format::{Format, Unit};
use super::super::hidden::Hidden;
use super::super::scale::{Bounds, Scale};
use super::super::series::SeriesSet;

/// Largest and smallest power of ten at the ends of an axis.
const POWERS: (i32, i32) = (-300, 300);

/// Computes logarithmic axes.
pub fn fit(wanted: &Wanted<'_>, before: Option<&Axes>) -> Axes {
    let axes = Axes::fit_by(wanted, None, |wanted, columns, unit, bounds, intervals| {
        scale(positive(wanted, columns), unit, bounds, intervals)
    });
    match before {
        Some(before) if *before == axes => before.clone(),
        _ => axes,
    }
}

/// Values of 0 or below, which a logarithmic axis leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Number of values that are known.
    pub count: u64,
    /// True if there may be more, because buckets contain such values.
    pub has_more: bool,
}

impl LeftOut {
    /// Counts the values in the window of the series that are not switched off.
    pub fn of(set: &SeriesSet, hidden: &Hidden, window: &Range<i64>) -> Self {
        set.shown(hidden).fold(Self::default(), |sum, column| {
            let rows = set.rows_within(window);
            let count = set.samples(column, rows).filter(|(_, value)| *value <= 0.0).count() as u64;
            let has_more = set.bands(column, window).iter().any(|band| band.min.0 <= 0.0 && band.count > 1);
            Self { count: sum.count + count, has_more: sum.has_more || has_more }
        })
    }

    /// Returns a sentence about the values; `None` if there are none.
    pub fn words(self) -> Option<String> {
        match self {
            Self { count: 0, has_more: false } => None,
            Self { count: 0, has_more: true } => {
                Some("Values of 0 or below are left out, because the axis is logarithmic".to_owned())
            }
            Self { count: 1, has_more: false } => {
                Some("1 value of 0 or below is left out, because the axis is logarithmic".to_owned())
            }
            Self { count, has_more } => {
                let least = if has_more { "At least " } else { "" };
                Some(format!(
                    "{least}{count} values of 0 or below are left out, because the axis is logarithmic"
                ))
            }
        }
    }
}

/// Returns the smallest and the largest positive number of some series in the window.
fn positive(wanted: &Wanted<'_>, columns: &[(usize, f64)]) -> Option<Extent> {
    let values = columns.iter().flat_map(|(column, factor)| {
        let rows = wanted.set.rows_within(&wanted.window);
        let samples = wanted.set.samples(*column, rows).map(|(_, value)| value);
        let bands = wanted.set.bands(*column, &wanted.window).iter();
        let ends = bands.flat_map(|band| [band.min.0, band.max.0]);
        samples.chain(ends).map(move |value| value * factor)
    });
    values.filter(|value| *value > 0.0 && value.is_finite()).map(Extent::of).reduce(Extent::with)
}

/// Returns the axis for positive values. Its ends are powers of ten, unless the publisher has set others.
fn scale(extent: Option<Extent>, unit: &Unit, bounds: Bounds, intervals: usize) -> Scale {
    let (low, high) = extent.map_or((1.0, 10.0), |extent| (extent.min, extent.max));
    let set = |end: Option<f64>| end.filter(|end| *end > 0.0 && end.is_finite());
    let first = set(bounds.min).map_or_else(|| floor_power(low), floor_power);
    let last = set(bounds.max).unwrap_or(high);
    let last = floor_power(last) + i32::from(last > power(floor_power(last)));
    let (first, last) = (first, last.max(first + 1));
    let min = set(bounds.min).unwrap_or_else(|| power(first));
    let max = set(bounds.max).filter(|max| *max > min).unwrap_or_else(|| power(last));
    let decades = (last - first).unsigned_abs() as usize;
    let every = decades.div_ceil(intervals.max(1) * 2).max(1);
    let within: &[f64] = if decades <= 1 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let values =
        (first..=last).step_by(every).flat_map(|at| within.iter().map(move |digit| digit * power(at)));
    let values = values.filter(|value| (min * (1.0 - EPSILON)..=max * (1.0 + EPSILON)).contains(value));
    Scale {
        min,
        max,
        step: min,
        format: Format::for_value(unit, 1.0),
        names_unit: false,
        marks: values.map(|value| (value, label(unit, value))).collect(),
        is_log: true,
    }
}

const EPSILON: f64 = 1e-9;

/// Returns the text at a mark. Each mark has a prefix of its own, because the marks are far apart.
fn label(unit: &Unit, value: f64) -> String {
    let format = Format::for_range(unit, 0.0, value).for_steps(value);
    if format.is_converted() { format.text(value) } else { format.number(value) }
}

/// Returns the exponent of the largest power of ten that is not above the value.
fn floor_power(value: f64) -> i32 {
    let near = (value.log10().floor() as i32).clamp(POWERS.0, POWERS.1);
    // The logarithm is not exact near powers of ten.
    if power(near + 1) <= value { near + 1 } else { near }
}

fn power(exponent: i32) -> f64 {
    let exponent = exponent.clamp(POWERS.0, POWERS.1 + 1);
    // Negative powers are divisions, because `powi` of a fraction is less exact.
    if exponent < 0 { 1.0 / 10_f64.powi(-exponent) } else { 10_f64.powi(exponent) }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_scenes::{Bench, points};
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn labels(min: f64, max: f64, unit: &str) -> Vec<String> {
        let scale = scale(Some(Extent { min, max, whole: false }), &Unit::parse(unit), Bounds::default(), 4);
        scale.ticks().map(|tick| scale.label(tick).replace('\u{202f}', " ")).collect()
    }

    #[test]
    fn marks_are_powers_of_ten_and_finer_within_a_single_decade() {
        assert_eq!(labels(3.0, 4_200.0, ""), ["1", "10", "100", "1000", "10 000"]);
        assert_eq!(labels(0.02, 0.7, ""), ["0.01", "0.1", "1"]);
        assert_eq!(labels(12.0, 80.0, "ms"), ["10", "20", "50", "100"]);
        assert_eq!(labels(1.0, 10.0, ""), ["1", "2", "5", "10"]);
    }

    #[test]
    fn values_of_zero_or_below_are_counted_and_interrupt_the_line() {
        let bench = Bench::new(&[(
            "v",
            &[(0, 1.0), (1_000, 10.0), (2_000, 0.0), (3_000, -4.0), (4_000, 100.0), (5_000, 10.0)],
        )]);
        let marks = bench.marks(super::super::line(true));
        assert_eq!(points(&marks).len(), 4);
        let left_out = LeftOut::of(&bench.set, &Hidden::new(), &bench.window);
        assert_eq!(left_out, LeftOut { count: 2, has_more: false });
        let words = left_out.words().unwrap_or_default();
        assert_eq!(words, "2 values of 0 or below are left out, because the axis is logarithmic");
    }

    proptest! {
        #[test]
        fn an_axis_contains_all_positive_values_and_few_marks(
            (low, high) in (-250_f64..250.0, 0_f64..40.0), intervals in 1_usize..7,
        ) {
            let (min, max) = (10_f64.powf(low), 10_f64.powf(low + high));
            let scale = scale(Some(Extent { min, max, whole: false }), &Unit::default(), Bounds::default(), intervals);
            prop_assert!(scale.min > 0.0 && scale.min <= min && scale.max >= max && scale.max.is_finite());
            let ticks: Vec<f64> = scale.ticks().collect();
            prop_assert!(!ticks.is_empty() && ticks.len() <= 2 * intervals + 5, "{ticks:?}");
            prop_assert!(ticks.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
