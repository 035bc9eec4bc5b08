//! Bars. Depends on [`super::grouping`].

use super::super::axes::Axis;
use super::super::draw::{Mark, Scene};
use super::super::geometry::{Plot, Rect};
use super::grouping::{Group, Slots};

/// Share of the time between two bars that a bar fills.
const FILLED: f64 = 0.78;
/// Largest width of a bar, as a multiple of the font size.
const WIDEST: f64 = 5.0;
/// Opacity of the part of a bar between the lowest and the highest value of its time.
const RANGE: f64 = 0.4;
/// Least width and height of a bar in CSS pixels. A bar of 0 is a line, which differs from a time without a value.
const LEAST_PX: f64 = 1.0;

/// Adds a bar for each value of each series or, if there are too many, for the values of a short time. Such a bar is solid up to
/// the lowest of them, and lighter up to the highest. The bars of several series stand beside each other.
pub(super) fn draw(scene: &Scene<'_>, plot: &Plot, axis: &Axis, marks: &mut Vec<Mark>) {
    let count = axis.columns.len();
    let slots = Slots::of(scene.set, &scene.window, scene.set.series().len());
    let base = 0.0_f64.clamp(plot.min, plot.max);
    for (place, (column, factor)) in axis.columns.iter().enumerate() {
        for group in slots.groups(scene, plot, (*column, *factor)) {
            let ends = slots.ends(&group, scene, plot);
            let Some((left, width)) = part(ends, (place, count), scene) else { continue };
            let ink = scene.ink(*column);
            for (from, to, share) in spans(&group, base) {
                let (top, bottom) = (inside(plot, from.max(to)), inside(plot, from.min(to)));
                let height = bottom - top;
                // A range of no height would be a line in front of the solid part.
                if share == 1.0 || height > 0.0 {
                    let height = height.max(LEAST_PX);
                    let top = top.min(plot.area.bottom() - height).max(plot.area.top);
                    marks.push(Mark::Block { ink, rect: Rect { left, top, width, height }, share });
                }
            }
        }
    }
}

/// Returns the left edge and the width of one of several bars that share the room between two positions; `None` if there is no
/// room.
fn part((from, to): (f64, f64), (place, count): (usize, usize), scene: &Scene<'_>) -> Option<(f64, f64)> {
    let room = (to - from).min((to - from) * FILLED).min(WIDEST * scene.surface.font_px * count as f64);
    let width = room / count.max(1) as f64;
    let left = from + (to - from - room) / 2.0 + width * place as f64;
    (room > 0.0).then_some((left, width.max(LEAST_PX).min(to - left)))
}

/// Returns the parts of a bar: the values at both ends of each, and its opacity.
fn spans(group: &Group, base: f64) -> [(f64, f64, f64); 3] {
    let near = base.clamp(group.min, group.max);
    [(base, near, 1.0), (near, group.max, RANGE), (near, group.min, RANGE)]
}

fn inside(plot: &Plot, value: f64) -> f64 {
    plot.y(value).clamp(plot.area.top, plot.area.bottom())
}

#[cfg(test)]
mod tests {
    use super::super::test_scenes::{Bench, blocks};
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn bars_stand_on_zero_and_a_bar_of_zero_is_a_line() {
        let bench = Bench::new(&[("v", &[(0, 40.0), (1_000, -20.0), (2_000, 0.0), (3_000, 10.0)])]);
        let marks = bench.marks(super::super::bars(false));
        let solid: Vec<Rect> =
            blocks(&marks).filter(|(_, share)| *share == 1.0).map(|(rect, _)| rect).collect();
        assert_eq!(solid.len(), 4);
        let (up, down, zero) = (solid[0], solid[1], solid[2]);
        assert!((up.bottom() - down.top).abs() < 0.01 && up.height > down.height);
        assert_eq!(zero.height, LEAST_PX);
    }

    #[test]
    fn a_bar_of_many_values_is_solid_up_to_the_lowest_and_light_up_to_the_highest() {
        let values: Vec<(i64, f64)> =
            (0..900).map(|n| (n * 1_000, if n % 2 == 0 { 10.0 } else { 30.0 })).collect();
        let marks = Bench::new(&[("v", &values)]).marks(super::super::bars(false));
        let (solid, light): (Vec<_>, Vec<_>) = blocks(&marks).partition(|(_, share)| *share == 1.0);
        assert_eq!(solid.len(), 60);
        assert_eq!(light.len(), 60);
        assert!((light[5].0.height / solid[5].0.height - 2.0).abs() < 0.1);
        assert!((light[5].0.bottom() - solid[5].0.top).abs() < 0.01);
    }

    #[test]
    fn the_bars_of_several_series_stand_beside_each_other() {
        let bench = Bench::new(&[("a", &[(0, 1.0), (60_000, 2.0)]), ("b", &[(0, 3.0), (60_000, 4.0)])]);
        let marks = bench.marks(super::super::bars(false));
        let mut found: Vec<Rect> =
            blocks(&marks).map(|(rect, _)| rect).filter(|rect| rect.height > 0.0).collect();
        found.sort_by(|a, b| a.left.total_cmp(&b.left));
        assert!(found.windows(2).all(|pair| pair[0].right() <= pair[1].left + 0.01), "{found:?}");
    }
}
