//! Areas that stand on each other. Depends on [`super::super::draw`] and [`super::super::decimate`].

use std::ops::Range;

use super::super::axes::{Axes, Axis, Wanted};
use super::super::decimate::{Breaks, Sample, decimate};
use super::super::draw::{Ink, Mark, Scene};
use super::super::extent::Extent;
use super::super::geometry::{Plot, Point};
use super::super::scale::Scale;
use super::super::series::SeriesSet;
use super::super::spans::Spans;

/// Stretches are exact to this time.
const EXACT_MS: i64 = 1;

/// One series of a stack.
struct Layer {
    /// The lines that a chart would draw of the series, which are separated by gaps.
    runs: Vec<Vec<Sample>>,
    /// True if the series has a number before the first run.
    has_earlier: bool,
    /// True if the series has stopped, while others of the stack go on.
    is_over: bool,
}

/// A stretch of time in which the same series have values at all times.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stretch {
    /// Places of the series in the list of series, the lowest first.
    pub layers: Vec<usize>,
    /// Times at which one of the series has a value.
    pub times: Vec<i64>,
    /// For each of the series, its upper edge at these times: the sum of its value and of those below it.
    pub tops: Vec<Vec<f64>>,
}

/// Way in which a series takes part in the stack between two times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Joined,
    /// The series has not begun, or has stopped.
    Absent,
    /// The value is not known, so that nobody knows the sum.
    Unknown,
}

/// Computes axes that contain zero and all sums.
pub(super) fn fit(wanted: &Wanted<'_>, before: Option<&Axes>) -> Axes {
    Axes::fit_by(wanted, before, |wanted, columns, unit, bounds, intervals| {
        let extents = stacks(wanted.set, columns)
            .into_iter()
            .filter_map(|columns| extent(&layers(wanted.set, &columns, &wanted.window, None)));
        Scale::fit(extents.reduce(Extent::with), unit, bounds, intervals)
    })
}

/// Adds areas that stand on each other, and the upper edges of those of an earlier time. Where a series has a gap, the sum is not known,
/// and nothing is drawn.
pub(super) fn draw(scene: &Scene<'_>, plot: &Plot, axis: &Axis, marks: &mut Vec<Mark>) {
    let [present, earlier] = stacks(scene.set, &axis.columns);
    draw_stack(scene, plot, &present, true, marks);
    draw_stack(scene, plot, &earlier, false, marks);
}

/// Divides series into two stacks: those of the present, and those that show one of them at an earlier time.
fn stacks(set: &SeriesSet, columns: &[(usize, f64)]) -> [Vec<(usize, f64)>; 2] {
    let is_present = |(column, _): &(usize, f64)| set.apart(*column).is_none_or(|apart| apart.like.is_none());
    let (present, earlier) = columns.iter().copied().partition(is_present);
    [present, earlier]
}

fn draw_stack(
    scene: &Scene<'_>,
    plot: &Plot,
    columns: &[(usize, f64)],
    is_filled: bool,
    marks: &mut Vec<Mark>,
) {
    let layers = layers(scene.set, columns, &scene.window, scene.hole_ms);
    let base_y = plot.y(0.0_f64.clamp(plot.min, plot.max));
    let ink = |layer: usize| scene.ink(columns.get(layer).map_or(layer, |(column, _)| *column));
    let mut lines = Vec::new();
    for stretch in stretches(&layers) {
        let mut below: Vec<Point> = Vec::new();
        for (layer, tops) in stretch.layers.iter().zip(&stretch.tops) {
            let edge = edge(plot, scene, &stretch.times, tops);
            if let [at] = edge[..] {
                lines.push(Mark::Dot { ink: ink(*layer), at });
                continue;
            }
            if below.is_empty() {
                below = edge
                    .first()
                    .into_iter()
                    .chain(edge.last())
                    .map(|at| Point { x: at.x, y: base_y })
                    .collect();
            }
            if is_filled {
                let points = edge.iter().chain(below.iter().rev()).copied().collect();
                marks.push(Mark::Band { ink: ink(*layer), points });
            }
            lines.push(Mark::Line { ink: ink(*layer), points: edge.clone() });
            below = edge;
        }
    }
    // The newest stretch ends with markers, which tell the edges apart without their colours.
    let newest = lines.iter().rev().map_while(|mark| match mark {
        Mark::Line { ink, points } => {
            Some((*ink, *points.iter().rev().find(|at| at.x <= plot.area.right())?))
        }
        _ => None,
    });
    let mut seen: Vec<Ink> = Vec::new();
    let ends: Vec<Mark> = newest
        .map_while(|(ink, at)| {
            let is_new = !seen.contains(&ink);
            seen.push(ink);
            is_new.then_some(Mark::End { ink, at })
        })
        .collect();
    marks.append(&mut lines);
    marks.extend(ends);
}

/// Returns a range that contains zero and all sums of some series, whichever of them take part in the stack.
fn extent(layers: &[Layer]) -> Option<Extent> {
    let times = times(layers);
    let mut ends = vec![(0.0_f64, 0.0_f64); times.len()];
    for layer in layers {
        for (end, value) in ends.iter_mut().zip(layer.values(&times)) {
            let value = value.map_or(0.0, |(_, value)| value);
            *end = (end.0 + value.min(0.0), end.1 + value.max(0.0));
        }
    }
    let ends = ends.into_iter().flat_map(|(low, high)| [low, high]).filter(|end| end.is_finite());
    ends.map(Extent::of).reduce(Extent::with)
}

/// Returns the points of an edge, reduced to what the screen can show.
fn edge(plot: &Plot, scene: &Scene<'_>, times: &[i64], tops: &[f64]) -> Vec<Point> {
    let samples = times.iter().copied().zip(tops.iter().copied());
    let breaks = Breaks { hole_ms: None, around: None, raw_from: i64::MIN, lost: &Spans::new() };
    let runs = decimate(samples, plot.pixel_ms(scene.surface.density), breaks);
    runs.into_iter().flatten().map(|sample| plot.at(sample)).collect()
}

/// Reads the series of one stack, which are given with the factors that convert their values into the unit of the axis.
fn layers(
    set: &SeriesSet,
    columns: &[(usize, f64)],
    window: &Range<i64>,
    hole_ms: Option<i64>,
) -> Vec<Layer> {
    // Rows of an earlier time may be beyond the present, and those of the present beyond what is loaded of the earlier time.
    let end_ms = last_time(set, columns);
    let layer = |(column, factor): &(usize, f64)| {
        let rows = set.rows_reaching(*column, window);
        let breaks = set.breaks(*column, hole_ms);
        let points = set.points(*column, rows.clone()).map(|(ts_ms, value)| (ts_ms, value * factor));
        let runs: Vec<Vec<Sample>> = decimate(points, EXACT_MS, breaks);
        let last_ms = runs.last().and_then(|run| run.last()).map_or(i64::MIN, |(ts_ms, _)| *ts_ms);
        Layer {
            runs,
            has_earlier: set.rows_with_number(*column, 0..rows.start).next().is_some(),
            // A series with a value after the window has not stopped in it.
            is_over: breaks.hole_ms.zip(end_ms).is_some_and(|(hole_ms, end_ms)| {
                last_ms <= window.end && end_ms.saturating_sub(last_ms) > hole_ms
            }),
        }
    };
    columns.iter().map(layer).collect()
}

/// Returns the time of the newest row in which one of the series has a number or a gap.
fn last_time(set: &SeriesSet, columns: &[(usize, f64)]) -> Option<i64> {
    let has_value = |row: &usize| {
        let mut points = columns.iter().flat_map(|(column, _)| set.points(*column, *row..*row + 1));
        points.next().is_some()
    };
    (0..set.len()).rev().find(has_value).and_then(|row| set.time(row))
}

/// Returns the times of all values.
fn times(layers: &[Layer]) -> Vec<i64> {
    let samples = layers.iter().flat_map(|layer| layer.runs.iter().flatten());
    let mut times: Vec<i64> = samples.map(|(ts_ms, _)| *ts_ms).collect();
    times.sort_unstable();
    times.dedup();
    times
}

/// Returns the stretches of time in which the sum is known, and the upper edges of the series in them.
fn stretches(layers: &[Layer]) -> Vec<Stretch> {
    let times = times(layers);
    let values: Vec<Vec<Option<(usize, f64)>>> = layers.iter().map(|layer| layer.values(&times)).collect();
    let part = |layer: usize, from: usize, to: usize| {
        let joined = values[layer][from].zip(values[layer][to]).is_some_and(|(from, to)| from.0 == to.0);
        match layers[layer].is_absent(times[from], times[to]) {
            _ if joined => Part::Joined,
            true => Part::Absent,
            false => Part::Unknown,
        }
    };
    let joined = |from: usize, to: usize| -> Vec<usize> {
        let parts: Vec<Part> = (0..layers.len()).map(|layer| part(layer, from, to)).collect();
        let is_known = !parts.contains(&Part::Unknown);
        (0..layers.len()).filter(|layer| is_known && parts[*layer] == Part::Joined).collect()
    };
    let mut found: Vec<Stretch> = Vec::new();
    let mut before: Vec<usize> = Vec::new();
    for place in 0..times.len() {
        let next = if place + 1 < times.len() { joined(place, place + 1) } else { Vec::new() };
        let at = |layers: &[usize]| {
            sums(layers.iter().map(|layer| values[*layer][place].map_or(0.0, |(_, value)| value)))
        };
        if let Some(last) = found.last_mut().filter(|_| !before.is_empty()) {
            last.add(times[place], at(&before));
        }
        let alone = if before.is_empty() && next.is_empty() { joined(place, place) } else { Vec::new() };
        if (!next.is_empty() && next != before) || !alone.is_empty() {
            let members = if alone.is_empty() { next.clone() } else { alone };
            let mut begun =
                Stretch { tops: vec![Vec::new(); members.len()], times: Vec::new(), layers: members };
            begun.add(times[place], at(&begun.layers));
            found.push(begun);
        }
        before = next;
    }
    found
}

impl Stretch {
    fn add(&mut self, ts_ms: i64, tops: Vec<f64>) {
        self.times.push(ts_ms);
        self.tops.iter_mut().zip(tops).for_each(|(edge, top)| edge.push(top));
    }
}

impl Layer {
    /// Returns the value at each of the times, which are in ascending order, with the number of the run that it is in; `None` where
    /// there is no run. Between two values of a run, it lies on the line that joins them.
    fn values(&self, times: &[i64]) -> Vec<Option<(usize, f64)>> {
        let (mut number, mut after) = (0, 0);
        let value = |ts_ms: &i64| {
            while self.runs.get(number).and_then(|run| run.last()).is_some_and(|(last_ms, _)| last_ms < ts_ms)
            {
                (number, after) = (number + 1, 0);
            }
            let run = self.runs.get(number)?;
            while run.get(after).is_some_and(|(at_ms, _)| at_ms < ts_ms) {
                after += 1;
            }
            let (at_ms, value) = *run.get(after)?;
            if at_ms == *ts_ms {
                return Some((number, value));
            }
            let (from_ms, from) = *run.get(after.checked_sub(1)?)?;
            let share = (ts_ms - from_ms) as f64 / (at_ms - from_ms) as f64;
            Some((number, from + share * (value - from)))
        };
        times.iter().map(value).collect()
    }

    /// Returns true if the series has not begun or has stopped between two times, so that it is no part of the sum.
    fn is_absent(&self, from_ms: i64, to_ms: i64) -> bool {
        let samples = || self.runs.iter().flatten();
        let first = samples().next().map(|(ts_ms, _)| *ts_ms);
        let last = samples().next_back().map(|(ts_ms, _)| *ts_ms);
        let is_before = !self.has_earlier && first.is_none_or(|first| to_ms <= first);
        let is_after = self.is_over && last.is_none_or(|last| from_ms >= last);
        is_before || is_after
    }
}

fn sums(values: impl Iterator<Item = f64>) -> Vec<f64> {
    values
        .scan(0.0, |sum, value| {
            *sum += value;
            Some(*sum)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::apart::Apart;
    use super::super::test_scenes::{Bench, lines};
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn found(bench: &Bench) -> Vec<Stretch> {
        let columns: Vec<(usize, f64)> = (0..bench.set.series().len()).map(|column| (column, 1.0)).collect();
        stretches(&layers(&bench.set, &columns, &bench.window, bench.hole_ms))
    }

    #[test]
    fn the_upper_edge_is_the_sum() {
        let bench = Bench::new(&[("a", &[(0, 1.0), (1_000, 2.0)]), ("b", &[(0, 10.0), (1_000, 20.0)])]);
        let stretches = found(&bench);
        assert_eq!(stretches.len(), 1);
        assert_eq!(stretches[0].tops, [vec![1.0, 2.0], vec![11.0, 22.0]]);
        let marks = bench.marks(super::super::stacked());
        let edges = lines(&marks);
        assert!(edges[1][0].y < edges[0][0].y && edges[1][1].y < edges[0][1].y);
    }

    #[test]
    fn values_of_other_times_are_added_on_the_lines_between_values() {
        let bench =
            Bench::new(&[("a", &[(0, 0.0), (2_000, 20.0)]), ("b", &[(0, 1.0), (1_000, 1.0), (2_000, 1.0)])]);
        assert_eq!(found(&bench)[0].tops, [vec![0.0, 10.0, 20.0], vec![1.0, 11.0, 21.0]]);
    }

    #[test]
    fn a_gap_of_one_series_is_a_gap_of_the_stack() {
        let mut bench = Bench::new(&[
            ("a", &[(0, 1.0), (1_000, 1.0), (2_000, 1.0), (3_000, 1.0), (4_000, 1.0), (5_000, 1.0)]),
            (
                "b",
                &[(0, 5.0), (1_000, 5.0), (2_000, f64::NAN), (3_000, f64::NAN), (4_000, 5.0), (5_000, 5.0)],
            ),
        ]);
        bench.hole_ms = Some(2_500);
        let times: Vec<Vec<i64>> = found(&bench).into_iter().map(|stretch| stretch.times).collect();
        assert_eq!(times, [vec![0, 1_000], vec![4_000, 5_000]]);
    }

    #[test]
    fn a_series_that_begins_or_stops_is_no_gap() {
        let mut bench = Bench::new(&[
            ("a", &[(0, 1.0), (1_000, 1.0), (2_000, 1.0), (3_000, 1.0), (4_000, 1.0), (5_000, 1.0)]),
            ("begins", &[(2_000, 5.0), (3_000, 5.0), (4_000, 5.0), (5_000, 5.0)]),
            ("stops", &[(0, 7.0), (1_000, 7.0), (2_000, 7.0)]),
        ]);
        bench.hole_ms = Some(2_500);
        let stretches: Vec<(Vec<usize>, Vec<i64>)> =
            found(&bench).into_iter().map(|stretch| (stretch.layers, stretch.times)).collect();
        assert_eq!(
            stretches,
            [(vec![0, 1], vec![0, 1_000, 2_000]), (vec![0, 2], vec![2_000, 3_000, 4_000, 5_000])]
        );
    }

    #[test]
    fn a_topic_that_stops_is_no_gap_in_a_panel_of_several_topics() {
        let each = |from: i64, to: i64, step: usize| -> Vec<(i64, f64)> {
            (from..=to).step_by(step).map(|second| (second * 1_000, 1.0)).collect()
        };
        let mut bench =
            Bench::new(&[("a", &each(0, 9, 1)), ("stops", &each(0, 2, 1)), ("slow", &each(0, 8, 4))]);
        // Such a panel has no hole of its own.
        for (column, hole_ms) in [2_500, 2_500, 20_000].into_iter().enumerate() {
            bench.set.set_apart(column, Apart { hole_ms: Some(hole_ms), ..Apart::default() });
        }
        let stretches: Vec<(Vec<usize>, Vec<i64>)> =
            found(&bench).into_iter().map(|stretch| (stretch.layers, stretch.times)).collect();
        let times = |from: i64, to: i64| -> Vec<i64> { (from..=to).map(|second| second * 1_000).collect() };
        assert_eq!(stretches, [(vec![0, 1, 2], times(0, 2)), (vec![0, 2], times(2, 8))]);
    }

    #[test]
    fn an_earlier_time_is_a_stack_of_its_own_without_areas() {
        let each = |value: f64| -> Vec<(i64, f64)> { (0..6).map(|second| (second * 1_000, value)).collect() };
        let mut incomplete = each(3.0);
        incomplete[2].1 = f64::NAN;
        let mut bench = Bench::new(&[
            ("a", &each(10.0)),
            ("b", &each(5.0)),
            ("a, a day ago", &each(7.0)),
            ("b, a day ago", &incomplete),
        ]);
        for (column, like) in [(2, 0), (3, 1)] {
            bench.set.set_apart(column, Apart { like: Some(like), ..Apart::default() });
        }
        let (plot, marks) = bench.with_scene(super::super::stacked(), |scene| (scene.plot(), scene.marks()));
        let areas: Vec<Ink> = marks
            .iter()
            .filter_map(|mark| if let Mark::Band { ink, .. } = mark { Some(*ink) } else { None })
            .collect();
        assert_eq!(areas, [Ink::Series(0), Ink::Series(1)]);
        let edges = marks.iter().filter_map(|mark| match mark {
            Mark::Line { ink, points } => Some((*ink, points.first()?.y)),
            _ => None,
        });
        let (a_ago, b_ago) = (Ink::Earlier(0), Ink::Earlier(1));
        // Only the earlier stack has a gap where the earlier data has one.
        let expected = [
            (Ink::Series(0), 10.0),
            (Ink::Series(1), 15.0),
            (a_ago, 7.0),
            (b_ago, 10.0),
            (a_ago, 7.0),
            (b_ago, 10.0),
        ]
        .map(|(ink, top)| (ink, plot.y(top)));
        assert_eq!(edges.collect::<Vec<_>>(), expected);
        assert!((15.0..25.0).contains(&plot.max), "the axis is that of the higher stack: {}", plot.max);
    }

    #[test]
    fn a_series_is_over_only_if_others_of_its_own_stack_go_on() {
        let each = |from: i64, to: i64| -> Vec<(i64, f64)> {
            (from..=to).step_by(5).map(|second| (second * 1_000, 1.0)).collect()
        };
        let (all, first) = (vec![0_usize, 1], vec![0_usize]);
        // The last time of `b` and of the earlier `a` in seconds, and the last stretch of both stacks. The earlier time reaches beyond the
        // present in the first and the last case, and is not loaded up to the present in the second one.
        let cases = [
            (57, 285, (&all, 57_000), (&all, 62_000)),
            (57, 30, (&all, 57_000), (&all, 27_000)),
            (22, 285, (&first, 60_000), (&all, 62_000)),
        ];
        for (b_to, earlier_to, present, earlier) in cases {
            let mut bench = Bench::new(&[
                ("a", &each(0, 60)),
                ("b", &each(2, b_to)),
                ("a, a day ago", &each(0, earlier_to)),
                ("b, a day ago", &each(2, earlier_to - 3)),
            ]);
            bench.window = 0..60_500;
            // A column is added with its first value: `a`, `a, a day ago`, `b`, `b, a day ago`.
            for (column, like) in [None, Some(0), None, Some(2)].into_iter().enumerate() {
                bench.set.set_apart(column, Apart { hole_ms: Some(20_000), like, ..Apart::default() });
            }
            let columns: Vec<(usize, f64)> = (0..4).map(|column| (column, 1.0)).collect();
            let ends = stacks(&bench.set, &columns).map(|columns| {
                let found = stretches(&layers(&bench.set, &columns, &bench.window, bench.hole_ms));
                found.last().map(|stretch| (stretch.layers.clone(), *stretch.times.last().unwrap()))
            });
            let expected = [present, earlier].map(|(layers, to)| Some((layers.clone(), to)));
            assert_eq!(ends, expected, "b until {b_to} s, earlier until {earlier_to} s");
        }
    }

    #[test]
    fn a_series_with_few_values_is_added_in_a_short_window_of_a_series_with_many() {
        let rare: Vec<(i64, f64)> = (0..10).map(|minute| (minute * 60_000, 5.0)).collect();
        let frequent: Vec<(i64, f64)> = (0..600).map(|second| (second * 1_000, 1.0)).collect();
        let mut bench = Bench::new(&[("rare", &rare), ("frequent", &frequent)]);
        bench.hole_ms = Some(4_000);
        bench.window = 250_500..290_500;
        let stretches = found(&bench);
        assert_eq!((stretches.len(), &stretches[0].layers), (1, &vec![0, 1]));
        assert!(stretches[0].times.first() <= Some(&250_500) && stretches[0].times.last() >= Some(&290_500));
        assert!(stretches[0].tops[1].iter().all(|sum| (sum - 6.0).abs() < 1e-9));
    }

    #[test]
    fn a_value_that_has_not_arrived_yet_is_waited_for() {
        let mut bench =
            Bench::new(&[("a", &[(0, 1.0), (1_000, 1.0), (2_000, 1.0)]), ("b", &[(0, 5.0), (1_000, 5.0)])]);
        bench.hole_ms = Some(2_500);
        assert_eq!(found(&bench)[0].times, [0, 1_000]);
    }
}
