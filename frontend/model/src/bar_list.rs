//! The newest number of each series as a horizontal bar. Depends on [`super::chart`] and [`super::field`].

use super::chart::axes::given_factor;
use super::chart::extent::Extent;
use super::chart::readout::last_row;
use super::chart::scale::{Bounds, Scale, converted};
use super::chart::{Format, LocalClock, SeriesSet, Unit};
use super::field::Field;
use super::gauge::shortest;
use super::sorted::{self, sort_by};

/// Number of steps into which the ends of a scale without given ends are rounded.
const STEPS: usize = 4;
/// Factor by which the places of values are multiplied in order to be sorted as whole numbers.
const ORDER: f64 = 1e15;
/// Longest time in milliseconds for which a value of the past is shown without its own time, if the topic has no usual interval.
const OLD_MS: i64 = 60_000;
const NO_VALUE: &str = "–";

/// One series of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Index of the series.
    pub column: usize,
    /// Name of the series.
    pub name: String,
    /// The value with its unit; a dash if there is none.
    pub text: String,
    /// The value as it was sent, if `text` is shortened.
    pub exact: Option<String>,
    /// The part of the scale that the bar covers: its start and its end, from 0 to 1. `None` if there is no number.
    pub span: Option<(f64, f64)>,
    /// Place of the target on the scale, if it is inside.
    pub target: Option<f64>,
    /// True if the value is beyond an end of the scale that was given.
    pub is_beyond: bool,
    /// True if the series has stopped, while others go on, or if the value of the past is old.
    pub is_over: bool,
    /// Text about the time of a value of the past that is old, such as `last at 14:02:11`.
    pub when: Option<String>,
}

/// The data of a list.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The series.
    pub set: &'a SeriesSet,
    /// Unit of the series that have no unit of their own.
    pub unit: &'a Unit,
    /// The ends of the scale that are given, in `unit`. They apply to the series of which [`given_factor`] says so.
    pub bounds: Bounds,
    /// Value to reach or to keep below, for the same series.
    pub target: Option<f64>,
    /// The beginning of the stretch of the past that is shown, and the time up to which it is shown; `None` for live data.
    pub past: Option<(i64, i64)>,
    /// Present time by the server's clock.
    pub now: i64,
    /// Longest time in milliseconds for which a value of the past is shown without its own time; `None` if it is not known.
    pub hole_ms: Option<i64>,
    /// Converts times to the reader's time zone.
    pub clock: LocalClock,
}

/// A number of the list before it is a bar.
struct Found {
    value: f64,
    sent: String,
    ts_ms: Option<i64>,
}

/// The scale of the series whose units can be converted into each other.
struct Ruler {
    unit: Unit,
    scale: Scale,
    /// The target in this unit, if it is one of these series.
    target: Option<f64>,
}

/// Returns the bars, the largest first. Series whose units can be converted into each other have the same scale, which contains
/// zero. Series without a number are the last.
pub fn bars(wanted: &Wanted<'_>) -> Vec<Bar> {
    let columns = 0..wanted.set.series().len();
    let found: Vec<Option<Found>> = columns.clone().map(|column| wanted.found(column)).collect();
    let mut rulers: Vec<Ruler> = Vec::new();
    let mut placed: Vec<(i64, Bar)> = Vec::new();
    for column in columns {
        let unit = wanted.set.unit(column).unwrap_or(wanted.unit);
        if !rulers.iter().any(|ruler| unit.factor_to(&ruler.unit).is_some()) {
            rulers.push(wanted.ruler(unit, &found));
        }
        let ruler = rulers.iter().find_map(|ruler| Some((ruler, unit.factor_to(&ruler.unit)?)));
        if let Some(ruler) = ruler {
            placed.push(wanted.bar(column, found[column].as_ref(), unit, ruler));
        }
    }
    sort_by(&mut placed, |(order, _)| *order);
    placed.into_iter().map(|(_, bar)| bar).collect()
}

/// Returns the bars in the order in which they were shown before, as far as they were, so that nothing moves under a pointer.
pub fn in_order(bars: Vec<Bar>, before: &[usize]) -> Vec<Bar> {
    let place = |bar: &Bar| before.iter().position(|column| *column == bar.column).unwrap_or(usize::MAX / 2);
    let mut bars = bars;
    // The sort keeps the order of new series.
    sorted::sort_by_key(&mut bars, place);
    bars
}

impl Wanted<'_> {
    fn found(&self, column: usize) -> Option<Found> {
        match (self.past, self.set.newest(column).map(|newest| &newest.field)) {
            (Some((from, at)), _) => {
                let row = last_row(self.set, column, &(from..at)).filter(|_| from <= at)?;
                let (value, sent) = (self.set.value(column, row), self.set.sent(column, row)?);
                Some(Found { value, sent, ts_ms: self.set.time(row) })
            }
            (None, Some(Field::Number { value, sent })) if self.stopped_ms(column).is_none() => {
                Some(Found { value: *value, sent: sent.clone(), ts_ms: None })
            }
            (None, _) => None,
        }
    }

    /// Returns a text about the time of a value of the past that is old at the time that is shown.
    fn when(&self, found: &Found) -> Option<String> {
        let (ts_ms, (_, at)) = found.ts_ms.zip(self.past)?;
        let bucket_ms =
            self.set.reduced().map_or(0, |reduced| i64::try_from(reduced.step_ms).unwrap_or(i64::MAX));
        let is_old = at - ts_ms > self.hole_ms.unwrap_or(OLD_MS).max(bucket_ms);
        is_old.then(|| format!("last at {}", self.clock.seconds_beside(ts_ms, at)))
    }

    fn stopped_ms(&self, column: usize) -> Option<u64> {
        self.set.stopped_ms(column, self.now).filter(|_| self.past.is_none())
    }

    /// Returns the scale of the series whose units can be converted to `unit`.
    fn ruler(&self, unit: &Unit, found: &[Option<Found>]) -> Ruler {
        let given = given_factor(self.set, self.unit, unit);
        let bounds = given.map(|factor| self.bounds.times(factor)).unwrap_or_default();
        let target = self.target.zip(given).map(|(target, factor)| converted(target, factor));
        let values = found.iter().enumerate().filter_map(|(column, found)| {
            let factor = self.set.unit(column).unwrap_or(self.unit).factor_to(unit)?;
            Some(Extent::of(found.as_ref()?.value * factor))
        });
        let others = target.into_iter().chain([0.0]).map(Extent::of);
        let extent = values.chain(others).reduce(Extent::with);
        Ruler { unit: unit.clone(), scale: Scale::fit(extent, unit, bounds, STEPS), target }
    }

    /// Returns a bar, and its place in the order.
    fn bar(
        &self,
        column: usize,
        found: Option<&Found>,
        unit: &Unit,
        (ruler, factor): (&Ruler, f64),
    ) -> (i64, Bar) {
        let scale = &ruler.scale;
        let place = |value: f64| (value / 2.0 - scale.min / 2.0) / (scale.max / 2.0 - scale.min / 2.0);
        let inside = |value: f64| place(value).clamp(0.0, 1.0);
        let format = found.map(|found| Format::for_value(unit, found.value));
        let text = format.as_ref().zip(found).map(|(format, found)| format.reading(&found.sent));
        let exact = format
            .zip(found)
            .zip(text.as_ref())
            .and_then(|((format, found), text)| format.exact(&found.sent, text));
        let value = found.map(|found| found.value * factor);
        let base = inside(0.0);
        let order = value.map_or(i64::MAX, |value| -(place(value) * ORDER) as i64);
        let other = || match self.set.newest(column).map(|newest| &newest.field) {
            Some(Field::Text(text)) if self.past.is_none() && self.stopped_ms(column).is_none() => {
                text.clone()
            }
            _ => NO_VALUE.to_owned(),
        };
        let when = found.and_then(|found| self.when(found));
        let bar = Bar {
            column,
            name: self.set.series().get(column).map(|series| series.name().to_owned()).unwrap_or_default(),
            text: text.unwrap_or_else(other),
            exact,
            span: value.map(|value| (base.min(inside(value)), base.max(inside(value)))),
            target: ruler.target.map(place).filter(|place| (0.0..=1.0).contains(place)),
            is_beyond: value.is_some_and(|value| !(0.0..=1.0).contains(&place(value))),
            is_over: when.is_some() || self.stopped_ms(column).is_some(),
            when,
        };
        (order, bar)
    }
}

impl Bar {
    /// Returns what the bar does not show, for a title: the exact value, and that it is beyond the scale.
    pub fn hint(&self) -> Option<String> {
        let beyond = self.is_beyond.then(|| "beyond the end of the scale".to_owned());
        let over = self.when.clone().or_else(|| self.is_over.then(|| "no new values".to_owned()));
        let parts: Vec<String> = self.exact.clone().into_iter().chain(beyond).chain(over).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// Returns a text about the target, such as `target 90 %`; `None` if it is one of no series. `unit` is the unit of the panel.
pub fn target_words(set: &SeriesSet, unit: &Unit, target: f64) -> Option<String> {
    let mut units = (0..set.series().len()).map(|column| set.unit(column).unwrap_or(unit));
    let own = units.find(|own| given_factor(set, unit, own).is_some())?;
    // The target is written in the unit in which it was given. If no series has such a unit, it is meant in theirs.
    let unit = if unit.factor_to(own).is_some() { unit } else { own };
    Some(["target ", &Format::for_value(unit, target).reading(&shortest(target))].concat())
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn set(values: &[(&str, f64)]) -> SeriesSet {
        let mut set = SeriesSet::new(9);
        set.append(1_000, values.iter().copied());
        set
    }

    fn bars_of(set: &SeriesSet, unit: &str, bounds: Bounds, target: Option<f64>) -> Vec<Bar> {
        bars(&Wanted {
            set,
            unit: &Unit::parse(unit),
            bounds,
            target,
            past: None,
            now: 1_000,
            hole_ms: None,
            clock: LocalClock::UTC,
        })
    }

    #[test]
    fn the_largest_is_first_and_its_bar_is_the_longest() {
        let set = set(&[("/", 61.2), ("/var", 78.0), ("/backup", 88.4)]);
        let bars = bars_of(&set, "%", Bounds::default(), Some(90.0));
        let shown: Vec<(&str, String)> =
            bars.iter().map(|bar| (bar.name.as_str(), bar.text.replace('\u{202f}', " "))).collect();
        let expected = [("/backup", "88.4 %"), ("/var", "78 %"), ("/", "61.2 %")]
            .map(|(name, text)| (name, text.to_owned()));
        assert_eq!(shown, expected);
        assert_eq!(bars[0].span, Some((0.0, 0.884)));
        assert_eq!(bars[0].target, Some(0.9));
    }

    #[test]
    fn bars_of_negative_values_reach_to_the_other_side_of_zero() {
        let set = set(&[("in", 5.0), ("out", -10.0)]);
        let bars = bars_of(&set, "", Bounds::default(), None);
        let (up, down) = (bars[0].span.unwrap(), bars[1].span.unwrap());
        assert_eq!(up.0, down.1);
        assert!(up.1 > up.0 && down.1 > down.0);
    }

    #[test]
    fn units_that_cannot_be_converted_have_scales_of_their_own() {
        let mut set = set(&[("gpu", 37.0), ("power", 7_100.0)]);
        set.set_units(&[("gpu".to_owned(), Unit::parse("%")), ("power".to_owned(), Unit::parse("W"))]);
        let bars = bars_of(&set, "", Bounds::default(), Some(90.0));
        let gpu = bars.iter().find(|bar| bar.name == "gpu").unwrap();
        assert_eq!((gpu.span, gpu.target), (Some((0.0, 0.37)), None));
    }

    #[test]
    fn ends_and_target_are_converted_into_the_unit_of_the_first_series() {
        let mut set = set(&[("p50", 100.0), ("p99", 0.4), ("power", 300.0)]);
        set.set_units(&[("p50".to_owned(), Unit::parse("ms")), ("power".to_owned(), Unit::parse("W"))]);
        let bars = bars_of(&set, "s", Bounds { min: Some(0.0), max: Some(1.0) }, Some(0.5));
        let bar = |name: &str| bars.iter().find(|bar| bar.name == name).unwrap();
        let marks = |name: &str| (bar(name).span, bar(name).target);
        assert_eq!(marks("p50"), (Some((0.0, 0.1)), Some(0.5)));
        assert_eq!(marks("p99"), (Some((0.0, 0.4)), Some(0.5)));
        assert_eq!((bar("power").target, bar("power").is_beyond), (None, false));
    }

    #[test]
    fn the_target_is_said_in_its_unit_and_only_if_a_series_has_it() {
        for (panel, units, words) in [
            ("s", ["ms", "W"], Some("target 0.5 s")),
            ("", ["%", "%"], Some("target 0.5 %")),
            ("", ["%", "W"], None),
            ("%", ["", "W"], Some("target 0.5 %")),
        ] {
            let mut set = set(&[("a", 1.0), ("b", 1.0)]);
            let own = ["a", "b"].into_iter().zip(units).filter(|(_, unit)| !unit.is_empty());
            let own: Vec<_> = own.map(|(name, unit)| (name.to_owned(), Unit::parse(unit))).collect();
            set.set_units(&own);
            let said = target_words(&set, &Unit::parse(panel), 0.5).map(|said| said.replace('\u{202f}', " "));
            assert_eq!(said.as_deref(), words, "{panel} {units:?}");
        }
    }

    #[test]
    fn a_value_of_the_past_that_is_old_says_its_time() {
        let set = set(&[("a", 1.0)]);
        let unit = Unit::default();
        let at = |at| {
            let (past, bounds, clock) = (Some((0, at)), Bounds::default(), LocalClock::UTC);
            let wanted = Wanted {
                set: &set,
                unit: &unit,
                bounds,
                target: None,
                past,
                now: at,
                hole_ms: Some(5_000),
                clock,
            };
            bars(&wanted).remove(0)
        };
        assert_eq!((at(4_000).text.as_str(), at(4_000).when), ("1", None));
        assert_eq!(at(9_000).hint().as_deref(), Some("last at 00:00:01"));
        assert_eq!(at(86_409_000).hint().as_deref(), Some("last at Thu 1 Jan, 00:00:01"), "a day later");
        assert_eq!(at(500).text, "–");
    }

    #[test]
    fn an_order_is_kept_while_a_pointer_rests() {
        let later = set(&[("a", 1.0), ("b", 9.0), ("c", 5.0)]);
        let sorted = bars_of(&later, "", Bounds::default(), None);
        let names = |bars: Vec<Bar>| bars.into_iter().map(|bar| bar.name).collect::<Vec<_>>();
        assert_eq!(names(in_order(sorted.clone(), &[0, 1])), ["a", "b", "c"]);
        assert_eq!(names(sorted), ["b", "c", "a"]);
    }

    #[test]
    fn a_series_without_a_number_is_the_last_and_has_no_bar() {
        let set = set(&[("a", f64::NAN), ("b", -9.0)]);
        let mut set = set;
        set.append(500, [("a", 3.0)]);
        let bars = bars_of(&set, "", Bounds::default(), None);
        assert_eq!((bars[1].name.as_str(), bars[1].span, bars[1].text.as_str()), ("a", None, "–"));
    }

    proptest! {
        #[test]
        fn all_bars_are_inside_and_in_order(
            values in prop::collection::vec(-1e300_f64..1e300, 1..9), target in prop::option::of(-1e6_f64..1e6),
            min in prop::option::of(-100_f64..0.0), max in prop::option::of(1_f64..100.0),
        ) {
            const NAMES: [&str; 9] = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
            let named: Vec<(&str, f64)> = NAMES.into_iter().zip(values.iter().copied()).collect();
            let bars = bars_of(&set(&named), "", Bounds { min, max }, target);
            prop_assert_eq!(bars.len(), values.len());
            for bar in &bars {
                let (from, to) = bar.span.unwrap_or_default();
                prop_assert!(0.0 <= from && from <= to && to <= 1.0, "{:?}", bar);
            }
            if min.is_none() && max.is_none() {
                let sorted: Vec<f64> = bars.iter().map(|bar| values[bar.column]).collect();
                prop_assert!(sorted.windows(2).all(|pair| pair[0] >= pair[1] - pair[0].abs().max(pair[1].abs()) * 1e-3), "{:?}", sorted);
            }
        }
    }
}
