use super::*;
use crate::chart::extent::Extent;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn samples(set: &SeriesSet, column: usize) -> Vec<(i64, f64)> {
    set.samples(column, 0..set.len()).collect()
}

#[test]
fn a_series_seen_late_has_no_values_before() {
    let mut set = SeriesSet::new(8);
    set.append(1, [("in", 1.0)]);
    set.append(2, [("in", 2.0), ("out", 20.0)]);
    assert!(set.value(1, 0).is_nan());
    assert_eq!(samples(&set, 1), [(2, 20.0)]);
}

#[test]
fn a_row_without_a_series_leaves_it_without_value() {
    let mut set = SeriesSet::new(8);
    set.append(1, [("in", 1.0), ("out", 10.0)]);
    set.append(2, [("in", 2.0)]);
    assert_eq!(samples(&set, 0), [(1, 1.0), (2, 2.0)]);
    assert_eq!(samples(&set, 1), [(1, 10.0)]);
}

#[test]
fn rows_out_of_order_find_their_place_in_time() {
    let mut set = SeriesSet::new(8);
    for ts in [10, 30, 20, 5] {
        set.append(ts, [("v", ts as f64)]);
    }
    assert_eq!(samples(&set, 0), [(5, 5.0), (10, 10.0), (20, 20.0), (30, 30.0)]);
}

#[test]
fn rows_of_the_same_time_are_both_kept_in_the_order_they_came() {
    let mut set = SeriesSet::new(8);
    set.append(1, [("v", 1.0)]);
    set.append(1, [("v", 2.0)]);
    assert_eq!(samples(&set, 0), [(1, 1.0), (1, 2.0)]);
}

#[test]
fn all_columns_forget_the_same_rows() {
    let mut set = SeriesSet::new(3);
    for ts in 0..5 {
        set.append(ts, [("a", ts as f64)]);
    }
    set.append(5, [("b", 50.0)]);
    set.append(3, [("a", 33.0)]);
    assert_eq!(samples(&set, 0), [(3, 33.0), (4, 4.0)]);
    assert_eq!(samples(&set, 1), [(5, 50.0)]);
}

#[test]
fn a_row_older_than_all_of_a_full_set_changes_nothing() {
    let mut set = SeriesSet::new(2);
    set.append(10, [("a", 1.0)]);
    set.append(20, [("a", 2.0)]);
    set.append(5, [("b", 9.0)]);
    assert_eq!(samples(&set, 0), [(10, 1.0), (20, 2.0)]);
    assert_eq!(set.series().len(), 1);
}

#[test]
fn a_value_that_is_not_finite_counts_as_none() {
    let mut set = SeriesSet::new(8);
    set.append(1, [("v", f64::INFINITY)]);
    assert_eq!(samples(&set, 0), []);
}

#[test]
fn ever_new_names_are_refused_and_counted_beyond_the_bound() {
    let mut set = SeriesSet::new(8);
    for index in 0..MAX_SERIES + 5 {
        set.append(index as i64, [(format!("s{index}").as_str(), 1.0)]);
    }
    set.append(1_000, [("s260", 2.0)]);
    assert_eq!((set.series().len(), set.series_left_out()), (MAX_SERIES, 5));
}

#[test]
fn a_machine_with_128_cores_is_an_ordinary_machine() {
    let names: Vec<String> = (0..128).map(|core| format!("cpu{core}")).collect();
    let mut set = SeriesSet::new(8);
    set.append(1, names.iter().map(|name| (name.as_str(), 1.0)));
    assert_eq!((set.series().len(), set.series_left_out()), (128, 0));
}

fn moment(second: i64, offset: u64) -> Moment {
    let at = second * 1_000;
    Moment { ts_ms: at, received_at: at, order: Order::at(at, offset) }
}

fn fields(values: &[(&str, Option<f64>)]) -> Vec<(String, Field)> {
    let field = |value: Option<f64>| value.map_or(Field::Nothing, Field::number);
    values.iter().map(|(name, value)| ((*name).to_owned(), field(*value))).collect()
}

#[test]
fn a_burst_in_one_millisecond_keeps_the_order_of_the_log_whenever_its_parts_come() {
    let mut set = SeriesSet::new(2_000);
    for offset in (701..=1_000).chain(1..=700) {
        set.insert(moment(1, offset), &fields(&[("v", Some(offset as f64))]));
    }
    assert_eq!(set.latest(0, 9_000), Some((1_000, 1_000.0)));
    assert_eq!(set.newest(0).map(|newest| newest.field.clone()), Some(Field::number(1_000.0)));
}

#[test]
fn a_publication_that_comes_twice_is_one_row() {
    let mut set = SeriesSet::new(8);
    for _ in 0..2 {
        set.insert(moment(1, 1), &fields(&[("v", Some(1.0))]));
    }
    assert_eq!(set.len(), 1);
}

#[test]
fn a_null_is_the_newest_value_and_parts_the_line() {
    let mut set = SeriesSet::new(8);
    for (second, value) in [(1, Some(1.0)), (2, None), (3, Some(3.0)), (4, None)] {
        set.insert(moment(second, second as u64), &fields(&[("v", value)]));
    }
    let is_break: Vec<bool> = set.points(0, 0..9).map(|(_, value)| !value.is_finite()).collect();
    assert_eq!(is_break, [false, true, false, true]);
    assert_eq!(set.newest(0).map(|newest| newest.field.clone()), Some(Field::Nothing));
    assert_eq!(samples(&set, 0), [(1_000, 1.0), (3_000, 3.0)]);
}

#[test]
fn a_text_that_is_known_before_the_numbers_it_follows_is_still_the_newest() {
    let (mut in_order, mut late) = (SeriesSet::new(8), SeriesSet::new(8));
    let text = Field::Text("unavailable".to_owned());
    in_order.insert(moment(1, 1), &fields(&[("v", Some(1.0))]));
    in_order.insert_other(moment(2, 2), &text);
    late.insert_other(moment(2, 2), &text);
    late.insert(moment(1, 1), &fields(&[("v", Some(1.0))]));
    assert_eq!(late.newest(0), in_order.newest(0));
    assert_eq!(
        format!("{:?}", late.points(0, 0..9).collect::<Vec<_>>()),
        format!("{:?}", in_order.points(0, 0..9).collect::<Vec<_>>())
    );
}

#[test]
fn a_series_that_stops_while_others_go_on_tells_its_age() {
    let mut set = SeriesSet::new(200);
    for second in 0..60 {
        let db = (second < 10).then_some(("db", Some(40.0)));
        let values: Vec<_> = [("web", Some(12.0))].into_iter().chain(db).collect();
        set.insert(moment(second, second as u64), &fields(&values));
    }
    assert_eq!((set.stopped_ms(0, 70_000), set.stopped_ms(1, 70_000)), (None, Some(61_000)));
    assert_eq!(set.stopped(), 1);
}

#[test]
fn a_topic_that_stops_as_a_whole_has_no_stopped_series() {
    let mut set = SeriesSet::new(200);
    (0..10).for_each(|second| {
        set.insert(moment(second, second as u64), &fields(&[("a", Some(1.0)), ("b", Some(2.0))]))
    });
    assert_eq!(set.stopped_ms(1, 900_000), None);
}

#[test]
fn data_sent_later_about_earlier_times_makes_no_current_series_old() {
    const MINUTE: i64 = 60_000;
    let online_at = 500 * MINUTE;
    let at = |ts_ms: i64, received_at: i64, offset: i64| Moment {
        ts_ms,
        received_at,
        order: Order::at(ts_ms, offset as u64),
    };
    let (sensor, other) = (fields(&[("sensor", Some(21.5))]), fields(&[("other", Some(1.0))]));
    for is_alone in [true, false] {
        let mut set = SeriesSet::new(2_000);
        let beside = |set: &mut SeriesSet, minutes: Range<i64>| {
            for minute in minutes.filter(|_| !is_alone) {
                let ts_ms = minute * MINUTE + 30_000;
                set.insert(at(ts_ms, ts_ms, 2_000 + minute), &other);
            }
        };
        (0..5).for_each(|minute| set.insert(at(minute * MINUTE, minute * MINUTE, minute), &sensor));
        beside(&mut set, 0..500);
        // The sensor was offline. It sends its present value, and then what it has collected.
        set.insert(at(online_at, online_at, 500), &sensor);
        for minute in 5..500 {
            set.insert(at(minute * MINUTE, online_at + minute * 50, 1_000 + minute), &sensor);
            assert_eq!(set.stopped(), 0, "alone: {is_alone}, minute {minute}");
        }
        beside(&mut set, 500..502);
        assert_eq!(set.stopped(), 0, "alone: {is_alone}");
        beside(&mut set, 502..520);
        assert_eq!(set.stopped(), usize::from(!is_alone), "it gets no new values while another one does");
    }
}

#[test]
fn the_error_of_a_publishers_clock_is_taken_off_all_times() {
    let mut set = SeriesSet::new(8);
    set.append(240_000, [("v", 1.0)]);
    set.correct_clock(240_000);
    assert_eq!((set.time(0), set.last_time(), set.latest(0, 0)), (Some(0), Some(0), Some((0, 1.0))));
    assert_eq!(set.rows_within(&(0..1)), 0..1);
}

#[test]
fn the_latest_value_skips_rows_in_which_the_series_has_none() {
    let mut set = SeriesSet::new(8);
    set.append(1, [("a", 1.0)]);
    set.append(2, [("b", 2.0)]);
    assert_eq!(set.latest(0, 9), Some((1, 1.0)));
    assert_eq!(set.latest(1, 1), None);
}

#[test]
fn forgetting_cuts_rows_and_stretches_alike() {
    let mut set = SeriesSet::new(8);
    for ts in [10, 20, 30] {
        set.append(ts, [("a", 1.0)]);
    }
    set.lost_mut().add(5..25);
    set.drop_before(20);
    assert_eq!(set.time(0), Some(20));
    assert_eq!(set.lost().iter().collect::<Vec<_>>(), std::slice::from_ref(&(20..25)));
}

#[test]
fn an_extent_knows_whether_its_values_are_whole() {
    let mut set = SeriesSet::new(8);
    set.append(1, [("a", 3.0)]);
    set.append(2, [("a", -1.0)]);
    assert_eq!(set.extent(0, &(0..2)), Some(Extent { min: -1.0, max: 3.0, whole: true }));
    set.append(3, [("a", 0.5)]);
    assert!(!set.extent(0, &(0..3)).is_some_and(|extent| extent.whole));
    assert_eq!(set.extent(0, &(4..9)), None);
}

/// Returns a set with samples at these seconds, and the beginnings of the intervals at which its line is not joined. Now, samples up to
/// four seconds apart are joined.
fn holes(seconds: &[i64]) -> (SeriesSet, Vec<i64>) {
    let mut set = SeriesSet::new(10_000);
    seconds.iter().for_each(|second| set.append(second * 1_000, [("a", 1.0)]));
    let is_hole = |pair: &&[i64]| set.breaks(0, Some(4_000)).between(pair[0] * 1_000, pair[1] * 1_000);
    let holes = seconds.windows(2).filter(is_hole).map(|pair| pair[0]).collect();
    (set, holes)
}

#[test]
fn samples_are_joined_where_their_interval_was_usual_then_though_it_is_shorter_now() {
    let seconds: Vec<i64> = (0..10).map(|at| at * 10).chain(91..120).collect();
    assert_eq!(holes(&seconds).1, Vec::<i64>::new());
    let seconds: Vec<i64> = (0..20).chain((2..9).map(|at| at * 10)).chain(81..99).collect();
    assert_eq!(holes(&seconds).1, Vec::<i64>::new(), "also where the interval became longer");
}

#[test]
fn a_pause_parts_the_line_whatever_was_usual_before_and_after_it() {
    let pause: Vec<i64> = (0..20).chain(60..80).collect();
    assert_eq!(holes(&pause).1, [19]);
    let in_the_slow_time: Vec<i64> = (0..9).map(|at| at * 10).chain((13..20).map(|at| at * 10)).collect();
    assert_eq!(holes(&in_the_slow_time).1, [80]);
    let before_it: Vec<i64> = (0..20).chain((5..12).map(|at| at * 10)).chain(111..130).collect();
    assert_eq!(holes(&before_it).1, [19]);
    let three_alone: Vec<i64> = (0..9).chain([40, 80, 120]).chain(121..130).collect();
    assert_eq!(holes(&three_alone).1, [8, 40, 80], "three samples are no usual interval");
}

#[test]
fn what_is_lost_parts_the_line_also_where_the_interval_was_longer() {
    let seconds: Vec<i64> = (0..10).map(|at| at * 10).chain(91..120).collect();
    let (mut set, _) = holes(&seconds);
    set.lost_mut().add(41_000..49_000);
    let breaks = set.breaks(0, Some(4_000));
    assert!(breaks.between(40_000, 50_000) && !breaks.between(50_000, 60_000));
}

#[test]
fn what_is_computed_is_judged_by_the_interval_of_now() {
    let (set, _) = holes(&(0..6).map(|at| at * 10).collect::<Vec<_>>());
    let breaks = set.breaks(0, Some(4_000));
    assert!(!breaks.between(0, 10_000) && breaks.of_now().between(0, 10_000));
}
