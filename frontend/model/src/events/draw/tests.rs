use super::*;
use crate::chart::axes::Axes;
use crate::chart::format::Unit;
use crate::chart::geometry::Surface;
use crate::chart::scale::{Bounds, Scale};
use crate::chart::series::SeriesSet;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const SURFACE: Surface = Surface { width: 430.0, height: 160.0, density: 1.0, font_px: 10.0, digit_px: 6.0 };

fn events(times: &[i64]) -> Events {
    let mut events = Events::default();
    for (number, ts_ms) in (0..).zip(times) {
        events.add("ci/deploys", number, *ts_ms, "deploy 4.2");
    }
    events
}

/// Calls `read` with a chart whose window is 0 to 100 000.
fn with_scene<T>(surface: Surface, crosshair: Option<i64>, read: impl FnOnce(&Scene<'_>) -> T) -> T {
    let (set, unit) = (SeriesSet::new(4), Unit::default());
    let bounds = Bounds { min: Some(0.0), max: Some(10.0) };
    let axes = Axes::one(Scale::fit(None, &unit, bounds, 4), 1);
    read(&Scene { crosshair, ..Scene::new(&set, 0..100_000, (&axes, &unit), surface) })
}

fn drawn(surface: Surface, times: &[i64]) -> Vec<Mark> {
    let mut found = Vec::new();
    with_scene(surface, None, |scene| marks(&events(times), scene, &mut found));
    found
}

fn texts(marks: &[Mark]) -> Vec<&str> {
    let texts = marks.iter().filter_map(|mark| match mark {
        Mark::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

fn flags(marks: &[Mark]) -> usize {
    marks.iter().filter(|mark| matches!(mark, Mark::Line { .. })).count()
}

#[test]
fn an_event_in_the_window_has_a_dashed_line_and_a_flag_and_others_have_nothing() {
    let marks = drawn(SURFACE, &[-1, 50_000, 100_000]);
    let dashes: Vec<&Mark> = marks.iter().filter(|mark| matches!(mark, Mark::Rule { .. })).collect();
    assert!(dashes.len() > 5 && flags(&marks) == 1, "{marks:?}");
    assert_eq!(texts(&marks), [""; 0], "its words are read by pointing at it");
}

#[test]
fn events_that_are_close_together_share_a_flag_and_are_counted() {
    let marks = drawn(SURFACE, &[10_000, 11_000, 12_000, 13_000, 80_000]);
    assert_eq!((flags(&marks), texts(&marks)), (2, vec!["4"]));
}

#[test]
fn a_flag_at_the_right_edge_stays_in_the_chart() {
    let marks = drawn(SURFACE, &[99_900]);
    let right = |mark: &Mark| match mark {
        Mark::Line { points, .. } => points.iter().map(|point| point.x).fold(0.0, f64::max),
        _ => 0.0,
    };
    assert!(marks.iter().map(right).fold(0.0, f64::max) <= SURFACE.width, "{marks:?}");
}

#[test]
fn on_a_wall_the_words_are_beside_the_flag_if_there_is_room() {
    let wall = Surface { width: 1_200.0, height: 500.0, font_px: 40.0, digit_px: 22.0, ..SURFACE };
    assert_eq!(texts(&drawn(wall, &[10_000])), ["deploy 4.2"]);
    assert_eq!(texts(&drawn(wall, &[10_000, 20_000])), ["deploy 4.2"], "the first has no room");
}

#[test]
fn at_the_crosshair_the_events_of_a_flag_are_read() {
    let events = events(&[10_000, 12_000, 60_000]);
    let near = |at: Option<i64>, all| with_scene(SURFACE, at, |scene| near(&events, scene, all).len());
    assert_eq!((near(Some(11_000), false), near(Some(60_500), false)), (2, 1));
    assert_eq!((near(Some(35_000), false), near(None, false), near(None, true)), (0, 0, 3));
}
