use std::time::Duration;

use super::random::{Draw, SeededRandom};
use super::*;
use crate::limits::Limits;

#[test]
fn by_default_no_fault_is_injected() {
    let calm = read("{}").expect("settings");
    assert_eq!(calm, Chaos::default());
    assert!(calm.injects_nothing());
    assert!((0..1000).all(|seed| post(&calm, 0, seed) == PostFault::None));
    assert!((0..1000).all(|seed| decision::handshake(&calm, &mut SeededRandom::new(seed)).is_none()));
    assert!((0..1000).all(|seed| !decision::loses_disconnect(&calm, &mut SeededRandom::new(seed))));
    assert_eq!(calm.limits(&Limits::default()), Limits::default());
}

#[test]
fn a_time_scale_of_720_makes_two_hours_ten_seconds_and_leaves_limits_of_network_and_disk_alone() {
    let fast = read(r#"{"time_scale": 720}"#).expect("settings").limits(&Limits::default());
    assert_eq!((fast.life, fast.idle), (Duration::from_secs(10), Duration::from_secs(600) / 720));
    assert_eq!(fast.connects_per_second, 360_000);
    assert_eq!(fast.integration, Duration::from_secs(1));
    let Limits { close, request_body, .. } = Limits::default();
    assert_eq!((fast.close, fast.request_body), (close, request_body));
}

#[test]
fn an_integration_limit_below_a_second_is_not_made_longer_by_the_time_scale() {
    let limits = Limits { integration: Duration::from_millis(200), ..Limits::default() };
    let fast = read(r#"{"time_scale": 720}"#).expect("settings").limits(&limits);
    assert_eq!(fast.integration, Duration::from_millis(200));
}

#[test]
fn each_fault_is_injected_with_the_configured_probability() {
    type IsIt = fn(PostFault) -> bool;
    let faults: [(&str, IsIt); 5] = [
        (r#"{"throttle": {"probability": 0.25}}"#, |fault| fault == PostFault::Throttled),
        (r#"{"cut": 0.25}"#, |fault| fault == PostFault::Broken),
        (r#"{"freeze": 0.25}"#, |fault| fault == PostFault::Frozen),
        (r#"{"delay": {"probability": 0.25, "ms": [5, 9]}}"#, |fault| {
            matches!(fault, PostFault::Delayed { by_ms: 5..=9 })
        }),
        (r#"{"duplicate": {"probability": 0.25, "ms": [5, 9]}}"#, |fault| {
            matches!(fault, PostFault::Duplicated { after_ms: 5..=9 })
        }),
    ];
    for (settings, is_it) in faults {
        let chaos = read(settings).expect("settings");
        assert!(!chaos.injects_nothing(), "{settings}");
        let hits = (0..10_000).filter(|seed| is_it(post(&chaos, 0, *seed))).count();
        assert!((2_250..2_750).contains(&hits), "{settings}: {hits} of 10000");
    }
}

#[test]
fn every_length_of_a_span_can_come() {
    let chaos = read(r#"{"delay": {"probability": 1, "ms": [5, 9]}}"#).expect("settings");
    for expected in 5..=9 {
        assert!((0..100).any(|seed| post(&chaos, 0, seed) == PostFault::Delayed { by_ms: expected }));
    }
}

#[test]
fn a_decision_of_a_seed_is_always_the_same_and_no_two_are_alike() {
    let post = |connection, number| Draw::Post { connection, number };
    let draws = [
        post(0, 0),
        post(0, 1),
        post(1, 0),
        Draw::Handshake { number: 0 },
        Draw::Handshake { number: 1 },
        Draw::Disconnect { connection: 0 },
        Draw::Disconnect { connection: 1 },
    ];
    let long = Span::try_from([0, u64::MAX - 1]).expect("a span");
    let drawn = |seed| draws.map(|draw| SeededRandom::for_draw(seed, draw).uniform(long));
    assert_eq!(drawn(7), drawn(7));
    let all: std::collections::BTreeSet<u64> = (0..1_000).flat_map(drawn).collect();
    assert_eq!(all.len(), 7_000);
}

#[test]
fn a_seed_alone_injects_nothing() {
    assert!(read(r#"{"seed": 7}"#).expect("settings").injects_nothing());
}

#[test]
fn a_young_connection_is_gone_and_an_older_one_is_there() {
    let chaos = read(r#"{"gone_ms": 100}"#).expect("settings");
    assert_eq!(post(&chaos, 99, 1), PostFault::Gone);
    assert_eq!(post(&chaos, 100, 1), PostFault::None);
}

#[test]
fn a_field_of_another_name_is_an_error_that_names_it() {
    let wrong = [
        (r#"{"lost_disconect": 1}"#, "lost_disconect"),
        (r#"{"throttle": {"probabilty": 1}}"#, "probabilty"),
        (r#"{"delay": {"milliseconds": [1, 2]}}"#, "milliseconds"),
        (r#"{"refuse": {"code": 503}}"#, "code"),
    ];
    for (text, name) in wrong {
        let error = read(text).expect_err("unknown field").to_string();
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn a_value_out_of_range_is_an_error_that_says_what_is_valid() {
    let wrong = [
        (r#"{"cut": 1.5}"#, "from 0 (never) to 1 (always)"),
        (r#"{"cut": -0.1}"#, "from 0 (never) to 1 (always)"),
        (r#"{"delay": {"ms": [9, 5]}}"#, "ends before it begins"),
        (r#"{"refuse": {"status": 200}}"#, "from 400 to 599"),
        (r#"{"time_scale": 0}"#, "nonzero"),
    ];
    for (text, part) in wrong {
        let error = read(text).expect_err("a bad value").to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn settings_are_written_as_they_are_read() {
    let text = r#"{"time_scale":720,"seed":7,"lost_disconnect":0.5,"gone_ms":50,
        "throttle":{"probability":0.01,"above_per_second":1000},"delay":{"probability":0.2,"ms":[1,200]},
        "duplicate":{"probability":0.1,"ms":[0,50]},"freeze":0.001,"cut":0.002,
        "refuse":{"probability":0.1,"status":429}}"#;
    let chaos = read(text).expect("settings");
    let written = serde_json::to_value(&chaos).expect("JSON");
    assert_eq!(written, serde_json::from_str::<serde_json::Value>(text).expect("JSON"));
}

fn post(chaos: &Chaos, age_ms: u64, seed: u64) -> PostFault {
    decision::post(chaos, age_ms, &mut SeededRandom::new(seed))
}

fn read(text: &str) -> Result<Chaos, serde_json::Error> {
    serde_json::from_str(text)
}
