//! Properties of all shapes, whatever the data is.

use proptest::prelude::*;

use super::super::draw::{Mark, Shape};
use super::super::geometry::{Point, Rect};
use super::test_scenes::{Bench, SURFACE};
use super::*;

const SHAPES: [fn() -> Shape; 10] = [
    || line(true),
    || area(false),
    || area(true),
    || step(false),
    || step(true),
    || bars(false),
    || bars(true),
    stacked,
    heatmap,
    || line(false),
];

/// Any values of some series: at any of some times, a number or a gap.
fn series() -> impl Strategy<Value = Vec<Vec<(i64, f64)>>> {
    let value = prop_oneof![
        4 => -1e3_f64..1e3,
        1 => Just(0.0),
        1 => Just(f64::NAN),
        1 => prop_oneof![Just(1e300), Just(-1e300), Just(1e-300)],
    ];
    let values = prop::collection::btree_map(0_i64..200, value, 0..60);
    let times =
        values.prop_map(|values| values.into_iter().map(|(at, value)| (at * 500, value)).collect::<Vec<_>>());
    prop::collection::vec(times, 1..5)
}

fn bench(series: &[Vec<(i64, f64)>]) -> Bench {
    const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
    let named: Vec<(&str, &[(i64, f64)])> = NAMES.into_iter().zip(series.iter().map(Vec::as_slice)).collect();
    let mut bench = Bench::new(&named);
    bench.hole_ms = Some(5_000);
    bench
}

/// Returns the corners of the marks that show values.
fn corners(mark: &Mark) -> Vec<Point> {
    match mark {
        Mark::Line { points, .. } | Mark::Area { points, .. } | Mark::Band { points, .. } => points.clone(),
        Mark::Dot { at, .. } => vec![*at],
        Mark::Block { rect, .. } => {
            vec![Point { x: rect.left, y: rect.top }, Point { x: rect.right(), y: rect.bottom() }]
        }
        _ => Vec::new(),
    }
}

/// Returns the horizontal ends of a mark that shows values.
fn width(mark: &Mark) -> Option<(f64, f64)> {
    let corners = corners(mark);
    let all = || corners.iter().map(|at| at.x);
    (!corners.is_empty())
        .then(|| (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max)))
}

proptest! {
    #[test]
    fn all_marks_are_inside_the_plot(series in series()) {
        let bench = bench(&series);
        for shape in SHAPES {
            let (area, marks) = bench.with_scene(shape(), |scene| (scene.plot().area, scene.marks()));
            let room = Rect { left: area.left - 0.01, top: area.top - 0.01, width: area.width + 0.02, height: area.height + 0.02 };
            for mark in &marks {
                for at in corners(mark) {
                    prop_assert!(room.contains(at), "{mark:?} is outside of {area:?}");
                }
            }
            prop_assert!(area.right() <= SURFACE.width);
        }
    }

    #[test]
    fn no_mark_reaches_across_data_that_is_lost(series in series(), from in 20_i64..150, length in 1_i64..40) {
        // Nothing is known of the time that is lost.
        let lost = from * 500..(from + length) * 500;
        let known: Vec<Vec<(i64, f64)>> = series
            .iter()
            .map(|values| values.iter().copied().filter(|(at, _)| *at < lost.start || *at >= lost.end).collect())
            .collect();
        let mut bench = bench(&known);
        bench.set.lost_mut().add(lost.clone());
        for shape in SHAPES {
            let (plot, marks) = bench.with_scene(shape(), |scene| (scene.plot(), scene.marks()));
            let (start, end) = (plot.x(lost.start), plot.x(lost.end));
            for (left, right) in marks.iter().filter_map(width) {
                prop_assert!(right <= start + 1.01 || left >= end - 1.01, "{left} to {right} over {start} to {end}");
            }
        }
    }
}
