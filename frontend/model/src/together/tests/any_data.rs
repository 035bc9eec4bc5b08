//! Properties that hold for any data.

use proptest::prelude::*;

use super::*;

/// One publication of a topic: the time since the one before, and a value.
type Step = (Millis, Option<i32>);

fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    let pause = prop_oneof![8 => 1_000_i64..=1_000, 1 => 1_i64..900, 1 => 0_i64..=0, 1 => 20_000_i64..90_000];
    prop::collection::vec((pause, prop::option::weighted(0.95, 0..1_000_i32)), 0..60)
}

/// Returns publications at regular times. The usual time between publications is learned, and a gap depends on it.
fn any_regular_steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((Just(1_000), prop::option::weighted(0.9, 0..1_000_i32)), 0..40)
}

fn topic_of(name: &str, steps: &[Step]) -> Data {
    let mut data = Data::new(name);
    let mut ts_ms = 0;
    for (pause_ms, value) in steps {
        ts_ms += pause_ms;
        data.publish(ts_ms, json!(value));
    }
    data
}

fn any_derivation() -> impl Strategy<Value = Value> {
    let step = prop_oneof![
        Just(json!({"rate": "second"})),
        Just(json!({"moving_average_ms": 5_000})),
        Just(json!({"percentile": 90, "over_ms": 7_000})),
        Just(json!({"combine": "sum"})),
        Just(json!({"combine": "difference"})),
    ];
    prop::collection::vec(step, 0..3).prop_map(Value::from)
}

fn all_points(subject: &Subject) -> Vec<(String, Vec<(Millis, u64)>)> {
    let names: Vec<String> = subject.names().into_iter().map(str::to_owned).collect();
    let of =
        |name: &String| subject.points(name).into_iter().map(|(ts, value)| (ts, value.to_bits())).collect();
    names.iter().map(|name| (name.clone(), of(name))).collect()
}

fn at_once(fields: &Value, one: &[Step], two: &[Step]) -> Vec<(String, Vec<(Millis, u64)>)> {
    let mut subject = Subject::new(fields);
    all_points(subject.update(&[&topic_of("a", one), &topic_of("b", two)]))
}

fn bit_by_bit(fields: &Value, one: &[Step], two: &[Step]) -> Vec<(String, Vec<(Millis, u64)>)> {
    let (mut a, mut b) = (Data::new("a"), Data::new("b"));
    let mut subject = Subject::new(fields);
    let (mut at_a, mut at_b) = (0, 0);
    for index in 0..one.len().max(two.len()) {
        for (data, steps, at) in [(&mut a, one, &mut at_a), (&mut b, two, &mut at_b)] {
            if let Some((pause_ms, value)) = steps.get(index) {
                *at += pause_ms;
                data.publish(*at, json!(value));
            }
        }
        subject.update(&[&a, &b]);
    }
    all_points(subject.update(&[&a, &b]))
}

proptest! {
    #[test]
    fn what_is_added_bit_by_bit_is_what_is_read_at_once(
        one in any_regular_steps(), two in any_regular_steps(), of_one in any_derivation(), of_all in any_derivation(),
    ) {
        let fields = json!({"sources": [{"topic": "a", "derive": of_one}, {"topic": "b"}], "derive": of_all});
        prop_assert_eq!(bit_by_bit(&fields, &one, &two), at_once(&fields, &one, &two));
    }

    #[test]
    fn any_publications_are_added_as_they_are(one in any_steps(), two in any_steps()) {
        let fields = panel(&["a", "b"]);
        prop_assert_eq!(bit_by_bit(&fields, &one, &two), at_once(&fields, &one, &two));
    }

    #[test]
    fn a_rate_is_never_negative_and_adds_up_to_the_growth_of_the_counter(steps in any_steps()) {
        let net = topic_of("net", &steps);
        let mut subject = Subject::new(&with(panel(&["net"]), "derive", json!([{"rate": "second"}])));
        subject.update(&[&net]);
        prop_assume!(!subject.names().is_empty());
        let hole_ms = net.stream.hole_ms().unwrap_or(Millis::MAX);
        let values: Vec<(Millis, f64)> = net.series.points(0, 0..net.series.len()).collect();
        let rates: Vec<(Millis, f64)> =
            subject.points("net, per second").into_iter().filter(|(_, rate)| rate.is_finite()).collect();
        for (ts_ms, rate) in &rates {
            prop_assert!(*rate >= 0.0);
            // The rate is that of some stretch which ends here, in which the counter has not fallen, and without a gap.
            let ends = (0..values.len()).filter(|end| values[*end].0 == *ts_ms);
            let is_true = ends.flat_map(|end| (0..end).map(move |start| (start, end))).any(|(start, end)| {
                let stretch = &values[start..=end];
                let (first, last) = (stretch[0], stretch[stretch.len() - 1]);
                let is_whole = stretch.windows(2).all(|pair| {
                    pair[1].0 - pair[0].0 <= hole_ms && pair[0].1.is_finite() && pair[1].1.is_finite()
                });
                let expected = (last.1 - first.1) / (last.0 - first.0) as f64 * 1_000.0;
                is_whole && (expected - rate).abs() <= 1e-9 * expected.abs().max(1.0)
            });
            prop_assert!(is_true, "{} at {}: {:?}", rate, ts_ms, values);
        }
    }

    #[test]
    fn a_moving_average_and_a_percentile_are_those_of_the_values_without_a_gap(steps in any_steps(), percent in 0_u8..=100) {
        let load = topic_of("load", &steps);
        let values: Vec<(Millis, f64)> = load.series.points(0, 0..load.series.len()).collect();
        let hole_ms = load.stream.hole_ms().unwrap_or(Millis::MAX);
        let window = |ts_ms: Millis, over_ms: Millis| -> Vec<f64> {
            let mut found = Vec::new();
            let end = values.iter().rposition(|(at, value)| *at == ts_ms && value.is_finite()).unwrap();
            for index in (0..=end).rev() {
                let (at, value) = values[index];
                let is_over = !value.is_finite() || at <= ts_ms - over_ms;
                if is_over || values.get(index + 1).is_some_and(|next| index < end && next.0 - at > hole_ms) {
                    break;
                }
                found.push(value);
            }
            found.sort_by(f64::total_cmp);
            found
        };
        let derived = |step: Value| {
            let mut subject = Subject::new(&with(panel(&["load"]), "derive", json!([step])));
            subject.update(&[&load]);
            let name = subject.names().first().map(|name| (*name).to_owned());
            name.map(|name| subject.points(&name)).unwrap_or_default()
        };
        // Of several values of one moment, the last row has all of them.
        let last_of = |points: Vec<(Millis, f64)>| -> Vec<(Millis, f64)> {
            let finite: Vec<_> = points.into_iter().filter(|(_, value)| value.is_finite()).collect();
            let is_last = |index: &usize| finite.get(index + 1).is_none_or(|next| next.0 != finite[*index].0);
            (0..finite.len()).filter(is_last).map(|index| finite[index]).collect()
        };
        for (ts_ms, mean) in last_of(derived(json!({"moving_average_ms": 5_000}))) {
            let values = window(ts_ms, 5_000);
            let expected = values.iter().sum::<f64>() / values.len() as f64;
            prop_assert!((expected - mean).abs() <= 1e-9 * expected.abs().max(1.0), "{ts_ms}: {mean}, {expected}");
        }
        for (ts_ms, value) in last_of(derived(json!({"percentile": percent, "over_ms": 7_000}))) {
            let values = window(ts_ms, 7_000);
            let rank = (f64::from(percent) / 100.0 * values.len() as f64).ceil() as usize;
            prop_assert_eq!(value, values[rank.max(1) - 1], "{}", ts_ms);
        }
    }
}
