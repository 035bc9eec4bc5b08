//! Tests of the past in buckets, and of the comparison with an earlier time.

use shared::bucket::{Bucket, Scalar, Series};

use super::*;
use crate::buckets::{Known, TopicPast, Wanted, compose};

const STEP: u64 = 10_000;

/// Returns a topic as it is shown in the past: in buckets that are made of these values.
fn in_buckets(name: &str, values: &[(Millis, f64)]) -> Data {
    let mut data = Data::of(name, &[(10_000_000, json!(1))]);
    let mut buckets: Vec<Bucket> = Vec::new();
    for (ts_ms, value) in values {
        let one = Bucket::of(*ts_ms, &Scalar::of(&json!(value).into()).unwrap());
        let step = STEP as i64;
        match buckets.last_mut().filter(|last| last.first_ms / step == ts_ms / step) {
            Some(last) => last.merge(&one),
            None => buckets.push(one),
        }
    }
    let mut past = TopicPast::default();
    let wanted = Wanted {
        stretch: 0..100_000,
        step_ms: Some(STEP),
        items: 0,
        raw_from: 9_000_000,
        paused_at: None,
        newest_at: None,
    };
    let ask = past.next(&wanted, 20_000_000).unwrap();
    past.asked(1, ask, 20_000_000);
    let series = vec![Series { name: String::new(), buckets }];
    let reply = json!({
        "id": 1, "topic": name, "epoch": "e", "from_ms": 0, "to_ms": 1, "step_ms": STEP, "kept_from_ms": 0,
        "head": {"epoch": "e", "offset": 9}, "series": series,
    });
    assert!(past.answered(1, serde_json::from_value(reply).unwrap()));
    let known =
        Known { series: &data.series, raw_from: 9_000_000, own: data.stream.topic().leaf(), hole_ms: None };
    data.series = compose(&past, STEP, &known);
    data.version = past.version();
    data
}

#[test]
fn the_rate_of_a_counter_is_that_between_the_ends_of_its_buckets() {
    let counter: Vec<(Millis, f64)> = (0..60).map(|second| (second * 1_000, 5.0 * second as f64)).collect();
    let net = in_buckets("net", &counter);
    let mut subject = Subject::new(&with(panel(&["net"]), "derive", json!([{"rate": "second"}])));
    subject.update(&[&net]);
    let rates: Vec<f64> = subject
        .points("net, per second")
        .into_iter()
        .map(|(_, rate)| rate)
        .filter(|rate| rate.is_finite())
        .collect();
    assert!(rates.len() >= 10 && rates.iter().all(|rate| (rate - 5.0).abs() < 1e-9), "{rates:?}");
}

#[test]
fn a_bucket_in_which_a_counter_began_anew_has_no_rate() {
    let counter = |second: i64| if second < 25 { 100.0 + second as f64 } else { second as f64 };
    let values: Vec<(Millis, f64)> = (0..60).map(|second| (second * 1_000, counter(second))).collect();
    let net = in_buckets("net", &values);
    let mut subject = Subject::new(&with(panel(&["net"]), "derive", json!([{"rate": "second"}])));
    subject.update(&[&net]);
    let rates = subject.points("net, per second");
    assert!(rates.iter().all(|(_, rate)| !rate.is_finite() || (rate - 1.0).abs() < 1e-9), "{rates:?}");
    assert!(rates.iter().any(|(ts, rate)| *ts == 29_000 && !rate.is_finite()), "{rates:?}");
}

#[test]
fn means_and_percentiles_are_not_made_up_from_buckets() {
    let values: Vec<(Millis, f64)> = (0..60).map(|second| (second * 1_000, (second % 7) as f64)).collect();
    let load = in_buckets("load", &values);
    for (step, word) in [
        (json!({"moving_average_ms": 5_000}), "mean"),
        (json!({"percentile": 50, "over_ms": 5_000}), "percentile"),
    ] {
        let mut subject = Subject::new(&with(panel(&["load"]), "derive", json!([step])));
        subject.update(&[&load]);
        let name = subject.names()[0].to_owned();
        assert!(subject.drawn(&name).iter().all(|(ts, _)| *ts > 9_000_000), "{:?}", subject.drawn(&name));
        assert_eq!(subject.together.left_out(), [format!("no {word} from buckets: zoom in")]);
    }
}

#[test]
fn buckets_of_several_topics_keep_their_ranges() {
    let values: Vec<(Millis, f64)> = (0..60).map(|second| (second * 1_000, (second % 7) as f64)).collect();
    let (a, b) = (in_buckets("a", &values), in_buckets("b", &values));
    let mut subject = Subject::new(&panel(&["a", "b"]));
    subject.update(&[&a, &b]);
    assert_eq!(subject.set.step_within(&(0..60_000)), Some(STEP));
    assert_eq!(subject.set.bands(1, &(0..60_000)), a.series.bands(0, &(0..60_000)));
    let builds = subject.together.builds();
    subject.update(&[&a, &b]);
    assert_eq!(subject.together.builds(), builds, "the same buckets are not read again");
}

#[test]
fn an_earlier_time_is_drawn_at_the_present_one_and_says_so() {
    let now = Data::of("a", &[(3_600_000 + 5_000, json!(7))]);
    let earlier = in_buckets("a", &[(4_000, 3.0), (15_000, 4.0)]);
    let mut subject = Subject::new(&with(panel(&["a"]), "compare_ms", json!(3_600_000)));
    subject.update_with(&[now.input()], &[earlier.input()]);
    assert_eq!(subject.names(), ["a", "a, an hour ago"]);
    subject.update_with(&[now.input()], &[earlier.input()]);
    let drawn = subject.drawn("a, an hour ago");
    assert_eq!(drawn[..2], [(3_604_000, "3.0".to_owned()), (3_615_000, "4.0".to_owned())]);
    assert_eq!((subject.set.series()[0].like(), subject.set.series()[1].like()), (None, Some(0)));
    assert!(
        subject.set.unloaded().is_empty(),
        "what is not loaded of the earlier time is no part of the window"
    );
}

#[test]
fn a_series_that_the_present_does_not_have_is_one_of_the_earlier_time_too() {
    let now = Data::of("a", &[(3_600_000 + 5_000, json!({"new": 7, "newer": 8}))]);
    let earlier = in_buckets("a", &[(4_000, 3.0), (15_000, 4.0)]);
    let mut subject = Subject::new(&with(panel(&["a"]), "compare_ms", json!(3_600_000)));
    for _ in 0..2 {
        subject.update_with(&[now.input()], &[earlier.input()]);
        let column = subject.column("a, an hour ago");
        let like: Vec<Option<usize>> = subject.set.series().iter().map(|series| series.like()).collect();
        assert_eq!((like, column), (vec![None, None, Some(2)], 2));
    }
}
