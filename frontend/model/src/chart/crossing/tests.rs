use proptest::prelude::*;
use serde_json::json;

use super::super::apart::Apart;
use super::super::band::Reduced;
use super::*;

const HOLE_MS: Millis = 2_500;

fn thresholds() -> Vec<Threshold> {
    Threshold::list(
        &json!([{"above": 500}, {"above": 300, "means": "warning", "words": "slow"}, {"below": -5}]),
    )
}

fn set(samples: &[(i64, f64)]) -> SeriesSet {
    let mut set = SeriesSet::new(200);
    samples.iter().for_each(|(second, value)| set.append(second * 1_000, [("p99", *value)]));
    set
}

/// Returns the worst crossing of a set, in words.
fn text(set: &SeriesSet) -> Option<String> {
    let unit = Unit::parse("ms");
    let seen = Seen { set, unit: &unit, hole_ms: Some(HOLE_MS) };
    let first = crossings(&thresholds(), seen, None).into_iter().next()?;
    Some(first.text(seen).replace('\u{202f}', " "))
}

#[test]
fn a_crossing_says_since_when_by_the_times_of_the_data() {
    assert_eq!(text(&set(&[(0, 20.0), (1, 20.0)])), None);
    assert_eq!(text(&set(&[(0, 20.0), (1, 600.0)])).as_deref(), Some("over 500 ms"));
    let risen = set(&[(0, 20.0), (1, 510.0), (2, 700.0), (3, 600.0)]);
    assert_eq!(text(&risen).as_deref(), Some("over 500 ms, 2 s"));
    let fallen = set(&[(0, 600.0), (1, 500.0), (2, 400.0)]);
    assert_eq!(text(&fallen).as_deref(), Some("slow, at least 2 s"), "the warning was crossed all the time");
    let unit = Unit::parse("ms");
    let seen = Seen { set: &risen, unit: &unit, hole_ms: Some(HOLE_MS) };
    let sentence = crossings(&thresholds(), seen, None)[0].sentence(seen, LocalClock::UTC);
    assert_eq!(sentence.replace('\u{202f}', " "), "p99 is 600 ms, over 500 ms for 2 s, since 00:00:01");
}

#[test]
fn a_crossing_that_began_on_another_day_says_the_date() {
    let night = set(&[(86_397, 20.0), (86_398, 600.0), (86_400, 600.0), (86_402, 600.0)]);
    let unit = Unit::parse("ms");
    let seen = Seen { set: &night, unit: &unit, hole_ms: Some(HOLE_MS) };
    let sentence = crossings(&thresholds(), seen, None)[0].sentence(seen, LocalClock::UTC);
    assert!(sentence.ends_with("since Thu 1 Jan, 23:59:58"), "{sentence}");
}

#[test]
fn what_is_not_known_ends_what_is_said() {
    assert_eq!(text(&set(&[(0, 600.0), (1, 600.0)])).as_deref(), Some("over 500 ms, at least 1 s"));
    let silent = set(&[(0, 600.0), (1, 600.0), (9, 600.0), (10, 600.0)]);
    assert_eq!(text(&silent).as_deref(), Some("over 500 ms, at least 1 s"));
    let mut lost = set(&[(0, 600.0), (1, 600.0), (2, 600.0), (3, 600.0)]);
    lost.lost_mut().add(1_001..2_000);
    assert_eq!(text(&lost).as_deref(), Some("over 500 ms, at least 1 s"));
    let nothing = set(&[(0, 600.0), (1, f64::NAN), (2, 600.0), (3, 600.0)]);
    assert_eq!(text(&nothing).as_deref(), Some("over 500 ms, at least 1 s"));
    assert_eq!(text(&set(&[(0, 600.0), (1, f64::NAN)])), None, "the newest value is none");
}

#[test]
fn the_stretch_of_the_past_is_judged_by_its_last_value() {
    let set = set(&[(0, 20.0), (1, 600.0), (2, 600.0), (3, 20.0)]);
    let unit = Unit::parse("ms");
    let seen = Seen { set: &set, unit: &unit, hole_ms: Some(HOLE_MS) };
    let at = |second: i64| {
        crossings(&thresholds(), seen, Some(&(0..second * 1_000))).first().map(|crossing| crossing.since_ms)
    };
    assert_eq!((at(0), at(2), at(3)), (None, Some(1_000), None));
    let words = |row| crossed(&thresholds(), seen, 0, Some(row)).map(|crossed| crossed.words);
    assert_eq!((words(0), words(1)), (None, Some("over 500\u{202f}ms".to_owned())));
}

#[test]
fn an_earlier_time_beside_the_present_crosses_nothing_live_and_in_the_past() {
    let cases = [(20.0, 600.0, &[][..]), (600.0, 20.0, &[0_usize][..]), (600.0, 900.0, &[0][..])];
    for (now, earlier, expected) in cases {
        let mut set = SeriesSet::new(50);
        for second in 0..4 {
            set.append(second * 1_000, [("p99", now), ("p99, a day ago", earlier)]);
        }
        set.set_apart(1, Apart { hole_ms: Some(HOLE_MS), like: Some(0), ..Apart::default() });
        let unit = Unit::parse("ms");
        let seen = Seen { set: &set, unit: &unit, hole_ms: Some(HOLE_MS) };
        for stretch in [None, Some(0..3_000)] {
            let found = crossings(&thresholds(), seen, stretch.as_ref());
            let columns: Vec<usize> = found.iter().map(|crossing| crossing.column).collect();
            assert_eq!(columns, expected, "{now} now, {earlier} a day ago, in {stretch:?}");
        }
    }
}

#[test]
fn of_several_series_the_worst_comes_first_and_is_named() {
    let mut set = SeriesSet::new(50);
    for second in 0..9 {
        set.append(second * 1_000, [("p50", 400.0), ("p99", if second < 5 { 20.0 } else { 800.0 })]);
    }
    assert_eq!(text(&set).as_deref(), Some("p99 over 500 ms, 3 s"));
    let unit = Unit::parse("ms");
    let seen = Seen { set: &set, unit: &unit, hole_ms: Some(HOLE_MS) };
    let all = crossings(&thresholds(), seen, None);
    assert_eq!(all.iter().map(|crossing| crossing.column).collect::<Vec<_>>(), [1, 0]);
}

/// Returns a bucket with these lowest and highest values, from the second `from` to the second after it.
fn band(from: i64, min: f64, max: f64) -> Band {
    let (min, max) = ((min, min.to_string()), (max, max.to_string()));
    Band { from_ms: from * 1_000, to_ms: from * 1_000 + 1_000, min, max, count: 5, is_joined: true }
}

#[test]
fn a_bucket_is_crossed_only_if_all_its_values_are() {
    let of = |bands: [Band; 2]| {
        let mut set = SeriesSet::new(50);
        set.reduce(Reduced { step_ms: 2_000, raw_from: i64::MAX, kept_from: None }, 50);
        set.append(5_000, [("p99", 600.0)]);
        let rows = bands.iter().flat_map(|band| [band.from_ms, band.to_ms]);
        let rows = rows.map(|ts_ms| (ts_ms, Field::number(600.0))).collect();
        set.add_buckets("p99", rows, bands.to_vec());
        text(&set)
    };
    let whole = of([band(0, 501.0, 700.0), band(2, 501.0, 700.0)]);
    assert_eq!(whole.as_deref(), Some("over 500 ms, at least 5 s"));
    let dipped = of([band(0, 501.0, 700.0), band(2, 20.0, 700.0)]);
    assert_eq!(
        dipped.as_deref(),
        Some("over 500 ms, at least 2 s"),
        "it was crossed again within the bucket"
    );
}

proptest! {
    /// Whatever the values are, no time is called crossed in which a value does not cross the threshold or is not known.
    #[test]
    fn nothing_that_is_not_known_is_called_crossed(
        samples in prop::collection::vec((1_i64..4, prop_oneof![Just(600.0), Just(20.0), Just(f64::NAN), -9.0..700.0]), 1..40),
        lost in prop::option::of((0_i64..60, 1_i64..5)),
    ) {
        let mut second = 0;
        let samples: Vec<(i64, f64)> = samples.into_iter().map(|(pause, value)| { second += pause; (second, value) }).collect();
        let mut set = set(&samples);
        if let Some((from, length)) = lost {
            set.lost_mut().add(from * 1_000 + 1..(from + length) * 1_000);
        }
        let unit = Unit::parse("ms");
        let seen = Seen { set: &set, unit: &unit, hole_ms: Some(HOLE_MS) };
        let found = crossings(&thresholds(), seen, None);
        let last = samples.last().map_or(f64::NAN, |(_, value)| *value);
        let is_crossed = |value: f64| thresholds().iter().any(|threshold| threshold.is_crossed_by(value));
        prop_assert_eq!(!found.is_empty(), is_crossed(last));
        for crossing in found {
            let within: Vec<&(i64, f64)> =
                samples.iter().filter(|(second, _)| second * 1_000 >= crossing.since_ms).collect();
            prop_assert!(within.iter().all(|(_, value)| crossing.threshold.is_crossed_by(*value)));
            prop_assert!(within.windows(2).all(|pair| (pair[1].0 - pair[0].0) * 1_000 <= HOLE_MS));
            prop_assert!(within.windows(2).all(|pair| !set.lost().meets(pair[0].0 * 1_000, pair[1].0 * 1_000)));
            let before = samples.iter().rev().find(|(second, _)| second * 1_000 < crossing.since_ms);
            if crossing.is_beginning_known {
                prop_assert!(before.is_some_and(|(_, value)| !crossing.threshold.is_crossed_by(*value)));
            }
        }
    }
}
