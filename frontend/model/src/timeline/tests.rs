use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOW: Millis = 1_800_000_000_000;
const MINUTE: Millis = 60_000;

fn live() -> Timeline {
    Timeline::new(Window::Quarter, None)
}

fn kept_for(ms: Millis) -> Timeline {
    let mut timeline = live();
    timeline.learn_oldest(Some(NOW - ms), None);
    timeline
}

#[test]
fn a_brush_shows_exactly_the_time_that_was_brushed() {
    let mut timeline = live();
    timeline.show(NOW - 9 * MINUTE..NOW - 5 * MINUTE, NOW, false);
    assert_eq!(timeline.view(), View::Past { from: NOW - 9 * MINUTE, to: NOW - 5 * MINUTE });
    assert_eq!(timeline.stretch(NOW + MINUTE), NOW - 9 * MINUTE..NOW - 5 * MINUTE, "it does not move");
}

#[test]
fn a_zoom_keeps_the_time_under_the_pointer_in_its_place() {
    let mut timeline = Timeline::new(Window::Hour, Some(NOW - 100 * MINUTE..NOW - 60 * MINUTE));
    timeline.zoom(NOW - 90 * MINUTE, 0.5, NOW, 0);
    assert_eq!(timeline.stretch(NOW), NOW - 95 * MINUTE..NOW - 75 * MINUTE);
}

#[test]
fn turns_of_a_wheel_are_undone_together_and_later_zooms_alone() {
    let mut timeline = live();
    for at in [0, 100, 200] {
        timeline.zoom(NOW - MINUTE, 0.8, NOW, at);
    }
    let zoomed = timeline.view();
    timeline.zoom(NOW - MINUTE, 0.8, NOW, 5_000);
    assert!(timeline.undo());
    assert_eq!(timeline.view(), zoomed);
    assert!(timeline.undo());
    assert_eq!(timeline.view(), View::Live { window: Window::Quarter });
    assert!(!timeline.undo());
}

#[test]
fn no_stretch_is_shorter_than_a_second_or_ends_after_the_present() {
    let mut timeline = live();
    for at in 0..99 {
        timeline.zoom(NOW, 0.5, NOW, at);
    }
    assert_eq!(timeline.stretch(NOW), NOW - LEAST_SPAN_MS..NOW);
    timeline.show(NOW - 5..NOW + 5 * MINUTE, NOW, false);
    assert_eq!(timeline.stretch(NOW).end, NOW);
}

#[test]
fn the_reader_can_select_data_that_is_older_than_everything_that_was_received() {
    let mut timeline = live();
    timeline.learn_oldest(Some(NOW - MINUTE), Some(NOW - 10 * MINUTE));
    let selected = NOW - 9 * MINUTE..NOW - 8 * MINUTE;
    timeline.show(selected.clone(), NOW, false);
    assert_eq!(timeline.stretch(NOW), selected);
    timeline.learn_oldest(Some(NOW - MINUTE), Some(NOW - 9 * MINUTE));
    timeline.show(NOW - 20 * MINUTE..NOW - 19 * MINUTE, NOW, false);
    assert_eq!(timeline.stretch(NOW).start, NOW - 10 * MINUTE, "charts have shown it before");
}

#[test]
fn the_reader_cannot_go_before_the_oldest_data() {
    let mut timeline = kept_for(60 * MINUTE);
    timeline.pan(-300 * MINUTE, NOW);
    assert_eq!(timeline.stretch(NOW), NOW - 60 * MINUTE..NOW - 45 * MINUTE);
    for at in 0..20 {
        timeline.zoom(NOW - 50 * MINUTE, 2.0, NOW, at);
    }
    assert_eq!(timeline.stretch(NOW), NOW - 60 * MINUTE..NOW);
}

#[test]
fn a_window_longer_than_what_is_kept_ends_now_and_does_not_move() {
    let mut timeline = kept_for(5 * MINUTE);
    timeline.pan(-MINUTE, NOW);
    assert_eq!(timeline.stretch(NOW), NOW - 15 * MINUTE..NOW);
}

#[test]
fn going_back_and_forth_by_the_window_ends_at_live_data() {
    let mut timeline = live();
    let quarter = Window::Quarter.ms() / 4;
    timeline.pan(-quarter, NOW);
    assert_eq!(timeline.stretch(NOW), NOW - 5 * quarter..NOW - quarter);
    timeline.pan(quarter, NOW + MINUTE);
    assert_eq!(timeline.view(), View::Live { window: Window::Quarter }, "a minute later");
    timeline.pan(-2 * quarter, NOW);
    timeline.pan(quarter, NOW);
    assert!(timeline.view().past().is_some(), "only a quarter of the way");
}

#[test]
fn a_zoomed_stretch_stops_at_the_present() {
    let mut timeline = live();
    timeline.show(NOW - 3 * MINUTE..NOW - MINUTE, NOW, false);
    timeline.pan(5 * MINUTE, NOW);
    assert_eq!(timeline.view(), View::Past { from: NOW - 2 * MINUTE, to: NOW });
    timeline.go_live();
    assert_eq!(timeline.view(), View::Live { window: Window::Quarter });
}

#[test]
fn a_drag_is_undone_as_a_whole() {
    let mut timeline = live();
    timeline.show(NOW - 20 * MINUTE..NOW - 5 * MINUTE, NOW, false);
    for step in 1..9 {
        timeline.show(NOW - (20 + step) * MINUTE..NOW - (5 + step) * MINUTE, NOW, true);
    }
    timeline.undo();
    assert_eq!(timeline.view(), View::Live { window: Window::Quarter });
}

#[test]
fn a_window_chosen_in_the_past_keeps_the_middle() {
    let mut timeline = Timeline::new(Window::Quarter, Some(NOW - 100 * MINUTE..NOW - 90 * MINUTE));
    timeline.choose(Window::Hour, NOW);
    assert_eq!(timeline.stretch(NOW), NOW - 125 * MINUTE..NOW - 65 * MINUTE);
    assert_eq!(timeline.window(), Window::Quarter, "the live window stays");
    timeline.go_live();
    timeline.choose(Window::Day, NOW);
    assert_eq!((timeline.view(), timeline.window()), (View::Live { window: Window::Day }, Window::Day));
}

#[test]
fn an_address_with_times_that_make_no_sense_shows_a_second() {
    for (start, end) in [(9, 9), (9, 5), (Millis::MAX - 1, 0)] {
        let stretch = Timeline::new(Window::Hour, Some(Range { start, end })).stretch(NOW);
        assert!(stretch.end >= stretch.start);
    }
}

#[test]
fn only_so_many_earlier_views_are_kept() {
    let mut timeline = live();
    for step in 0..500 {
        timeline.show(NOW - (step + 2) * MINUTE..NOW - step * MINUTE, NOW, false);
    }
    let mut steps = 0;
    while timeline.undo() {
        steps += 1;
    }
    assert_eq!(steps, MOST_STEPS);
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Move {
        Zoom(f64, f64),
        Pan(f64),
        Brush(f64, f64),
        Choose(usize),
        Live,
        Undo,
    }

    /// Moves, of which a timeline can keep every one.
    fn moves() -> impl Strategy<Value = Vec<Move>> {
        let one = prop_oneof![
            (0.0..1.0, 0.1..9.0).prop_map(|(at, factor)| Move::Zoom(at, factor)),
            (-9.0..9.0).prop_map(Move::Pan),
            (-1.0..2.0, -1.0..2.0).prop_map(|(from, to)| Move::Brush(from, to)),
            (0_usize..7).prop_map(Move::Choose),
            Just(Move::Live),
            Just(Move::Undo),
        ];
        proptest::collection::vec(one, 1..=MOST_STEPS)
    }

    fn make(timeline: &mut Timeline, one: Move, edge: Millis, at: u64) {
        let now = timeline.stretch(edge);
        let place = |share: f64| now.start + ((now.end - now.start) as f64 * share) as Millis;
        match one {
            Move::Zoom(at_share, factor) => timeline.zoom(place(at_share), factor, edge, at),
            Move::Pan(share) => timeline.pan(place(share) - now.start, edge),
            Move::Brush(from, to) => timeline.show(place(from.min(to))..place(from.max(to)), edge, false),
            Move::Choose(index) => timeline.choose(Window::ALL[index], edge),
            Move::Live => timeline.go_live(),
            Move::Undo => drop(timeline.undo()),
        }
    }

    proptest! {
        #[test]
        fn however_the_reader_moves_the_stretch_is_within_its_bounds(
            moves in moves(),
            kept_ms in proptest::option::of(1_000_i64..90 * 86_400_000),
        ) {
            let mut timeline = live();
            timeline.learn_oldest(kept_ms.map(|ms| NOW - ms), None);
            for (count, one) in (0..).zip(moves) {
                let edge = NOW + count * 1_000;
                make(&mut timeline, one, edge, count as u64 * 400);
                let stretch = timeline.stretch(edge);
                prop_assert!(stretch.end <= edge);
                prop_assert!(stretch.end - stretch.start >= LEAST_SPAN_MS);
                let is_kept = kept_ms.is_none_or(|ms| stretch.start >= NOW - ms);
                prop_assert!(is_kept || stretch.end - stretch.start > kept_ms.unwrap_or(0));
            }
        }

        #[test]
        fn every_move_can_be_undone(moves in moves()) {
            let mut timeline = live();
            for (count, one) in (0..).zip(moves) {
                if !matches!(one, Move::Undo) {
                    make(&mut timeline, one, NOW, count * 9_999);
                }
            }
            while timeline.undo() {}
            prop_assert_eq!(timeline.view().past(), None);
        }
    }
}
