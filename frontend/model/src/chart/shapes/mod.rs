//! Ways to draw the series of a chart other than as lines. Each is a [`Shape`], whose functions add marks to
//! those of [`super::draw`]. They are in parts of the page that are loaded when a panel of the kind is shown.

mod area;
mod bars;
mod grouping;
pub mod heat;
pub mod log;
mod stack;
mod step;
#[cfg(test)]
mod test_scenes;
#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::draw::Shape;
use super::series::SeriesSet;

/// Returns areas between each line and zero. If `is_log` is true, the value axis is logarithmic.
pub const fn area(is_log: bool) -> Shape {
    Shape { fit: if is_log { log::fit } else { area::fit }, draw: area::draw, ..line(is_log) }
}

/// Returns lines, for a logarithmic axis if `is_log` is true.
pub const fn line(is_log: bool) -> Shape {
    Shape {
        fit: if is_log { log::fit } else { super::axes::Axes::fit },
        draw: area::draw_lines,
        has_dots: true,
        has_keys: true,
        has_limits: true,
        place: None,
    }
}

/// Returns lines that keep each value until the next. If `is_log` is true, the value axis is logarithmic.
pub const fn step(is_log: bool) -> Shape {
    Shape { draw: step::draw, ..line(is_log) }
}

/// Returns bars. If `is_log` is true, the value axis is logarithmic.
pub const fn bars(is_log: bool) -> Shape {
    Shape { draw: bars::draw, has_dots: false, ..area(is_log) }
}

/// Returns the length of the time of a bar in milliseconds, if a bar may have several values.
pub fn bar_ms(set: &SeriesSet, window: &Range<i64>) -> Option<i64> {
    let merged_ms = grouping::Slots::of(set, window, set.series().len()).merged_ms();
    merged_ms.or_else(|| set.step_within(window).and_then(|step_ms| i64::try_from(step_ms).ok()))
}

/// Returns areas that stand on each other. There is no logarithmic form, because the height of a part would not show its value.
pub const fn stacked() -> Shape {
    Shape { fit: stack::fit, draw: stack::draw, has_dots: false, has_limits: false, ..line(false) }
}

/// Returns a row of cells for each series.
pub const fn heatmap() -> Shape {
    Shape {
        fit: heat::fit,
        draw: heat::draw,
        has_dots: false,
        has_keys: false,
        has_limits: false,
        place: Some(heat::place),
    }
}
