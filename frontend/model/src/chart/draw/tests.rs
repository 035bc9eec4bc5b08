use super::super::axes::Wanted;
use super::super::hidden::Hidden;
use super::super::scale::{Bounds, Scale};
use super::super::spans::Spans;
use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const SURFACE: Surface = Surface { width: 400.0, height: 160.0, density: 1.0, font_px: 10.0, digit_px: 6.0 };

fn set(samples: &[(i64, f64)]) -> SeriesSet {
    let mut set = SeriesSet::new(64);
    for (ts, value) in samples {
        set.append(*ts, [("v", *value)]);
    }
    set
}

fn steady() -> SeriesSet {
    set(&[(0, 1.0), (1_000, 2.0), (2_000, 3.0), (3_000, 4.0), (4_000, 5.0)])
}

fn scale() -> Axes {
    let bounds = Bounds { min: Some(0.0), max: Some(10.0) };
    Axes::one(Scale::fit(None, &Unit::default(), bounds, 4), 1)
}

fn scene<'a>(set: &'a SeriesSet, axes: &'a Axes) -> Scene<'a> {
    static UNIT: std::sync::LazyLock<Unit> = std::sync::LazyLock::new(Unit::default);
    Scene { hole_ms: Some(1_500), ..Scene::new(set, 0..5_000, (axes, &UNIT), SURFACE) }
}

fn lines(marks: &[Mark]) -> Vec<&Vec<Point>> {
    marks
        .iter()
        .filter_map(|mark| if let Mark::Line { points, .. } = mark { Some(points) } else { None })
        .collect()
}

fn hatched(marks: &[Mark]) -> Vec<Rect> {
    marks.iter().filter_map(|mark| if let Mark::Hatch(rect) = mark { Some(*rect) } else { None }).collect()
}

fn texts(marks: &[Mark]) -> Vec<&str> {
    marks
        .iter()
        .filter_map(|mark| if let Mark::Text { text, .. } = mark { Some(text.as_str()) } else { None })
        .collect()
}

fn dots(marks: &[Mark]) -> usize {
    marks.iter().filter(|mark| matches!(mark, Mark::Dot { .. })).count()
}

#[test]
fn a_steady_series_is_one_line_through_all_its_samples() {
    let (set, scale) = (steady(), scale());
    let marks = scene(&set, &scale).marks();
    let plot = scene(&set, &scale).plot();
    assert_eq!(lines(&marks).len(), 1);
    assert_eq!(lines(&marks)[0].last(), Some(&plot.at((4_000, 5.0))));
}

#[test]
fn a_lost_stretch_is_hatched_and_parts_the_line() {
    let (mut set, scale) = (steady(), scale());
    set.lost_mut().add(1_000..3_000);
    set.lost_mut().add(90_000..91_000);
    let scene = scene(&set, &scale);
    let (marks, plot) = (scene.marks(), scene.plot());
    assert_eq!(hatched(&marks).len(), 1);
    let hatch = hatched(&marks)[0];
    assert_eq!(hatch.left, plot.x(1_000));
    assert!((hatch.right() - plot.x(3_000)).abs() < 1e-6);
    assert_eq!((hatch.top, hatch.height), (plot.area.top, plot.area.height));
    assert!(lines(&marks).iter().all(|points| {
        points.windows(2).all(|pair| pair[1].x <= hatch.left || pair[0].x >= hatch.right() - 1e-6)
    }));
}

#[test]
fn a_hole_that_nobody_announced_parts_the_line_without_hatching() {
    let (set, scale) = (set(&[(0, 1.0), (1_000, 1.0), (3_000, 1.0), (4_000, 1.0)]), scale());
    let marks = scene(&set, &scale).marks();
    assert_eq!((lines(&marks).len(), hatched(&marks).len()), (2, 0));
}

#[test]
fn a_sample_between_two_holes_is_a_dot() {
    let (set, scale) = (set(&[(0, 1.0), (2_000, 1.0), (4_000, 1.0)]), scale());
    assert_eq!(dots(&scene(&set, &scale).marks()), 3);
}

#[test]
fn stale_data_is_dimmed_and_its_axes_are_not() {
    let (set, scale) = (steady(), scale());
    let marks = Scene { dimmed: true, ..scene(&set, &scale) }.marks();
    let dim = marks.iter().position(|mark| *mark == Mark::Dim).expect("dimmed");
    assert!(lines(&marks[..dim]).is_empty() && texts(&marks[dim..]).is_empty());
    assert!(!scene(&set, &scale).marks().contains(&Mark::Dim));
}

#[test]
fn points_that_were_filled_in_later_are_marked() {
    let (mut set, scale) = (steady(), scale());
    set.replayed_mut().add(2_000..4_000);
    let scene = scene(&set, &scale);
    let plot = scene.plot();
    let expected = Rect { left: plot.x(2_000), width: plot.x(4_000) - plot.x(2_000), ..plot.area };
    assert!(scene.marks().contains(&Mark::Replayed(expected)));
}

#[test]
fn a_stretch_of_a_millisecond_can_still_be_seen() {
    let (mut set, scale) = (steady(), scale());
    set.lost_mut().add(1_000..1_001);
    assert!(hatched(&scene(&set, &scale).marks())[0].width >= 2.0);
}

#[test]
fn a_stretch_at_the_right_edge_stays_inside_the_plot() {
    let (mut set, scale) = (steady(), scale());
    set.lost_mut().add(4_999..9_000);
    let scene = scene(&set, &scale);
    assert!(hatched(&scene.marks())[0].right() <= scene.plot().area.right() + 1e-9);
}

#[test]
fn a_series_that_is_switched_off_is_not_drawn() {
    let (set, mut scale) = (steady(), scale());
    scale.0[0].columns.clear();
    let marks = Scene { crosshair: Some(1_000), ..scene(&set, &scale) }.marks();
    assert_eq!((lines(&marks).len(), dots(&marks)), (0, 0));
}

#[test]
fn the_crosshair_marks_the_nearest_sample_of_each_series() {
    let (set, scale) = (steady(), scale());
    let scene = Scene { crosshair: Some(2_100), ..scene(&set, &scale) };
    let at = scene.plot().at((2_000, 3.0));
    assert!(scene.marks().contains(&Mark::Dot { ink: Ink::Series(0), at }));
}

#[test]
fn a_crosshair_outside_the_window_is_not_drawn() {
    let (set, scale) = (steady(), scale());
    let marks = Scene { crosshair: Some(7_000), ..scene(&set, &scale) }.marks();
    assert!(!marks.iter().any(|mark| matches!(mark, Mark::Rule { ink: Ink::Crosshair, .. })));
}

#[test]
fn axes_are_labelled_with_values_and_clock_times() {
    let (set, scale) = (steady(), scale());
    let marks = scene(&set, &scale).marks();
    assert!(texts(&marks).starts_with(&["0", "5", "10"]), "{:?}", texts(&marks));
    assert!(texts(&marks).contains(&"00:00:02"), "{:?}", texts(&marks));
}

#[test]
fn a_sparkline_has_no_words_and_a_dot_at_its_end() {
    let (set, scale) = (steady(), scale());
    let marks = Scene { look: Look::Sparkline, ..scene(&set, &scale) }.marks();
    assert!(texts(&marks).is_empty());
    assert_eq!(dots(&marks), 1);
}

#[test]
fn a_canvas_without_size_draws_nothing() {
    let (set, scale) = (steady(), scale());
    let surface = Surface { width: 0.0, ..SURFACE };
    assert!(Scene { surface, ..scene(&set, &scale) }.marks().is_empty());
}

#[test]
fn lines_reach_the_left_edge_from_a_sample_before_it() {
    let (set, scale) = (steady(), scale());
    let scene = Scene { window: 1_500..5_000, ..scene(&set, &scale) };
    assert_eq!(lines(&scene.marks())[0][0].x, scene.plot().x(1_000));
}

#[test]
fn a_line_reaches_the_edges_although_other_series_have_samples_between() {
    let mut set = SeriesSet::new(1_000);
    for second in 0..600 {
        let rare = (second % 60 == 0).then_some(("rare", 5.0));
        set.append(second * 1_000, rare.into_iter().chain([("frequent", 1.0)]));
    }
    let bounds = Bounds { min: Some(0.0), max: Some(10.0) };
    let axes = Axes::one(Scale::fit(None, &Unit::default(), bounds, 4), 2);
    for window in [250_500..310_500, 250_500..290_500] {
        let scene = Scene { hole_ms: Some(4_000), window: window.clone(), ..scene(&set, &axes) };
        let (marks, plot) = (scene.marks(), scene.plot());
        assert_eq!((lines(&marks).len(), dots(&marks)), (2, 0), "{window:?}");
        for line in lines(&marks) {
            assert!(line[0].x <= plot.x(window.start) && line.last().unwrap().x >= plot.x(window.end));
        }
    }
}

#[test]
fn however_many_samples_there_are_a_line_has_at_most_four_points_a_pixel() {
    let mut many = SeriesSet::new(200_000);
    for ts in 0..100_000 {
        many.append(ts, [("v", (ts % 10) as f64)]);
    }
    let scale = scale();
    let scene = Scene { window: 0..100_000, ..scene(&many, &scale) };
    let points: usize = lines(&scene.marks()).iter().map(|points| points.len()).sum();
    assert!(points <= 4 * (SURFACE.width as usize + 1), "{points}");
}

#[test]
fn an_empty_window_says_so_and_has_no_axis() {
    let (none, set, scale) = (SeriesSet::new(4), steady(), scale());
    assert_eq!(texts(&scene(&none, &scale).marks()), ["no data yet"]);
    let later = Scene { window: 90_000..95_000, ..scene(&set, &scale) };
    assert_eq!(texts(&later.marks()), ["no data in this window"]);
}

#[test]
fn only_one_series_alone_on_an_axis_with_a_zero_is_filled() {
    let (mut set, scale) = (steady(), scale());
    let areas = |marks: &[Mark]| marks.iter().filter(|mark| matches!(mark, Mark::Area { .. })).count();
    let mut raised = scale.clone();
    raised.0[0].scale.min = 0.5;
    assert_eq!(areas(&scene(&set, &scale).marks()), 1);
    assert_eq!(areas(&scene(&set, &raised).marks()), 0);
    set.append(4_500, [("w", 1.0)]);
    assert_eq!(areas(&scene(&set, &scale).marks()), 0);
}

#[test]
fn series_of_two_units_are_drawn_in_two_plots_over_one_axis_of_time() {
    let mut set = SeriesSet::new(64);
    for second in 0..5 {
        set.append(second * 1_000, [("gpu", 40.0), ("power", 70.0), ("limit", 0.2)]);
    }
    let units = [("gpu", "%"), ("power", "W"), ("limit", "kW")];
    set.set_units(&units.map(|(name, unit)| (name.to_owned(), Unit::parse(unit))));
    let (unit, hidden) = (Unit::default(), Hidden::new());
    let wanted = Wanted {
        set: &set,
        hidden: &hidden,
        window: 0..5_000,
        unit: &unit,
        bounds: Bounds::default(),
        surface: SURFACE,
    };
    let axes = Axes::fit(&wanted, None);
    let scene = Scene { crosshair: Some(2_000), ..scene(&set, &axes) };
    let (marks, plots) = (scene.marks(), scene.plots());
    assert_eq!(lines(&marks).len(), 3);
    let end = |column: usize| lines(&marks)[column].last().copied().unwrap_or_default();
    assert_eq!(end(0), plots[0].at((4_000, 40.0)));
    assert_eq!((end(1), end(2)), (plots[1].at((4_000, 70.0)), plots[1].at((4_000, 200.0))));
    let named = ["100\u{202f}%", "200\u{202f}W"];
    assert!(named.iter().all(|label| texts(&marks).contains(label)), "{:?}", texts(&marks));
    assert_eq!(texts(&marks).iter().filter(|text| text.contains(':')).count(), 3, "{:?}", texts(&marks));
    let crosshair = |mark: &&Mark| matches!(mark, Mark::Rule { ink: Ink::Crosshair, from, to } if from.y == plots[0].area.top && to.y == plots[1].area.bottom());
    assert_eq!(marks.iter().filter(crosshair).count(), 1);
}

#[test]
fn a_stretch_that_is_not_loaded_yet_is_neither_empty_nor_lost() {
    let (mut set, scale) = (set(&[(4_000, 1.0)]), scale());
    let mut unloaded = Spans::new();
    unloaded.add(i64::MIN..3_000);
    set.set_unloaded(unloaded);
    let scene = scene(&set, &scale);
    let plot = scene.plot();
    let expected = Rect { left: plot.x(0), width: plot.x(3_000) - plot.x(0), ..plot.area };
    assert!(scene.marks().contains(&Mark::Unloaded(expected)), "{:?}", scene.marks());
    let earlier = Scene { window: -9_000..-4_000, ..scene };
    assert!(!texts(&earlier.marks()).contains(&"no data in this window"));
}

#[test]
fn a_null_parts_the_line() {
    let (mut set, scale) = (steady(), scale());
    set.append(2_500, [("v", f64::NAN)]);
    assert_eq!(lines(&scene(&set, &scale).marks()).len(), 2);
}

#[test]
fn numbers_near_the_end_of_the_range_of_floats_are_drawn_in_the_plot() {
    let set = set(&[(0, 1.5e25), (1_000, f64::MAX), (2_000, f64::MIN)]);
    let extent = set.extent(0, &(i64::MIN..i64::MAX));
    let scale = Axes::one(Scale::fit(extent, &Unit::default(), Bounds::default(), 4), 1);
    let scene = scene(&set, &scale);
    let area = scene.plot().area;
    let points: Vec<Point> = lines(&scene.marks()).into_iter().flatten().copied().collect();
    assert!(points.len() == 3 && points.iter().all(|point| area.contains(*point)), "{points:?} in {area:?}");
    assert!(
        texts(&scene.marks()).iter().all(|text| text.chars().count() < 20),
        "{:?}",
        texts(&scene.marks())
    );
}
