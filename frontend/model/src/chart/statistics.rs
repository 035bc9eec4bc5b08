//! The lowest, the mean, the highest and the last value of each series in the window of a chart, for the list of series.
//! Depends on [`super::draw`] and [`super::format`](mod@super::format).

use super::band::Band;
use super::decimal::Decimal;
use super::draw::Scene;
use super::format::{Format, Unit};
use super::readout::last_row;
use crate::sorting::Key;

/// One series in the window of a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    /// The lowest value.
    pub min: Quantity,
    /// The mean of all values, which nobody has sent. It has one digit more than the values. It is not known if a part of
    /// the window consists of buckets, because a bucket does not tell its mean.
    pub mean: Quantity,
    /// The highest value.
    pub max: Quantity,
    /// The last value.
    pub last: Quantity,
    /// Number of values in the window.
    pub count: u64,
    /// True if a part of the values is in buckets.
    pub has_buckets: bool,
}

/// A number with its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quantity {
    /// The number; `None` if it is not known.
    pub value: Option<f64>,
    /// The number with its unit; empty if it is not known.
    pub text: String,
}

impl Quantity {
    fn of(value: f64, sent: &str, unit: &Unit) -> Self {
        Self { value: Some(value), text: Format::for_value(unit, value).reading(sent) }
    }

    /// Returns the key by which rows with this number are sorted.
    pub fn key(&self) -> Key {
        self.value.map_or(Key::Nothing, Key::Number)
    }
}

impl Statistics {
    /// Returns the statistics of the series `column` in the window of the scene.
    pub fn of(scene: &Scene<'_>, column: usize) -> Self {
        let (set, window) = (scene.set, &scene.window);
        let unit = set.unit(column).unwrap_or(scene.unit);
        let bands: Vec<&Band> = set.bands(column, window).iter().filter(|band| band.count > 1).collect();
        let is_in_band = |ts_ms: i64| {
            let after = bands.partition_point(|band| band.to_ms < ts_ms);
            bands.get(after).is_some_and(|band| band.from_ms <= ts_ms)
        };
        let rows: Vec<usize> = set.rows_with_number(column, set.rows_within(window)).collect();
        let single = rows.iter().filter(|row| set.time(**row).is_some_and(|ts_ms| !is_in_band(ts_ms)));
        let single: Vec<(f64, usize)> = single
            .map(|row| (set.value(column, *row), *row))
            .filter(|(value, _)| value.is_finite())
            .collect();
        let sent = |row: usize| set.sent(column, row).unwrap_or_default();
        let extreme = |of_band: fn(&Band) -> &(f64, String), is_before: fn(f64, f64) -> bool| {
            let one = single
                .iter()
                .copied()
                .reduce(|one, other| if is_before(other.0, one.0) { other } else { one });
            let many = bands.iter().map(|band| of_band(band));
            let many = many.reduce(|one, other| if is_before(other.0, one.0) { other } else { one });
            match (one, many) {
                (Some((value, row)), Some(band)) if is_before(value, band.0) => {
                    Quantity::of(value, &sent(row), unit)
                }
                (_, Some((value, sent))) => Quantity::of(*value, sent, unit),
                (Some((value, row)), None) => Quantity::of(value, &sent(row), unit),
                (None, None) => Quantity::default(),
            }
        };
        let last = last_row(set, column, window).map(|row| (set.value(column, row), sent(row)));
        let values = || single.iter().map(|(value, _)| *value);
        Self {
            min: extreme(|band| &band.min, |one, other| one < other),
            max: extreme(|band| &band.max, |one, other| one > other),
            mean: match bands.is_empty() {
                true => mean(values(), single.iter().map(|(_, row)| sent(*row)), unit),
                false => Quantity::default(),
            },
            last: last.map(|(value, sent)| Quantity::of(value, &sent, unit)).unwrap_or_default(),
            count: single.len() as u64 + bands.iter().map(|band| band.count).sum::<u64>(),
            has_buckets: !bands.is_empty(),
        }
    }
}

/// Maximum number of values whose digits are read in order to find the number of decimals of a mean.
const MOST_READ: usize = 60;

/// Returns the mean of values with one decimal more than those values have.
fn mean(
    values: impl Iterator<Item = f64> + Clone,
    sent: impl Iterator<Item = String>,
    unit: &Unit,
) -> Quantity {
    let count = values.clone().count();
    if count == 0 {
        return Quantity::default();
    }
    // Each value is divided before the sum, because the sum of large values may be beyond the range of `f64`.
    let mean = values.map(|value| value / count as f64).sum::<f64>();
    let decimals = sent.take(MOST_READ).filter_map(|sent| Decimal::parse(&sent)).map(|sent| sent.decimals());
    let decimals = decimals.max().unwrap_or(0).min(MOST_DECIMALS) + 1;
    Quantity::of(mean, &format!("{mean:.decimals$}"), unit)
}

/// Maximum number of decimals of a mean, apart from the one that is added.
const MOST_DECIMALS: usize = 15;

#[cfg(test)]
mod tests {
    use super::super::axes::Axes;
    use super::super::band::Reduced;

    use super::super::geometry::Surface;
    use super::super::scale::{Bounds, Scale};
    use super::super::series::SeriesSet;
    use super::*;
    use crate::field::Field;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn statistics(set: &SeriesSet, unit: &str) -> Statistics {
        let unit = Unit::parse(unit);
        let axes = Axes::one(Scale::fit(None, &unit, Bounds::default(), 4), set.series().len());
        let surface = Surface { width: 400.0, height: 200.0, density: 1.0, font_px: 10.0, digit_px: 6.0 };
        let scene = Scene::new(set, 0..100_000, (&axes, &unit), surface);
        Statistics::of(&scene, 0)
    }

    fn plain(quantity: &Quantity) -> String {
        quantity.text.replace('\u{202f}', " ")
    }

    #[test]
    fn the_mean_has_one_digit_more_than_what_was_sent() {
        let mut set = SeriesSet::new(9);
        for (ts, value) in [(-5, 900.0), (1_000, 20.5), (2_000, 21.0), (3_000, 23.0)] {
            set.append(ts, [("temp", value)]);
        }
        let found = statistics(&set, "°C");
        let texts = [&found.min, &found.mean, &found.max, &found.last].map(plain);
        assert_eq!(texts, ["20.5 °C", "21.50 °C", "23 °C", "23 °C"]);
        assert_eq!(found.count, 3, "the value before the window does not count");
    }

    #[test]
    fn a_window_without_a_value_has_no_statistics() {
        let mut set = SeriesSet::new(9);
        set.append(-5, [("temp", 1.0)]);
        assert_eq!(statistics(&set, ""), Statistics::default());
    }

    #[test]
    fn the_lowest_and_the_highest_value_of_buckets_count_and_there_is_no_mean_of_them() {
        let mut set = SeriesSet::new(9);
        set.append(60_000, [("temp", 21.0)]);
        set.reduce(Reduced { step_ms: 10_000, raw_from: 50_000, kept_from: None }, 2);
        let rows = vec![(10_000, Field::number(20.0)), (19_000, Field::number(22.0))];
        let band = Band {
            from_ms: 10_000,
            to_ms: 19_000,
            min: (3.0, "3.0".to_owned()),
            max: (40.0, "40.00".to_owned()),
            count: 60,
            is_joined: false,
        };
        set.add_buckets("temp", rows, vec![band]);
        let found = statistics(&set, "");
        assert_eq!([&found.min, &found.mean, &found.max, &found.last].map(plain), ["3.0", "", "40.00", "21"]);
        assert_eq!((found.count, found.has_buckets), (61, true));
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_mean_is_between_the_lowest_and_the_highest_value(values in prop::collection::vec(-1e9_f64..1e9, 1..50)) {
            let found = mean(values.iter().copied(), values.iter().map(|value| value.to_string()), &Unit::default());
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let value = found.value.expect("a mean");
            prop_assert!(value >= least - 1e-3 && value <= most + 1e-3, "{least} {value} {most}");
        }
    }
}
