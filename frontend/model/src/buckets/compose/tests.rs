use serde_json::json;

use super::super::topic_past::Wanted;
use super::*;
use crate::chart::axes::Axes;
use crate::chart::draw::{Mark, Scene};
use crate::chart::format::Unit;
use crate::chart::geometry::Surface;
use crate::chart::readout::Readout;
use crate::chart::scale::{Bounds, Scale};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const STEP: u64 = 60_000;
const NOW: Millis = 10_000_000;

/// Returns the past of a topic of which the stretch is loaded, with these buckets as JSON.
fn past(stretch: std::ops::Range<Millis>, series: &serde_json::Value, lost: &serde_json::Value) -> TopicPast {
    let mut past = TopicPast::default();
    let raw_from = Millis::MAX;
    let wanted =
        Wanted { stretch, step_ms: Some(STEP), items: 0, raw_from, paused_at: None, newest_at: None };
    let ask = past.next(&wanted, NOW).unwrap();
    past.asked(1, ask, NOW);
    let reply = json!({
        "id": 1, "topic": "a", "epoch": "e", "from_ms": 0, "to_ms": 1, "step_ms": STEP, "kept_from_ms": 0,
        "head": {"epoch": "e", "offset": 9}, "series": series, "lost": lost,
    });
    past.answered(1, serde_json::from_value(reply).unwrap());
    past
}

/// Returns a set of publications, one each second from `from` on.
fn known(from: Millis, count: i64) -> SeriesSet {
    let mut set = SeriesSet::new(1_000);
    (0..count).for_each(|second| set.append(from + second * 1_000, [("v", 5.0)]));
    set
}

fn composed(past: &TopicPast, series: &SeriesSet, raw_from: Millis, own: &str) -> SeriesSet {
    compose(past, STEP, &Known { series, raw_from, own, hole_ms: None })
}

fn marks(set: &SeriesSet, window: std::ops::Range<Millis>) -> Vec<Mark> {
    with_scene(set, window, None, |scene| scene.marks())
}

fn with_scene<T>(
    set: &SeriesSet,
    window: std::ops::Range<Millis>,
    crosshair: Option<Millis>,
    read: impl FnOnce(&Scene<'_>) -> T,
) -> T {
    let scale = Scale::fit(set.extent(0, &window), &Unit::default(), Bounds::default(), 4);
    read(&Scene {
        hole_ms: Some(4_000),
        crosshair,
        is_past: true,
        ..Scene::new(
            set,
            window,
            (&Axes::one(scale, set.series().len()), &Unit::default()),
            Surface { width: 800.0, height: 200.0, density: 1.0, font_px: 10.0, digit_px: 6.0 },
        )
    })
}

fn lines(marks: &[Mark]) -> usize {
    marks.iter().filter(|mark| matches!(mark, Mark::Line { .. })).count()
}

#[test]
fn buckets_are_followed_by_publications_and_the_line_goes_on() {
    let series = json!([{"name": "v", "buckets": [
        [6_000_000, 59_000, 60, 59, 1, 2, 0.5, 97.25], [6_060_000, 59_000, 60, 59, 3, 4, 3, 4]]}]);
    let past = past(6_000_000..6_120_000, &series, &json!([]));
    let set = composed(&past, &known(6_120_000, 60), 6_120_000, "a");
    assert_eq!(
        set.samples(0, 0..5).collect::<Vec<_>>()[..4],
        [(6_000_000, 1.0), (6_059_000, 2.0), (6_060_000, 3.0), (6_119_000, 4.0)]
    );
    let marks = marks(&set, 6_000_000..6_180_000);
    assert_eq!(lines(&marks), 1, "{marks:?}");
    let bands = marks.iter().filter(|mark| matches!(mark, Mark::Band { .. })).count();
    assert_eq!(bands, 1);
    assert_eq!(
        set.extent(0, &(6_000_000..6_060_000)).map(|extent| (extent.min, extent.max)),
        Some((0.5, 97.25))
    );
}

#[test]
fn a_spike_of_one_value_in_a_bucket_reaches_its_height() {
    let series = json!([{"name": "v", "buckets": [[6_000_000, 59_000, 3_600, 3_599, 1, 1, 1, 1_480]]}]);
    let set =
        composed(&past(6_000_000..6_060_000, &series, &json!([])), &SeriesSet::new(9), Millis::MAX, "a");
    let window = 5_000_000..7_000_000;
    let (top, tops) = with_scene(&set, window, None, |scene| (scene.plot().y(1_480.0), scene.marks()));
    let is_reached =
        |mark: &Mark| matches!(mark, Mark::Band { points, .. } if points.iter().any(|at| at.y == top));
    assert!(tops.iter().any(is_reached));
}

#[test]
fn data_that_is_older_than_everything_that_was_received_is_not_called_missing() {
    let mut set = SeriesSet::new(9);
    set.reduce(Reduced { step_ms: STEP, raw_from: 0, kept_from: Some(7_500_000) }, 9);
    set.append(6_500_000, [("v", 5.0)]);
    let marks = marks(&set, 6_000_000..8_000_000);
    let says =
        |words: &str| marks.iter().any(|mark| matches!(mark, Mark::Text { text, .. } if text == words));
    assert!(says("nothing kept before 01:48") && !says("nothing kept before 02:05"), "{marks:?}");
}

#[test]
fn nothing_is_joined_across_a_silence_or_a_loss() {
    let at = |minute: i64| json!([6_000_000 + minute * 60_000, 59_000, 60, 59, 1, 2, 1, 2]);
    let silent = json!([{"name": "v", "buckets": [at(0), at(1), at(9), at(10)]}]);
    let set =
        composed(&past(6_000_000..7_000_000, &silent, &json!([])), &SeriesSet::new(9), Millis::MAX, "a");
    assert_eq!(lines(&marks(&set, 6_000_000..7_000_000)), 2);
    let steady = json!([{"name": "v", "buckets": [at(0), at(1), at(2)]}]);
    let lost = json!([[6_059_000, 1_000, 7]]);
    let set = composed(&past(6_000_000..7_000_000, &steady, &lost), &SeriesSet::new(9), Millis::MAX, "a");
    let marks = marks(&set, 6_000_000..7_000_000);
    assert_eq!(lines(&marks), 2);
    assert!(marks.iter().any(|mark| matches!(mark, Mark::Hatch(_))));
    assert_eq!(marks.iter().filter(|mark| matches!(mark, Mark::Band { .. })).count(), 2);
}

#[test]
fn values_that_come_less_often_than_buckets_are_joined_except_across_a_silence() {
    let at = |second: i64| json!([6_000_000 + second * 100_000 + second % 3, 0, 1, 0, second]);
    let series = json!([{"name": "v", "buckets": [at(0), at(1), at(2), at(3), at(4), at(14), at(15)]}]);
    let set =
        composed(&past(6_000_000..7_900_000, &series, &json!([])), &SeriesSet::new(9), Millis::MAX, "a");
    let marks = marks(&set, 6_000_000..7_900_000);
    assert_eq!((lines(&marks), marks.iter().any(|mark| matches!(mark, Mark::Dot { .. }))), (2, false));
}

#[test]
fn a_loss_stays_visible_at_every_zoom() {
    let at = |minute: i64| json!([6_000_000 + minute * 60_000, 59_000, 60, 59, 1, 2, 1, 2]);
    let series = json!([{"name": "v", "buckets": [at(0), at(1), at(2)]}]);
    let past = past(6_000_000..7_000_000, &series, &json!([[6_059_000, 1_000, 1]]));
    for span_ms in [60_000, 3_600_000, 86_400_000, 604_800_000] {
        let set = composed(&past, &SeriesSet::new(9), Millis::MAX, "a");
        let window = 6_059_500 - span_ms / 2..6_059_500 + span_ms / 2;
        let hatch = marks(&set, window).into_iter().find_map(|mark| match mark {
            Mark::Hatch(rect) => Some(rect.width),
            _ => None,
        });
        assert!(hatch.is_some_and(|width| width >= 2.0), "{span_ms}: {hatch:?}");
    }
}

#[test]
fn a_loss_is_between_the_values_beside_it_whatever_the_clock_of_the_publisher() {
    let series = json!([{"name": "v", "buckets": [
        [6_000_000, 59_000, 60, 59, 1, 2, 1, 2], [6_100_000, 59_000, 60, 59, 1, 2, 1, 2]]}]);
    let past = past(6_000_000..7_000_000, &series, &json!([[6_059_000, 41_000, 41]]));
    for error_ms in [-3_600_000, 0, 240_000] {
        let mut known = SeriesSet::new(9);
        known.correct_clock(error_ms);
        let set = composed(&past, &known, Millis::MAX, "a");
        let times: Vec<_> = set.samples(0, 0..set.len()).map(|(ts_ms, _)| ts_ms).collect();
        let lost: Vec<_> = set.lost().iter().collect();
        assert_eq!(lost, std::slice::from_ref(&(times[1] + 1..times[2])), "{error_ms}");
    }
}

#[test]
fn a_null_in_the_past_parts_the_line() {
    let series = json!([{"name": "v", "buckets": [
        [6_000_000, 0, 1, 0, 1], [6_001_000, 0, 1, 0, null], [6_002_000, 0, 1, 0, 2], [6_003_000, 0, 1, 0, 3]]}]);
    let set =
        composed(&past(6_000_000..6_060_000, &series, &json!([])), &SeriesSet::new(9), Millis::MAX, "a");
    let marks = marks(&set, 6_000_000..6_010_000);
    let dots = marks.iter().filter(|mark| matches!(mark, Mark::Dot { .. })).count();
    assert_eq!((dots, lines(&marks)), (1, 1));
}

#[test]
fn what_is_neither_loaded_nor_in_the_page_is_marked() {
    let series = json!([{"name": "v", "buckets": [[6_000_000, 59_000, 60, 0, 1]]}]);
    let past = past(6_000_000..6_060_000, &series, &json!([]));
    let set = composed(&past, &known(8_000_000, 60), 8_000_000, "a");
    let unloaded: Vec<_> = set.unloaded().iter().collect();
    assert_eq!(unloaded, [0..5_940_000, 6_120_000..8_000_000]);
    let set = composed(&TopicPast::default(), &known(8_000_000, 60), 8_000_000, "a");
    assert_eq!(set.unloaded().iter().collect::<Vec<_>>(), std::slice::from_ref(&(Millis::MIN..8_000_000)));
}

#[test]
fn the_crosshair_reads_the_bucket_with_the_digits_that_were_sent() {
    let series = json!([{"name": "", "buckets": [[6_000_000, 59_000, 60, 59, 1.50, 2.500, 0.050, 97.20]]}]);
    let past = past(6_000_000..6_060_000, &series, &json!([]));
    let set = composed(&past, &SeriesSet::new(9), Millis::MAX, "temp");
    let readout = with_scene(&set, 5_900_000..6_100_000, Some(6_059_500), Readout::of);
    let reading = &readout.readings[0];
    assert_eq!((reading.name.as_str(), reading.text.as_str()), ("temp", "2.5"));
    assert_eq!(reading.range.as_deref(), Some("last of 60 values, 0.05 to 97.2"));
}

#[test]
fn without_a_crosshair_the_last_value_of_the_stretch_is_read_and_not_the_newest() {
    let series = json!([{"name": "v", "buckets": [[6_000_000, 59_000, 60, 59, 1, 2, 1, 2]]}]);
    let past = past(6_000_000..6_060_000, &series, &json!([]));
    let set = composed(&past, &known(8_000_000, 60), 8_000_000, "a");
    assert_eq!(with_scene(&set, 5_900_000..6_100_000, None, Readout::of).readings[0].text, "2");
}

#[test]
fn colours_stay_with_their_series_whatever_the_past_contains() {
    let mut known = SeriesSet::new(9);
    known.append(9_000_000, [("in", 1.0), ("out", 2.0)]);
    let bucket = json!([[6_000_000, 59_000, 60, 0, 1]]);
    let series = json!([{"name": "old", "buckets": bucket}, {"name": "out", "buckets": bucket}]);
    let set = composed(&past(6_000_000..6_060_000, &series, &json!([])), &known, 9_000_000, "a");
    let names: Vec<_> = set.series().iter().map(|series| series.name()).collect();
    assert_eq!(names, ["in", "out", "old"]);
}

#[test]
fn a_state_beside_numbers_is_one_or_nought_as_in_live_data() {
    let series = json!([{"name": "on", "buckets": [[6_000_000, 59_000, 60, 3, false, true]]}]);
    let set =
        composed(&past(6_000_000..6_060_000, &series, &json!([])), &SeriesSet::new(9), Millis::MAX, "a");
    assert_eq!(set.extent(0, &(0..NOW)).map(|extent| (extent.min, extent.max)), Some((0.0, 1.0)));
}

#[test]
fn late_buckets_do_not_make_a_series_look_stopped() {
    let known = known(9_000_000, 60);
    let series = json!([{"name": "v", "buckets": [[6_000_000, 59_000, 60, 0, 1]]}]);
    let set = composed(&past(6_000_000..6_060_000, &series, &json!([])), &known, 9_000_000, "a");
    assert_eq!((set.stopped(), set.newest(0).map(|newest| newest.moment.ts_ms)), (0, Some(9_059_000)));
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// At every zoom, the drawn bands reach the lowest and the highest value in the window, and no line or band
        /// covers the time of a loss.
        #[test]
        fn the_extremes_are_drawn_and_losses_are_not_crossed(
            values in proptest::collection::vec((-50_i64..50, 0_i64..50), 3..40),
            lost_after in 0_usize..2,
            zoom in 1_i64..30,
        ) {
            let bucket = |(index, (low, more)): (usize, &(i64, i64))| {
                let first = 6_000_000 + i64::try_from(index).unwrap() * 60_000;
                json!([first, 59_000, 60, 59, low, low + more, low, low + more])
            };
            let series = json!([{"name": "v", "buckets": values.iter().enumerate().map(bucket).collect::<Vec<_>>()}]);
            let lost_from = 6_059_000 + i64::try_from(lost_after).unwrap() * 60_000;
            let past = past(6_000_000..9_000_000, &series, &json!([[lost_from, 1_000, 3]]));
            let set = composed(&past, &SeriesSet::new(9), Millis::MAX, "a");
            let window = 6_000_000 - zoom * 60_000..9_000_000 + zoom * 60_000;
            let (low, high) = (values.iter().map(|(low, _)| *low).min(), values.iter().map(|(low, more)| low + more).max());
            let extent = set.extent(0, &window).unwrap();
            prop_assert_eq!((Some(extent.min as i64), Some(extent.max as i64)), (low, high));
            let (left, right, marks) = with_scene(&set, window, None, |scene| {
                let plot = scene.plot();
                (plot.x(lost_from), plot.x(lost_from + 1_000), scene.marks())
            });
            for mark in marks {
                let (Mark::Line { points, .. } | Mark::Band { points, .. }) = mark else { continue };
                let begins = points.iter().map(|at| at.x).fold(f64::MAX, f64::min);
                let ends = points.iter().map(|at| at.x).fold(f64::MIN, f64::max);
                prop_assert!(ends <= left + 1e-6 || begins >= right - 1e-6, "{begins} to {ends} crosses {left} to {right}");
            }
        }
    }
}
