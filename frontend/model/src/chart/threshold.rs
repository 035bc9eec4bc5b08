//! Thresholds of a chart: values from which a number counts as trouble. Depends on [`super::axes`], [`super::format`](mod@super::format)
//! and [`super::series`].

use super::axes;
use super::format::{Format, Unit};
use super::series::SeriesSet;

/// A value from which a number counts as trouble.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// The threshold is crossed while the value is greater than this or, if [`Self::is_above`] is false, less.
    pub bound: f64,
    /// True if greater values are trouble.
    pub is_above: bool,
    /// Meaning of the threshold while it is crossed.
    pub means: Means,
    /// Words that are shown while the threshold is crossed, instead of those that name the bound.
    pub words: Option<String>,
    /// Name of the series that has the threshold; `None` for every series in the panel's unit.
    pub series: Option<String>,
}

/// Meaning of a crossed threshold. What is worse is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// The value is unusual. The panel is not in trouble.
    Warning,
    /// The panel is in trouble.
    Bad,
}

/// A threshold that a value crosses, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossed {
    /// Meaning of the threshold.
    pub means: Means,
    /// The threshold in words, such as `over 500 ms`.
    pub words: String,
}

impl Means {
    /// Returns the meaning as a word for CSS classes and tests.
    pub fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Bad => "crossed",
        }
    }
}

impl Threshold {
    /// Reads the thresholds of a topic's metadata or of a panel. A threshold without a bound, or with two, is skipped.
    pub fn list(thresholds: &serde_json::Value) -> Vec<Self> {
        shared::board::Threshold::list(thresholds).into_iter().filter_map(Self::read).collect()
    }

    fn read(read: shared::board::Threshold) -> Option<Self> {
        let (bound, is_above) = match (read.above, read.below) {
            (Some(bound), None) => (bound, true),
            (None, Some(bound)) => (bound, false),
            _ => return None,
        };
        // A newer program may have written a meaning that is not known here. It is no less than a warning.
        let means = if read.means.as_deref().unwrap_or("bad") == "bad" { Means::Bad } else { Means::Warning };
        let words = read.words.filter(|words| !words.trim().is_empty());
        Some(Self { bound, is_above, means, words, series: read.series.filter(|name| !name.is_empty()) })
    }

    /// Returns true if `value` crosses the threshold.
    pub fn is_crossed_by(&self, value: f64) -> bool {
        if self.is_above { value > self.bound } else { value < self.bound }
    }

    /// Returns the factor by which values of the series `column` are multiplied before they are compared with the bound; `None`
    /// if the threshold is not one of this series. `unit` is the unit of the panel, in which the bound of a threshold for all
    /// series is meant, and of series without a unit of their own. If no series is in that unit, all of them have to have the same.
    pub fn factor(&self, set: &SeriesSet, column: usize, unit: &Unit) -> Option<f64> {
        let name = set.series().get(column)?.name();
        match &self.series {
            Some(named) => (named == name).then_some(1.0),
            None => match set.unit(column).unwrap_or(unit).factor_to(unit) {
                Some(factor) => Some(factor),
                None => (axes::count(set, unit) == 1).then_some(1.0),
            },
        }
    }

    /// Returns the unit in which the bound is meant.
    pub fn unit<'a>(&self, set: &'a SeriesSet, column: usize, unit: &'a Unit) -> &'a Unit {
        let own = set.unit(column).unwrap_or(unit);
        let is_own = self.series.is_some() || own.factor_to(unit).is_none();
        if is_own { own } else { unit }
    }

    /// Returns the bound as text, such as `500 ms`.
    pub fn bound_words(&self, unit: &Unit) -> String {
        // The bound is written as it was set, even if values are rounded.
        Format::for_value(&unit.clone().rounded(None), self.bound).reading_of(self.bound)
    }

    /// Returns the words that are shown while the threshold is crossed, such as `over 500 ms` or `too slow`.
    pub fn crossed_words(&self, unit: &Unit) -> String {
        self.words.clone().unwrap_or_else(|| self.exact_words(unit))
    }

    /// Returns words that name the bound, such as `over 500 ms`.
    pub fn exact_words(&self, unit: &Unit) -> String {
        let way = match (self.is_above, self.means) {
            (true, Means::Bad) => "over",
            (true, Means::Warning) => "above",
            (false, Means::Bad) => "under",
            (false, Means::Warning) => "below",
        };
        [way, " ", &self.bound_words(unit)].concat()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn thresholds_without_a_bound_are_skipped_and_an_unknown_meaning_is_a_warning() {
        let list = json!([{"above": 1}, {"below": 2, "means": "fatal"}, {}, {"above": 1, "below": 2}, 7]);
        let list = Threshold::list(&list);
        let read: Vec<_> = list.iter().map(|one| (one.bound, one.is_above, one.means)).collect();
        assert_eq!(read, [(1.0, true, Means::Bad), (2.0, false, Means::Warning)]);
        assert_eq!(Threshold::list(&json!({"above": 1})), []);
    }

    #[test]
    fn a_bound_is_named_in_its_unit_and_crossed_only_beyond_it() {
        let list =
            json!([{"above": 500}, {"above": 70.5, "means": "warning"}, {"below": -2, "words": "frost"}]);
        let list = Threshold::list(&list);
        let words =
            |index: usize, unit: &str| list[index].crossed_words(&Unit::parse(unit)).replace('\u{202f}', " ");
        assert_eq!((words(0, "ms"), words(1, "°C")), ("over 500 ms".to_owned(), "above 70.5 °C".to_owned()));
        assert_eq!(words(2, "°C"), "frost");
        let rounded = Unit::parse("°C").rounded(Some(0));
        assert!(list[1].crossed_words(&rounded).contains("70.5"), "a bound is not rounded");
        assert!(list[0].is_crossed_by(500.1) && !list[0].is_crossed_by(500.0));
        assert!(list[2].is_crossed_by(-2.5) && !list[2].is_crossed_by(-2.0));
        assert!(!list[0].is_crossed_by(f64::NAN) && !list[2].is_crossed_by(f64::NAN));
    }

    #[test]
    fn a_threshold_is_compared_with_series_whose_unit_can_be_converted_and_with_no_others() {
        let mut set = SeriesSet::new(8);
        set.append(1_000, [("a", 512.0), ("b", 2.0), ("c", 37.0)]);
        let units = [("a", "MiB"), ("b", "GiB"), ("c", "%")];
        set.set_units(&units.map(|(name, unit)| (name.to_owned(), Unit::parse(unit))));
        let factors = |threshold: &serde_json::Value, unit: &str| {
            let threshold = Threshold::list(&json!([threshold])).remove(0);
            [0, 1, 2].map(|column| threshold.factor(&set, column, &Unit::parse(unit)))
        };
        assert_eq!(factors(&json!({"above": 1}), "MiB"), [Some(1.0), Some(1_024.0), None]);
        assert_eq!(factors(&json!({"above": 1, "series": "c"}), "MiB"), [None, None, Some(1.0)]);
        assert_eq!(factors(&json!({"above": 1}), ""), [None, None, None], "nobody knows which are meant");
    }
}
