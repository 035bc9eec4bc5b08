use serde_json::{Value, json};
use shared::Freshness;

use super::*;
use crate::chart::clock::LocalClock;
use crate::chip::{Chip, PanelState};
use crate::figure::Figure;
use crate::placement::Size;
use crate::standing::chip;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const WINDOW_MS: Millis = 60_000;

struct Bench {
    stream: Stream,
    series: SeriesSet,
}

impl Bench {
    fn new() -> Self {
        Self { stream: Stream::new(Topic::new("kitchen/temp").unwrap()), series: SeriesSet::new(100) }
    }

    fn take(&mut self, origin: Origin, seconds: impl IntoIterator<Item = i64>) {
        let items: Vec<_> = seconds.into_iter().map(|second| publication(second, json!(second))).collect();
        let now = items.last().map_or(0, |item| item.received_at);
        self.stream.take(&items, origin, &mut self.series, now);
    }

    fn publish(&mut self, second: i64, data: Value) {
        self.stream.take(&[publication(second, data)], Origin::Live, &mut self.series, second * 1_000);
    }

    fn freshness(&self, second: i64) -> Freshness {
        let conditions = Conditions { now: second * 1_000, ..Conditions::default() };
        self.stream.evidence(WINDOW_MS, conditions).freshness()
    }

    fn size(&mut self) -> Option<Size> {
        self.stream.settle_size(&self.series);
        self.stream.size()
    }

    fn lost(&self) -> Vec<(i64, i64)> {
        self.series.lost().iter().map(|span| (span.start, span.end)).collect()
    }

    fn replayed(&self) -> Vec<(i64, i64)> {
        self.series.replayed().iter().map(|span| (span.start, span.end)).collect()
    }
}

fn publication(second: i64, data: Value) -> Publication {
    Publication {
        offset: second as u64 + 1,
        ts: second * 1_000,
        received_at: second * 1_000,
        data: data.into(),
    }
}

#[test]
fn two_fields_are_two_series_of_one_line() {
    let mut bench = Bench::new();
    bench.publish(1, json!({"in": 21.5, "out": 4}));
    let names: Vec<_> = bench.series.series().iter().map(|series| series.name()).collect();
    assert_eq!((names, bench.stream.kind()), (vec!["in", "out"], Some(Kind::Line)));
}

#[test]
fn the_history_that_the_page_starts_with_is_not_called_replayed() {
    let mut bench = Bench::new();
    bench.take(Origin::Replayed, 0..5);
    bench.take(Origin::Replayed, 5..10);
    assert_eq!((bench.replayed(), bench.freshness(10)), (vec![], Freshness::Live));
}

#[test]
fn recovered_publications_are_marked_for_a_moment_only() {
    let mut bench = Bench::new();
    bench.take(Origin::Live, 0..5);
    bench.take(Origin::Replayed, 5..10);
    assert_eq!((bench.replayed(), bench.freshness(10)), (vec![(5_000, 9_001)], Freshness::Replayed));
    assert!(!bench.stream.settle(&mut bench.series, 10_000));
    assert!(bench.stream.settle(&mut bench.series, 9_000 + 5_000));
    assert_eq!(bench.replayed(), []);
}

#[test]
fn after_an_interruption_even_a_topic_that_never_was_live_is_marked() {
    let mut bench = Bench::new();
    bench.take(Origin::Replayed, 0..5);
    bench.stream.interrupt();
    bench.take(Origin::Replayed, 5..10);
    assert_eq!(bench.replayed(), vec![(5_000, 9_001)]);
}

#[test]
fn more_of_the_past_is_not_called_replayed_and_moves_the_beginning_back() {
    let mut bench = Bench::new();
    bench.take(Origin::Live, 50..55);
    bench.take(Origin::Past, 40..50);
    assert_eq!(bench.replayed(), []);
    assert_eq!(bench.stream.next_fetch(0, 55_000).map(|fetch| fetch.before), Some(41));
    assert_eq!(bench.series.len(), 15);
}

#[test]
fn a_loss_without_times_reaches_from_the_last_data_to_the_next() {
    let mut bench = Bench::new();
    bench.take(Origin::Live, 0..5);
    bench.stream.lose(None, None, &mut bench.series);
    assert_eq!(bench.lost(), []);
    bench.take(Origin::Live, 45..50);
    assert_eq!((bench.lost(), bench.freshness(49)), (vec![(4_001, 45_000)], Freshness::Gap));
}

#[test]
fn a_loss_that_has_left_the_window_is_no_gap_any_more() {
    let mut bench = Bench::new();
    bench.take(Origin::Live, 0..5);
    bench.stream.lose(Some(4_000), Some(8_000), &mut bench.series);
    bench.take(Origin::Live, 8..100);
    assert_eq!(bench.freshness(99), Freshness::Live);
}

#[test]
fn only_the_part_of_a_loss_inside_the_window_counts() {
    let mut bench = Bench::new();
    bench.take(Origin::Live, 0..5);
    bench.stream.lose(Some(4_000), Some(44_000), &mut bench.series);
    bench.take(Origin::Live, 44..95);
    let conditions = Conditions { now: 94_000, ..Conditions::default() };
    assert_eq!(bench.stream.evidence(WINDOW_MS, conditions).lost_ms, 10_000);
}

#[test]
fn losses_listed_are_bounded() {
    let mut bench = Bench::new();
    for second in 0..100 {
        bench.stream.lose(Some(second * 1_000), Some(second * 1_000 + 500), &mut bench.series);
    }
    assert_eq!(bench.stream.losses(0).count(), MOST_LOSSES);
}

#[test]
fn a_publisher_may_ask_for_another_panel() {
    let mut bench = Bench::new();
    bench.publish(1, json!(21.5));
    bench.stream.tell(TopicMeta { panel: Some("line".into()), ..TopicMeta::default() }, &mut bench.series);
    assert_eq!(bench.stream.kind(), Some(Kind::Line));
    bench
        .stream
        .tell(TopicMeta { panel: Some("hologram".into()), ..TopicMeta::default() }, &mut bench.series);
    assert_eq!(bench.stream.kind(), Some(Kind::Number));
}

#[test]
fn the_document_of_a_board_takes_precedence_over_the_publisher_until_it_says_nothing() {
    let mut bench = Bench::new();
    bench.publish(1, json!(21.5));
    let published =
        |unit: &str| TopicMeta { unit: Some(unit.into()), min: Some(0.0), ..TopicMeta::default() };
    bench.stream.tell(published("°C"), &mut bench.series);
    let wanted = TopicMeta { unit: Some("K".into()), panel: Some("line".into()), ..TopicMeta::default() };
    bench.stream.arrange(wanted, &mut bench.series);
    let shown = |stream: &Stream| (stream.meta().unit.clone(), stream.meta().min, stream.kind());
    assert_eq!(shown(&bench.stream), (Some("K".into()), Some(0.0), Some(Kind::Line)));
    bench.stream.tell(published("°F"), &mut bench.series);
    assert_eq!(shown(&bench.stream).0, Some("K".into()));
    assert_eq!(bench.stream.wanted().unit, Some("K".into()));
    bench.stream.arrange(TopicMeta::default(), &mut bench.series);
    assert_eq!(shown(&bench.stream), (Some("°F".into()), Some(0.0), Some(Kind::Number)));
}

#[test]
fn an_older_table_filled_in_later_does_not_replace_the_newest() {
    let mut bench = Bench::new();
    bench.publish(9, json!([{"queue": "new"}]));
    bench.publish(3, json!([{"queue": "old"}]));
    assert_eq!(bench.stream.table().rows, [["new"]]);
}

#[test]
fn a_topic_that_was_a_state_too_often_has_its_past_lines_as_a_log() {
    let mut bench = Bench::new();
    for second in 0..12 {
        bench.publish(second, json!(format!("order {second}")));
    }
    assert_eq!(bench.stream.kind(), Some(Kind::Log));
    assert_eq!(bench.stream.lines().newest(99).count(), 12);
}

#[test]
fn a_panel_that_was_wide_stays_wide() {
    let mut bench = Bench::new();
    bench.publish(1, json!([{"a": 1, "b": 2, "c": 3, "d": 4}]));
    bench.publish(2, json!([{"a": 1}]));
    assert_eq!(bench.size(), Some(Size::of(Kind::Table).wide()));
}

#[test]
fn a_chart_of_three_units_is_twice_as_high_as_others() {
    let mut bench = Bench::new();
    bench.publish(1, json!({"a": 1, "b": 2, "c": 3}));
    assert_eq!(bench.size(), Some(Size::of(Kind::Line)));
    let units = [("a", "V"), ("b", "A"), ("c", "W")].map(|(name, unit)| (name.to_owned(), unit.to_owned()));
    let meta = TopicMeta { units: units.into_iter().collect(), ..TopicMeta::default() };
    bench.stream.tell(meta, &mut bench.series);
    assert_eq!(bench.size(), Some(Size::of(Kind::Line).double()));
}

#[test]
fn samples_are_not_joined_over_four_missing_publications() {
    let mut bench = Bench::new();
    bench.take(Origin::Live, 0..10);
    assert_eq!(bench.stream.hole_ms(), Some(4_000));
}

#[test]
fn a_dropped_range_can_be_requested_again() {
    let mut bench = Bench::new();
    bench.take(Origin::Live, 0..60);
    bench.stream.forget_before(50_000, &mut bench.series);
    assert_eq!(bench.series.time(0), Some(50_000));
    assert_eq!(bench.stream.next_fetch(0, 60_000).map(|fetch| fetch.before), Some(51));
}

#[test]
fn a_log_with_few_lines_asks_for_older_ones_until_there_are_enough() {
    let mut bench = Bench::new();
    bench.publish(40, json!({"msg": "till opened"}));
    assert!(bench.stream.next_fetch(39_000, 40_000).is_some());
    let past: Vec<_> = (0..40).map(|second| publication(second, json!({"msg": "paid"}))).collect();
    bench.stream.take(&past[5..], Origin::Past, &mut bench.series, 40_000);
    assert_eq!(bench.stream.next_fetch(39_000, 40_000), None);
}

#[test]
fn a_log_that_started_anew_leaves_a_gap_up_to_its_next_data() {
    let mut bench = Bench::new();
    bench.take(Origin::Live, 0..5);
    bench.stream.start_anew(&mut bench.series);
    bench.take(Origin::Live, 9..12);
    assert_eq!(bench.lost(), vec![(4_001, 9_000)]);
}

impl Bench {
    fn chip(&self, second: i64) -> Chip {
        self.chip_under(Conditions { now: second * 1_000, ..Conditions::default() })
    }

    fn chip_under(&self, conditions: Conditions) -> Chip {
        chip(&self.stream, &self.series, WINDOW_MS, conditions, LocalClock::UTC)
    }

    fn figure(&self) -> Figure {
        Figure::of(&self.stream, &self.series, LocalClock::UTC)
    }
}

#[test]
fn a_newest_value_that_is_no_number_is_what_the_figure_shows() {
    for meta in [TopicMeta::default(), TopicMeta { panel: Some("number".into()), ..TopicMeta::default() }] {
        let mut bench = Bench::new();
        bench.stream.tell(TopicMeta { unit: Some("°C".into()), ..meta }, &mut bench.series);
        bench.publish(1, json!(21.6));
        assert_eq!((bench.figure().text.as_str(), bench.figure().unit.as_str()), ("21.6", "°C"));
        bench.publish(2, json!("unavailable"));
        let figure = bench.figure();
        assert_eq!(
            (figure.text.as_str(), figure.unit.as_str(), figure.is_number),
            ("unavailable", "", false)
        );
        assert_eq!(figure.note.as_deref(), Some("last number 21.6\u{202f}°C at 00:00:01"));
        assert_eq!(bench.stream.kind(), Some(Kind::Number));
        bench.publish(3, json!(22));
        assert_eq!((bench.figure().text.as_str(), bench.figure().note), ("22", None));
    }
}

#[test]
fn a_publisher_whose_clock_is_ahead_shows_its_newest_value_and_says_so() {
    let mut bench = Bench::new();
    for second in 0..10 {
        let item = Publication { ts: (second + 240) * 1_000, ..publication(second, json!(second)) };
        bench.stream.take(&[item], Origin::Live, &mut bench.series, second * 1_000);
    }
    assert_eq!(bench.figure().text, "9");
    assert_eq!(bench.series.last_time(), Some(9_000));
    assert_eq!(bench.chip(10).text, "its clock is 4 min fast");
}

#[test]
fn a_publisher_whose_clock_is_behind_is_recognised_too() {
    let mut bench = Bench::new();
    for second in 0..10 {
        let item = Publication { ts: (second - 240) * 1_000, ..publication(second, json!(second)) };
        bench.stream.take(&[item], Origin::Live, &mut bench.series, second * 1_000);
    }
    assert_eq!(
        (bench.series.last_time(), bench.chip(10).text.as_str()),
        (Some(9_000), "its clock is 4 min slow")
    );
}

/// Returns a topic whose clock has this error in seconds, with the losses after `count` publications, one each second, and before as
/// many others.
fn with_a_loss_of_41_s(error: i64, count: i64) -> Bench {
    let mut bench = Bench::new();
    for second in (0..count).chain(count + 41..2 * count + 41) {
        if second == count + 41 {
            bench.stream.lose(None, None, &mut bench.series);
        }
        let item = Publication { ts: (second + error) * 1_000, ..publication(second, json!(second)) };
        bench.stream.take(&[item], Origin::Live, &mut bench.series, second * 1_000);
    }
    bench
}

#[test]
fn a_loss_is_where_data_is_missing_even_if_the_clock_of_the_publisher_is_wrong() {
    for (error, count) in [(0, 9), (-3_600, 9), (240, 9), (-3_600, 3), (240, 1)] {
        let bench = with_a_loss_of_41_s(error, count);
        let (from, to) = ((count - 1) * 1_000, (count + 41) * 1_000);
        assert_eq!(bench.lost(), [(from + 1, to)], "{error} {count}");
        assert_eq!(bench.stream.losses(0).collect::<Vec<_>>(), [(from, to)], "{error} {count}");
        assert_eq!(bench.freshness(2 * count + 41), Freshness::Gap, "{error} {count}");
        assert_eq!(bench.stream.losses(to).count(), 0, "{error} {count}");
    }
}

#[test]
fn states_are_lost_between_the_same_states_as_numbers() {
    for error in [-3_600, 0, 240] {
        let states = with_a_loss_of_41_s(error, 9).stream.shown_states();
        // A state keeps the time by a clock that is behind.
        let shift = error.min(0);
        assert_eq!(states.at((shift + 8) * 1_000), Some("8"), "{error}");
        assert_eq!(
            (states.at((shift + 9) * 1_000), states.at((shift + 49) * 1_000)),
            (None, None),
            "{error}"
        );
        assert_eq!(states.at((shift + 50) * 1_000), Some("50"), "{error}");
    }
}

#[test]
fn data_sent_later_about_earlier_times_is_drawn_there_and_is_not_current() {
    let mut bench = Bench::new();
    bench.take(Origin::Live, 10..20);
    let late = Publication { offset: 21, ts: 3_000, received_at: 20_000, data: (-1).into() };
    bench.stream.take(&[late], Origin::Live, &mut bench.series, 20_000);
    assert_eq!(bench.figure().text, "19");
    assert_eq!(bench.series.time(0), Some(3_000));
}

#[test]
fn a_window_that_is_not_loaded_says_how_much_of_it_is() {
    let mut bench = Bench::new();
    bench.take(Origin::Live, 40..60);
    assert_eq!((bench.chip(60).text.as_str(), bench.chip(60).state), ("loading, 33 %", PanelState::Loading));
    let unloaded: Vec<_> = bench.series.unloaded().iter().collect();
    assert_eq!(unloaded, std::slice::from_ref(&(i64::MIN..40_000)));
    bench.take(Origin::Past, 0..40);
    assert_eq!((bench.chip(60).text.as_str(), bench.series.unloaded().is_empty()), ("live", true));
}

#[test]
fn a_hole_that_is_not_in_the_data_is_drawn_as_not_loaded() {
    let mut bench = Bench::new();
    bench.take(Origin::Replayed, 0..10);
    bench.take(Origin::Replayed, 40..60);
    assert_eq!(bench.series.unloaded().iter().collect::<Vec<_>>(), std::slice::from_ref(&(9_001..40_000)));
    assert!(bench.chip(60).text.starts_with("loading"), "{}", bench.chip(60).text);
}

#[test]
fn a_series_has_the_unit_that_its_publisher_gave_it() {
    let mut bench = Bench::new();
    let units = [("out".to_owned(), "ms".to_owned())].into_iter().collect();
    bench.stream.tell(TopicMeta { unit: Some("%".into()), units, ..TopicMeta::default() }, &mut bench.series);
    bench.publish(0, json!({"in": 1, "out": 2}));
    assert_eq!((bench.series.unit(0), bench.series.unit(1)), (None, Some(&Unit::parse("ms"))));
}

#[test]
fn a_paused_board_is_not_live() {
    let mut bench = Bench::new();
    bench.take(Origin::Live, 0..10);
    let conditions = Conditions { now: 10_000, paused_at: Some(9_000), ..Conditions::default() };
    assert_eq!(bench.chip_under(conditions).text, "paused at 00:00:09");
}

#[test]
fn one_series_that_stops_is_said_while_the_others_go_on() {
    let mut bench = Bench::new();
    for second in 0..60 {
        bench.publish(second, if second < 30 { json!({"web": 1, "db": 40}) } else { json!({"web": 1}) });
    }
    assert_eq!(bench.chip(60).text, "1 of 2 stopped");
}

#[test]
fn a_chart_counts_the_fields_that_it_leaves_out() {
    let mut bench = Bench::new();
    bench.publish(0, json!({"cpu": 1, "mem": 2, "disks": [{"name": "sda"}]}));
    assert_eq!(bench.chip(0).text, "1 field not drawn");
    let wide: serde_json::Map<String, Value> = (0..300).map(|n| (format!("s{n}"), json!(n))).collect();
    bench.publish(1, Value::Object(wide));
    assert_eq!(bench.chip(1).text, "46 series not drawn");
}

#[test]
fn a_panel_with_nothing_in_it_is_not_live() {
    let mut bench = Bench::new();
    bench.publish(1, json!([]));
    assert_eq!(bench.chip(1).text, "no rows");
    let mut lines = Bench::new();
    lines.publish(0, json!({"in": 1, "out": 2}));
    assert_eq!(lines.chip(90).text, "nothing in this minute");
}

#[test]
fn events_of_docker_and_the_journal_are_logs() {
    for event in [
        json!({"Type": "container", "Action": "die", "Actor": {"ID": "4d2"}, "time": 1, "timeNano": 2}),
        json!({"MESSAGE": "Started nginx", "PRIORITY": "6", "_PID": "812"}),
        json!({"level": 50, "time": 1_790_000_000_000_u64, "pid": 7, "msg": "refused"}),
    ] {
        let mut bench = Bench::new();
        bench.publish(1, event);
        assert_eq!(bench.stream.kind(), Some(Kind::Log));
    }
}
