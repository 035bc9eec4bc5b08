use proptest::prelude::*;
use serde_json::json;

use super::super::axes::Axes;
use super::super::format::Unit;
use super::super::geometry::Surface;
use super::super::scale::{Bounds, Scale};
use super::super::series::SeriesSet;
use super::*;

const SURFACE: Surface = Surface { width: 400.0, height: 160.0, density: 1.0, font_px: 10.0, digit_px: 6.0 };

fn marks_of(thresholds: &serde_json::Value, look: Look) -> (Vec<Mark>, Plot) {
    let mut set = SeriesSet::new(9);
    set.append(1_000, [("v", 5.0)]);
    set.append(2_000, [("v", 6.0)]);
    let unit = Unit::parse("ms");
    let axes = Axes::one(Scale::fit(None, &unit, Bounds { min: Some(0.0), max: Some(10.0) }, 4), 1);
    let limits = Limits::read(thresholds);
    let scene =
        Scene { look, limits: limits.as_deref(), ..Scene::new(&set, 0..5_000, (&axes, &unit), SURFACE) };
    let mut marks = Vec::new();
    scene.limit_marks(&mut marks);
    (marks, scene.plot())
}

fn texts(marks: &[Mark]) -> Vec<String> {
    let text = |mark: &Mark| match mark {
        Mark::Text { text, .. } => Some(text.replace('\u{202f}', " ")),
        _ => None,
    };
    marks.iter().filter_map(text).collect()
}

fn lines(marks: &[Mark]) -> impl Iterator<Item = (Means, &Vec<Point>)> {
    marks.iter().filter_map(|mark| match mark {
        Mark::Line { ink: Ink::Limit(means), points } => Some((*means, points)),
        _ => None,
    })
}

#[test]
fn a_threshold_is_a_dashed_line_with_a_shape_and_its_bound_in_words() {
    let (marks, plot) =
        marks_of(&json!([{"above": 8}, {"above": 4, "means": "warning"}, {"below": -3}]), Look::Line);
    assert_eq!(texts(&marks), ["4 ms", "8 ms", "−3 ms ↓"], "one below the axis is named at its end");
    let at = |means, value| {
        let y = plot.y(value);
        lines(&marks).filter(|(found, points)| *found == means && points.iter().all(|at| at.y == y)).count()
    };
    assert!(at(Means::Bad, 8.0) > 10 && at(Means::Warning, 4.0) > at(Means::Bad, 8.0), "dashes differ");
    let shapes: Vec<usize> = lines(&marks).map(|(_, points)| points.len()).filter(|len| *len > 2).collect();
    assert_eq!(shapes, [9, 4, 4], "a ring and two triangles");
}

#[test]
fn a_sparkline_has_the_line_without_words_and_a_chart_without_thresholds_nothing() {
    let (marks, _) = marks_of(&json!([{"above": 8}]), Look::Sparkline);
    assert!(lines(&marks).count() > 10 && texts(&marks).is_empty());
    assert_eq!(marks_of(&json!([]), Look::Line).0, []);
}

proptest! {
    #[test]
    fn marks_stay_inside_of_the_plot(bound in -1e9..1e9_f64, is_above: bool) {
        let threshold = if is_above { json!({"above": bound}) } else { json!({"below": bound}) };
        let (marks, plot) = marks_of(&json!([threshold]), Look::Line);
        for at in lines(&marks).flat_map(|(_, points)| points) {
            prop_assert!(plot.area.left - 0.1 <= at.x && at.x <= plot.area.right() + 0.1, "{at:?}");
            prop_assert!(plot.area.top - 0.1 <= at.y && at.y <= plot.area.bottom() + 0.1, "{at:?}");
        }
    }
}
