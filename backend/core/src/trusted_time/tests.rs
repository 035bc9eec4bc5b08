use proptest::prelude::*;

use super::*;

const T0: Millis = 1_800_000_000_000;
const HOUR: Millis = 60 * 60 * 1000;
const DAY: Millis = 24 * HOUR;

fn at(wall_ms: Millis, boot: u64, ms: Millis) -> Reading {
    Reading { wall_ms, uptime: Some(Uptime { boot, ms }) }
}

#[test]
fn without_a_second_clock_the_wall_clock_is_believed() {
    let mut time = TrustedTime::new(DAY, None);
    for wall_ms in [T0, T0 + 30 * HOUR, T0] {
        let times = time.read(Reading { wall_ms, uptime: None });
        assert_eq!(times, Times { now_ms: wall_ms, retention_ms: wall_ms, doubt: None });
    }
}

#[test]
fn a_jump_of_30_hours_for_a_minute_does_not_reach_retention() {
    let mut time = TrustedTime::new(DAY, None);
    time.read(at(T0, 1, 0));
    let ahead = time.read(at(T0 + 30 * HOUR, 1, 1_000));
    assert_eq!(ahead.retention_ms, T0 + 1_000);
    assert_eq!(ahead.doubt, Some(Doubt::Ahead { ms: 30 * 3_600_000 - 1_000 }));
    assert!(ahead.doubt.unwrap().to_string().contains("ahead by 107999 s"));
    let back = time.read(at(T0 + 60_000, 1, 60_000));
    assert_eq!(back, Times { now_ms: T0 + 60_000, retention_ms: T0 + 60_000, doubt: None });
}

#[test]
fn a_clock_that_is_set_back_makes_no_expired_token_valid() {
    let mut time = TrustedTime::new(DAY, None);
    time.read(at(T0, 1, 0));
    let back = time.read(at(T0 - DAY, 1, 10_000));
    assert_eq!(back.now_ms, T0 + 10_000);
    assert_eq!(back.retention_ms, T0 - DAY);
    assert!(matches!(back.doubt, Some(Doubt::Behind { .. })));
    let believed = time.read(at(T0 - DAY + BELIEVED_MS, 1, 10_000 + BELIEVED_MS));
    assert_eq!((believed.now_ms, believed.doubt), (T0 - DAY + BELIEVED_MS, None));
}

#[test]
fn a_jump_that_lasts_as_long_as_history_is_kept_is_believed() {
    let mut time = TrustedTime::new(DAY, None);
    time.read(at(T0, 1, 0));
    for hour in 1..=26 {
        let wall_ms = T0 + 30 * HOUR + hour * HOUR;
        let times = time.read(at(wall_ms, 1, hour * HOUR));
        let believed = hour >= 25;
        assert_eq!(times.retention_ms == wall_ms, believed, "after {hour} h");
        assert_eq!(times.doubt.is_none(), believed, "after {hour} h");
    }
}

#[test]
fn corrections_of_less_than_a_second_are_no_jumps() {
    let mut time = TrustedTime::new(DAY, None);
    time.read(at(T0, 1, 0));
    assert_eq!(time.read(at(T0 + 1_700, 1, 1_000)).doubt, None);
    assert_eq!(time.read(at(T0 + 1_500, 1, 2_000)).doubt, None);
}

#[test]
fn a_restart_during_a_jump_does_not_believe_it() {
    let mut time = TrustedTime::new(DAY, None);
    time.read(at(T0, 1, 0));
    time.read(at(T0 + 30 * HOUR, 1, 1_000));
    let mut again = TrustedTime::new(DAY, time.remember());
    let times = again.read(at(T0 + 30 * HOUR + 60_000, 1, 61_000));
    assert_eq!(times.retention_ms, T0 + 61_000);
    assert!(matches!(times.doubt, Some(Doubt::Ahead { .. })));
}

#[test]
fn time_in_which_the_machine_was_off_is_counted_once_it_has_run_for_as_long_as_history_is_kept() {
    let mut time = TrustedTime::new(DAY, None);
    time.read(at(T0, 1, 500));
    let mut again = TrustedTime::new(DAY, time.remember());
    let week = 7 * DAY;
    let times = again.read(at(T0 + week, 2, 20_000));
    assert_eq!((times.retention_ms, times.now_ms, times.doubt), (T0, T0 + week, None));
    let times = again.read(at(T0 + week + DAY, 2, 20_000 + DAY));
    assert_eq!(times.retention_ms, T0 + week + DAY);
}

#[test]
fn a_machine_that_starts_with_a_clock_in_the_past_continues_from_the_time_it_knew() {
    let stored = Remembered { uptime: None, now_ms: T0, retention_ms: T0 };
    let mut time = TrustedTime::new(DAY, Some(stored));
    let times = time.read(at(0, 1, 3_000));
    assert_eq!((times.now_ms, times.retention_ms), (T0, 0));
    assert!(matches!(times.doubt, Some(Doubt::Behind { .. })));
    let corrected = time.read(at(T0 + HOUR, 1, 4_000));
    assert_eq!(corrected.now_ms, T0 + HOUR);
}

/// An event that a test simulates.
#[derive(Debug, Clone)]
enum Step {
    /// Nothing happens; only time passes.
    Pass,
    /// The wall clock is set forward by this number of milliseconds, or back if it is negative.
    Set(Millis),
    /// The program is started again.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Pass),
        2 => (-40 * HOUR..40 * HOUR).prop_map(Step::Set),
        1 => (-4_000..4_000_i64).prop_map(Step::Set),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Checks that no publication is deleted too early, however the wall clock is set. When a publication is received,
    /// its time is `now_ms`. Compared with `retention_ms`, it must not be older than `max_age_ms` before that much time
    /// has really passed, by the clock that nobody can set.
    #[test]
    fn nothing_is_too_old_before_its_age_has_passed(
        steps in prop::collection::vec((step(), 0..10 * HOUR), 1..60),
        max_age_ms in BELIEVED_MS..30 * HOUR,
    ) {
        let (mut uptime_ms, mut difference) = (0, T0);
        let mut time = TrustedTime::new(max_age_ms, None);
        let mut received: Vec<(Millis, Millis)> = Vec::new();
        for (step, passed_ms) in steps {
            uptime_ms += passed_ms;
            match step {
                Step::Pass => {}
                Step::Set(by) => difference += by,
                Step::Restart => time = TrustedTime::new(max_age_ms, time.remember()),
            }
            let times = time.read(at(uptime_ms + difference, 1, uptime_ms));
            prop_assert!(times.retention_ms <= times.now_ms);
            for (stamp, at_ms) in &received {
                let is_dropped = *stamp < times.retention_ms - max_age_ms;
                prop_assert!(!is_dropped || uptime_ms - at_ms >= max_age_ms);
            }
            received.push((times.now_ms, uptime_ms));
        }
    }
}
