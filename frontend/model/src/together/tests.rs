//! Tests of panels of several topics. They need proptest, which does not run in WebAssembly.

mod any_data;
mod only;
mod past;
mod texts;

use serde_json::{Value, json};
use shared::board::Board;
use shared::{Millis, Publication, Topic};

use super::together::Inputs;
use super::*;
use crate::chart::series::SeriesSet;
use crate::stream::{Origin, Stream};

/// A topic with its data.
#[derive(Clone)]
struct Data {
    stream: Stream,
    series: SeriesSet,
    offset: u64,
    version: u64,
}

impl Data {
    fn new(name: &str) -> Self {
        let stream = Stream::new(Topic::new(name).unwrap());
        Self { stream, series: SeriesSet::new(1_000), offset: 0, version: 0 }
    }

    fn of(name: &str, items: &[(Millis, Value)]) -> Self {
        let mut data = Self::new(name);
        items.iter().for_each(|(ts_ms, value)| data.publish(*ts_ms, value.clone()));
        data
    }

    fn publish(&mut self, ts_ms: Millis, value: Value) {
        self.offset += 1;
        let item = Publication { offset: self.offset, ts: ts_ms, received_at: ts_ms, data: value.into() };
        self.stream.take(&[item], Origin::Live, &mut self.series, ts_ms);
    }

    fn input(&self) -> Option<Input<'_>> {
        Some(Input { stream: &self.stream, series: &self.series, version: self.version })
    }
}

/// A panel that a document describes.
struct Subject {
    together: Together,
    stream: Stream,
    set: SeriesSet,
}

impl Subject {
    fn new(fields: &Value) -> Self {
        let board = Board::from_value(json!({"version": 1, "panels": [fields]})).unwrap();
        let together = Together::new(Plan::of(&board.panels[0]));
        Self { together, stream: Stream::of_several(Topic::new("key").unwrap()), set: SeriesSet::new(1) }
    }

    fn update(&mut self, data: &[&Data]) -> &mut Self {
        let now: Vec<Option<Input<'_>>> = data.iter().map(|data| data.input()).collect();
        self.update_with(&now, &[])
    }

    fn update_with(&mut self, now: &[Option<Input<'_>>], earlier: &[Option<Input<'_>>]) -> &mut Self {
        let inputs = Inputs { now, earlier, window_ms: 60_000 };
        self.together.update(&mut self.stream, &mut self.set, inputs);
        self
    }

    fn names(&self) -> Vec<&str> {
        self.set.series().iter().map(|series| series.name()).collect()
    }

    /// Returns the numbers of a series with their times and digits.
    fn drawn(&self, name: &str) -> Vec<(Millis, String)> {
        let column = self.column(name);
        let rows = self.set.rows_with_number(column, 0..self.set.len());
        rows.map(|row| (self.set.time(row).unwrap(), self.set.sent(column, row).unwrap())).collect()
    }

    /// Returns the numbers of a series with their times. A value that is not finite is a gap.
    fn points(&self, name: &str) -> Vec<(Millis, f64)> {
        self.set.points(self.column(name), 0..self.set.len()).collect()
    }

    fn column(&self, name: &str) -> usize {
        self.names()
            .iter()
            .position(|known| *known == name)
            .unwrap_or_else(|| panic!("{name}: {:?}", self.names()))
    }
}

fn panel(topics: &[&str]) -> Value {
    json!({"sources": topics.iter().map(|topic| json!({"topic": topic})).collect::<Vec<_>>()})
}

fn with(mut panel: Value, name: &str, value: Value) -> Value {
    panel[name] = value;
    panel
}

#[test]
fn a_panel_of_two_topics_has_the_series_of_both() {
    let cpu = Data::of(
        "host/cpu",
        &[(1_000, json!({"user": 1, "sys": 2.50})), (2_000, json!({"user": 3, "sys": 4}))],
    );
    let temp = Data::of("host/temp", &[(1_500, json!(21.5))]);
    let mut subject = Subject::new(&panel(&["host/cpu", "host/temp"]));
    subject.update(&[&cpu, &temp]);
    assert_eq!(subject.names(), ["cpu: user", "cpu: sys", "temp"]);
    assert_eq!(subject.drawn("cpu: user"), [(1_000, "1".to_owned()), (2_000, "3".to_owned())]);
    assert_eq!(subject.drawn("temp"), [(1_500, "21.5".to_owned())]);
    assert_eq!(subject.set.newest(2).unwrap().field, crate::field::Field::number(21.5));
    assert_eq!(subject.stream.kind(), Some(crate::kind::Kind::Line));
    assert!(subject.stream.size().is_some());
}

#[test]
fn only_the_wanted_series_are_shown_and_what_is_missing_is_named() {
    let net = Data::of("net", &[(1, json!({"in": 1, "out": 2}))]);
    let mut subject = Subject::new(&json!({"sources": [
        {"topic": "net", "series": ["out", "lost"]}, {"topic": "gone"},
    ]}));
    subject.update_with(&[net.input(), None], &[]);
    assert_eq!(subject.names(), ["net: out"]);
    assert_eq!(subject.together.left_out(), ["net has no series lost", "gone is not there"]);
}

#[test]
fn publications_are_added_one_by_one_and_nothing_is_read_twice() {
    let (mut a, mut b) = (Data::new("a"), Data::new("b"));
    let mut subject = Subject::new(&panel(&["a", "b"]));
    a.publish(0, json!(0));
    b.publish(0, json!(0));
    subject.update(&[&a, &b]);
    for second in 1..500 {
        a.publish(second * 1_000, json!(second));
        b.publish(second * 1_000 + 300, json!(2 * second));
        subject.update(&[&a, &b]);
    }
    assert_eq!((subject.together.builds(), subject.drawn("a").len()), (1, 500));
    a.stream.forget_before(400_000, &mut a.series);
    b.stream.forget_before(400_000, &mut b.series);
    subject.update(&[&a, &b]);
    assert_eq!((subject.together.builds(), a.series.len()), (1, 100));
    assert!((100..110).contains(&subject.drawn("a").len()), "rows before those of all topics are dropped");
}

#[test]
fn a_topic_that_is_late_or_has_lost_data_makes_no_gap_in_another_one() {
    let seconds =
        |from: i64, to: i64| (from..to).map(|second| (second * 1_000, json!(second))).collect::<Vec<_>>();
    let a = Data::of("a", &seconds(0, 60));
    let mut b = Data::of("b", &seconds(0, 20));
    b.stream.lose(Some(20_000), None, &mut b.series);
    (40..60).for_each(|second| b.publish(second * 1_000, json!(second)));
    let mut subject = Subject::new(&panel(&["a", "b"]));
    subject.update(&[&a, &b]);
    let breaks = |column| subject.set.breaks(column, None);
    assert!(!breaks(0).between(20_000, 40_000) || breaks(0).hole_ms.is_some());
    assert!(breaks(0).lost.is_empty() && !breaks(1).lost.is_empty());
    assert!(!subject.set.lost().is_empty(), "the chart marks what is lost");
    assert_eq!(subject.stream.losses(0).count(), 1);
}

#[test]
fn units_that_all_series_share_are_those_of_the_panel() {
    let mut a = Data::of("a", &[(1, json!(1))]);
    let mut b = Data::of("b", &[(1, json!(1))]);
    let meta = |unit: &str| shared::TopicMeta { unit: Some(unit.into()), ..Default::default() };
    a.stream.tell(meta("B"), &mut a.series);
    b.stream.tell(meta("B"), &mut b.series);
    let mut subject = Subject::new(&panel(&["a", "b"]));
    subject.update(&[&a, &b]);
    assert_eq!((subject.stream.meta().unit.as_deref(), subject.set.unit(1)), (Some("B"), None));
    b.stream.tell(meta("%"), &mut b.series);
    subject.update(&[&a, &b]);
    assert_eq!(subject.set.unit(1).map(crate::chart::Unit::symbol), Some("%"));
    let mut rate = Subject::new(&with(panel(&["a"]), "derive", json!([{"rate": "second"}])));
    rate.update(&[&a]);
    assert_eq!(rate.stream.meta().unit.as_deref(), Some("B/s"));
}

#[test]
fn the_rate_of_a_counter_has_one_digit_more_and_none_at_a_reset_or_over_a_gap() {
    let values = [(0, 10), (1_000, 12), (2_000, 15), (3_000, 1), (4_000, 4), (60_000, 90), (61_000, 91)];
    let net = Data::of("net", &values.map(|(ts, value)| (ts, json!(value))));
    let mut subject = Subject::new(&with(panel(&["net"]), "derive", json!([{"rate": "second"}])));
    subject.update(&[&net]);
    let rates: Vec<(Millis, String)> = [(1_000, "2.0"), (2_000, "3.0"), (4_000, "3.0"), (61_000, "1.0")]
        .map(|(ts, rate)| (ts, rate.to_owned()))
        .to_vec();
    // Digits are written as far as three of them say something.
    let drawn: Vec<(Millis, f64)> =
        subject.drawn("net, per second").into_iter().map(|(ts, rate)| (ts, rate.parse().unwrap())).collect();
    let expected: Vec<(Millis, f64)> =
        rates.into_iter().map(|(ts, rate)| (ts, rate.parse().unwrap())).collect();
    assert_eq!(drawn, expected);
    let gaps = subject.points("net, per second").into_iter().filter(|(_, value)| !value.is_finite()).count();
    assert_eq!(gaps, 2, "at the reset, and at the silence");
}

#[test]
fn a_sum_has_a_value_only_while_all_its_series_have_one() {
    let mut a = Data::of("a", &[(0, json!(1.5)), (1_000, json!(2.5)), (2_000, json!(3)), (3_000, json!(4))]);
    let b = Data::of("b", &[(1_000, json!(10)), (2_000, json!(20)), (3_000, json!(30)), (4_000, json!(40))]);
    let mut subject = Subject::new(&with(panel(&["a", "b"]), "derive", json!([{"combine": "sum"}])));
    subject.update(&[&a, &b]);
    let text = |values: &[(Millis, &str)]| -> Vec<(Millis, String)> {
        values.iter().map(|(ts, value)| (*ts, (*value).to_owned())).collect()
    };
    assert_eq!(subject.drawn("sum"), text(&[(1_000, "12.5"), (2_000, "23"), (3_000, "34"), (4_000, "44")]));
    a.publish(4_000, json!(null));
    a.publish(4_500, json!(null));
    subject.update(&[&a, &b]);
    assert!(
        subject.points("sum").last().is_some_and(|(_, value)| !value.is_finite()),
        "{:?}",
        subject.points("sum")
    );
    let mut difference =
        Subject::new(&with(panel(&["b", "a"]), "derive", json!([{"combine": "difference"}])));
    a = Data::of("a", &[(1_000, json!(4))]);
    difference.update(&[&b, &a]);
    assert_eq!(difference.drawn("difference")[0], (1_000, "6".to_owned()));
}

#[test]
fn no_line_and_no_rate_of_a_sum_or_a_difference_reaches_across_a_gap() {
    /// Publishes a value each second, `shift_ms` after the full second.
    fn go_on(data: &mut Data, seconds: std::ops::Range<i64>, shift_ms: Millis, value: fn(i64) -> Value) {
        seconds.for_each(|second| data.publish(second * 1_000 + shift_ms, value(second)));
    }
    fn topic(name: &str, seconds: std::ops::Range<i64>, shift_ms: Millis, value: fn(i64) -> Value) -> Data {
        let mut data = Data::new(name);
        go_on(&mut data, seconds, shift_ms, value);
        data
    }
    let both: fn(i64) -> Value = |second| json!({"ok": 3 * second, "fail": 2 * second});
    let one: fn(i64) -> Value = |second| json!(3 * second);
    let two: fn(i64) -> Value = |second| json!(second);
    let mut silent = topic("a", 0..20, 0, both);
    go_on(&mut silent, 620..640, 0, both);
    let mut lost = topic("a", 0..20, 0, both);
    lost.stream.lose(Some(19_000), None, &mut lost.series);
    go_on(&mut lost, 22..40, 0, both);
    let mut at_once = [topic("a", 0..20, 0, one), topic("b", 0..20, 0, two)];
    at_once.iter_mut().zip([one, two]).for_each(|(data, value)| go_on(data, 620..640, 0, value));
    let (beside, mut lost_too) = (topic("a", 0..40, 0, one), topic("b", 0..20, 500, two));
    lost_too.stream.lose(Some(19_500), None, &mut lost_too.series);
    go_on(&mut lost_too, 22..40, 500, two);
    let cases: [(&str, Vec<&Data>, Millis, Millis); 4] = [
        ("a silent topic", vec![&silent], 19_000, 620_000),
        ("a topic with lost data", vec![&lost], 19_000, 22_000),
        ("two silent topics", at_once.iter().collect(), 19_000, 620_000),
        ("a topic with lost data beside another one", vec![&beside, &lost_too], 22_000, 22_500),
    ];
    for (case, data, before_ms, after_ms) in cases {
        for word in ["sum", "difference"] {
            let derived = |steps: Value| {
                let topics: Vec<&str> = data.iter().map(|data| data.stream.topic().as_str()).collect();
                let mut subject = Subject::new(&with(panel(&topics), "derive", steps));
                subject.update(&data);
                let name = subject.names()[0].to_owned();
                subject.points(&name)
            };
            let points = derived(json!([{"combine": word}]));
            let at = |ts_ms: Millis| points.iter().position(|point| point.0 == ts_ms && point.1.is_finite());
            let (before, after) =
                at(before_ms).zip(at(after_ms)).unwrap_or_else(|| panic!("{case}: {points:?}"));
            assert!(points[before..after].iter().any(|(_, value)| !value.is_finite()), "{case}: {points:?}");
            let rates = derived(json!([{"combine": word}, {"rate": "second"}]));
            let has_rate = |ts_ms: Millis| rates.iter().any(|(at, rate)| *at == ts_ms && rate.is_finite());
            assert!(has_rate(before_ms) && !has_rate(after_ms), "{case}: {rates:?}");
        }
    }
}

#[test]
fn what_cannot_be_derived_is_said_and_not_drawn() {
    let mut a = Data::of("a", &[(0, json!(1))]);
    a.stream.tell(shared::TopicMeta { unit: Some("ms".into()), ..Default::default() }, &mut a.series);
    let b = Data::of("b", &[(0, json!(1))]);
    for (derive, reason) in [
        (json!([{"combine": "sum"}]), "no sum of series with different units"),
        (json!([{"integral": 7}]), "this version of the page cannot derive integral: 7"),
    ] {
        let mut subject = Subject::new(&with(panel(&["a", "b"]), "derive", derive));
        subject.update(&[&a, &b]);
        assert_eq!((subject.names().len(), subject.together.left_out()), (0, &[reason.to_owned()][..]));
    }
}

#[test]
fn a_sum_without_one_of_its_parts_is_not_drawn() {
    let a = Data::of("a", &[(0, json!({"x": 1, "y": 2}))]);
    let mut subject = Subject::new(&with(panel(&["a", "b"]), "derive", json!([{"combine": "sum"}])));
    subject.update_with(&[a.input(), None], &[]);
    assert_eq!((subject.names().len(), subject.together.left_out()), (0, &["b is not there".to_owned()][..]));
    let source = json!({"topic": "a", "series": ["x", "z"], "derive": [{"combine": "sum"}]});
    let mut subject = Subject::new(&json!({"sources": [source]}));
    subject.update(&[&a]);
    assert_eq!(
        (subject.names().len(), subject.together.left_out()),
        (0, &["a has no series z".to_owned()][..])
    );
}

#[test]
fn steps_over_different_times_have_different_names() {
    let net = Data::of("net", &[(0, json!(1)), (1_000, json!(2))]);
    for (step, name) in [
        (json!({"moving_average_ms": 60_000}), "net, mean of 1 min"),
        (json!({"moving_average_ms": 90_000}), "net, mean of 1 min 30 s"),
        (json!({"moving_average_ms": 500}), "net, mean of 500 ms"),
        (json!({"percentile": 95, "over_ms": 119_000}), "net, p95 of 1 min 59 s"),
    ] {
        let mut subject = Subject::new(&with(panel(&["net"]), "derive", json!([step])));
        subject.update(&[&net]);
        assert_eq!(subject.names().concat().replace('\u{202f}', " "), name);
    }
}

#[test]
fn a_sum_of_rates_names_both_steps() {
    let net = Data::of("net", &[(0, json!({"in": 1, "out": 1})), (1_000, json!({"in": 3, "out": 2}))]);
    let source = json!({"topic": "net", "derive": [{"rate": "minute"}, {"combine": "sum"}]});
    let mut subject = Subject::new(&json!({"sources": [source]}));
    subject.update(&[&net]);
    assert_eq!(subject.names(), ["sum, per minute"]);
    let drawn = subject.points("sum, per minute");
    assert_eq!(drawn, [(1_000, 180.0)]);
}
