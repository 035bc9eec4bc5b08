//! The order in which a tooltip lists the series of a chart: the nearest to the pointer first. Depends on [`super::axes`],
//! [`super::draw`], [`super::geometry`] and [`crate::sorting`].

use super::axes::Axis;
use super::draw::Scene;
use super::geometry::{Plot, nearest};
use crate::sorting::{Key, order};

/// Maximum distance of a line from a pointer that points at it, in CSS pixels.
const REACH_PX: f64 = 12.0;

/// The series that a chart draws, with the nearest to a pointer first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nearness {
    /// The indices of the series.
    pub columns: Vec<usize>,
    /// The series whose line is so near that the pointer points at it; `None` if there is none.
    pub pointed: Option<usize>,
}

impl Nearness {
    /// Returns the order for a pointer at this distance from the upper edge of the canvas, in CSS pixels. Series without a
    /// value at the crosshair are at the end. Without a pointer, the series have their usual order.
    pub fn of(scene: &Scene<'_>, pointer_y: Option<f64>) -> Self {
        let plots = scene.plots();
        let drawn = plots.iter().zip(&scene.axes.0).flat_map(|(plot, axis)| {
            axis.columns.iter().map(move |(column, factor)| (plot, *column, *factor, axis))
        });
        let mut drawn: Vec<_> = drawn.collect();
        drawn.sort_by_key(|(_, column, ..)| *column);
        let place = scene.shape.and_then(|shape| shape.place);
        let distance = |(plot, column, factor, axis): &(&Plot, usize, f64, &Axis)| {
            if let Some(place) = place {
                return Some((place(plot, axis, *column)? - pointer_y?).abs());
            }
            let (_, value) = nearest(scene.set, *column, scene.crosshair?, scene.reach_ms(plot, *column))?;
            Some((plot.y(value * factor) - pointer_y?).abs())
        };
        let distances: Vec<Option<f64>> = drawn.iter().map(distance).collect();
        let keys: Vec<Key> = distances.iter().map(|px| px.map_or(Key::Nothing, Key::Number)).collect();
        let rows = order(&keys, false);
        let is_pointed = |row: &&usize| distances[**row].is_some_and(|px| px <= REACH_PX);
        Self {
            pointed: rows.first().filter(is_pointed).map(|row| drawn[*row].1),
            columns: rows.into_iter().map(|row| drawn[row].1).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::axes::{Axes, Wanted};

    use super::super::format::Unit;
    use super::super::geometry::Surface;
    use super::super::hidden::Hidden;
    use super::super::scale::Bounds;
    use super::super::series::SeriesSet;
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn near(hidden: &Hidden, pointer: Option<f64>) -> Nearness {
        let mut set = SeriesSet::new(9);
        set.append(1_000, [("low", 10.0), ("high", 90.0), ("middle", 50.0)]);
        set.append(2_000, [("low", 10.0), ("high", 90.0), ("middle", 50.0)]);
        set.append(9_000, [("gone", 50.0)]);
        let surface = Surface { width: 400.0, height: 200.0, density: 1.0, font_px: 10.0, digit_px: 6.0 };
        let unit = Unit::default();
        let bounds = Bounds { min: Some(0.0), max: Some(100.0) };
        let wanted = Wanted { set: &set, hidden, window: 0..3_000, unit: &unit, bounds, surface };
        let axes = Axes::fit(&wanted, None);
        let scene = Scene { crosshair: Some(2_000), ..Scene::new(&set, 0..3_000, (&axes, &unit), surface) };
        let y = pointer.map(|value| scene.plot().y(value));
        Nearness::of(&scene, y)
    }

    #[test]
    fn the_nearest_series_is_first_and_one_without_a_value_is_last() {
        let found = near(&Hidden::default(), Some(88.0));
        assert_eq!((found.columns, found.pointed), (vec![1, 2, 0, 3], Some(1)));
        assert_eq!(near(&Hidden::default(), Some(11.0)).columns, [0, 2, 1, 3]);
    }

    #[test]
    fn between_two_lines_none_is_pointed_at() {
        assert_eq!(near(&Hidden::default(), Some(30.0)).pointed, None);
    }

    #[test]
    fn without_a_pointer_the_series_have_their_usual_order() {
        let found = near(&Hidden::default(), None);
        assert_eq!((found.columns, found.pointed), (vec![0, 1, 2, 3], None));
    }

    #[test]
    fn a_hidden_series_is_not_listed() {
        let hidden = ["high".to_owned()].into_iter().collect();
        assert_eq!(near(&hidden, Some(88.0)).columns, [2, 0, 3]);
    }
}
