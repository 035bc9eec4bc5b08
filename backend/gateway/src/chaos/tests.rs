use super::*;

#[test]
fn by_default_nothing_goes_wrong() {
    let calm = read("{}").expect("settings");
    assert_eq!(calm, Chaos::default());
    assert!(calm.is_calm());
    assert!((0..1000).all(|seed| calm.post(0, &mut Dice::new(seed)) == Fate::Delivered));
    assert!((0..1000).all(|seed| calm.handshake(&mut Dice::new(seed)).is_none()));
    assert!((0..1000).all(|seed| !calm.loses_disconnect(&mut Dice::new(seed))));
    assert_eq!(calm.limits(&Limits::default()), Limits::default());
}

#[test]
fn two_hours_become_ten_seconds_and_what_waits_for_the_world_is_left_alone() {
    let fast = read(r#"{"time_scale": 720}"#).expect("settings").limits(&Limits::default());
    assert_eq!((fast.life, fast.idle), (Duration::from_secs(10), Duration::from_secs(600) / 720));
    assert_eq!(fast.connects_per_second, 360_000);
    assert_eq!(fast.integration, Duration::from_secs(1));
    let Limits { close, request_body, .. } = Limits::default();
    assert_eq!((fast.close, fast.request_body), (close, request_body));
}

#[test]
fn a_limit_below_a_second_is_not_made_longer_by_haste() {
    let limits = Limits { integration: Duration::from_millis(200), ..Limits::default() };
    let fast = read(r#"{"time_scale": 720}"#).expect("settings").limits(&limits);
    assert_eq!(fast.integration, Duration::from_millis(200));
}

#[test]
fn every_fate_comes_as_often_as_was_asked_for() {
    type IsIt = fn(Fate) -> bool;
    let fates: [(&str, IsIt); 5] = [
        (r#"{"throttle": {"probability": 0.25}}"#, |fate| fate == Fate::Throttled),
        (r#"{"cut": 0.25}"#, |fate| fate == Fate::Cut),
        (r#"{"freeze": 0.25}"#, |fate| fate == Fate::Frozen),
        (r#"{"delay": {"probability": 0.25, "ms": [5, 9]}}"#, |fate| {
            matches!(fate, Fate::Delayed { by_ms: 5..=9 })
        }),
        (r#"{"duplicate": {"probability": 0.25, "ms": [5, 9]}}"#, |fate| {
            matches!(fate, Fate::Duplicated { after_ms: 5..=9 })
        }),
    ];
    for (settings, is_it) in fates {
        let chaos = read(settings).expect("settings");
        assert!(!chaos.is_calm(), "{settings}");
        let hits = (0..10_000).filter(|seed| is_it(chaos.post(0, &mut Dice::new(*seed)))).count();
        assert!((2_250..2_750).contains(&hits), "{settings}: {hits} of 10000");
    }
}

#[test]
fn every_length_of_a_span_can_come() {
    let chaos = read(r#"{"delay": {"probability": 1, "ms": [5, 9]}}"#).expect("settings");
    for expected in 5..=9 {
        assert!(
            (0..100).any(|seed| chaos.post(0, &mut Dice::new(seed)) == Fate::Delayed { by_ms: expected })
        );
    }
}

#[test]
fn a_decision_of_a_seed_is_always_the_same_and_no_two_are_alike() {
    let post = |connection, number| Decision::Post { connection, number };
    let decisions = [
        post(0, 0),
        post(0, 1),
        post(1, 0),
        Decision::Handshake { number: 0 },
        Decision::Handshake { number: 1 },
        Decision::Disconnect { connection: 0 },
        Decision::Disconnect { connection: 1 },
    ];
    let long = Span::try_from([0, u64::MAX - 1]).expect("a span");
    let drawn = |seed| decisions.map(|decision| Dice::of(seed, decision).within(long));
    assert_eq!(drawn(7), drawn(7));
    let all: std::collections::BTreeSet<u64> = (0..1_000).flat_map(drawn).collect();
    assert_eq!(all.len(), 7_000);
}

#[test]
fn a_seed_alone_is_no_chaos() {
    assert!(read(r#"{"seed": 7}"#).expect("settings").is_calm());
}

#[test]
fn a_young_connection_is_gone_and_an_older_one_is_there() {
    let chaos = read(r#"{"gone_ms": 100}"#).expect("settings");
    assert_eq!(chaos.post(99, &mut Dice::new(1)), Fate::Gone);
    assert_eq!(chaos.post(100, &mut Dice::new(1)), Fate::Delivered);
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
fn a_value_that_means_nothing_is_an_error_that_says_what_would() {
    let wrong = [
        (r#"{"cut": 1.5}"#, "from 0, never, to 1, always"),
        (r#"{"cut": -0.1}"#, "from 0, never, to 1, always"),
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

fn read(text: &str) -> Result<Chaos, serde_json::Error> {
    serde_json::from_str(text)
}
