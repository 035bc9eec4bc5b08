//! Draws only what is new in a picture of live data: moves what is there to the left, and draws the strips at both ends and the time
//! axis. The code is loaded after the first picture.

use std::ops::Range;

use super::canvas::Canvas;
use super::theme::Palette;
use board_model::chart::draw::{Mark, Picture};
use board_model::chart::geometry::{Rect, Surface};
use board_model::chart::shift::{Shift, points_within};

/// Room above and below the plot, as a multiple of the font size, into which markers reach. Labels of the time axis are below it.
const ROOM_EM: f64 = 0.45;

/// Makes the picture `after` from the picture `before`, which the canvas shows. Returns false, and draws nothing, if it has to be drawn as
/// a whole.
pub(super) fn advance(canvas: &Canvas, before: &Picture, after: &Picture, palette: &Palette) -> bool {
    let surface = canvas.surface();
    // With forced colours all lines have dashes.
    let shift =
        Shift::between(before, after, surface.density, canvas.zoom()).filter(|_| !palette.is_forced());
    let Some(shift) = shift else { return false };
    if shift.is_nothing() {
        return true;
    }
    let rows = snapped(
        after.area.top - ROOM_EM * surface.font_px..after.area.bottom() + ROOM_EM * surface.font_px,
        surface.height,
        surface,
    );
    shift_plot(canvas, shift.device_px, after.area.left, &rows, palette);
    for strip in shift.strips(&after.area, surface.width) {
        draw_strip(canvas, &snapped(strip, surface.width, surface), &rows, after, palette);
    }
    // The data is drawn more often than it moves by a pixel, and texts take much of the time of a drawing.
    if !labels(before).eq(labels(after)) {
        draw_below(canvas, rows.end, after, palette);
    }
    true
}

/// Returns a range that is extended to whole device pixels, but not beyond the canvas.
fn snapped(range: Range<f64>, most: f64, surface: Surface) -> Range<f64> {
    let density = surface.density;
    let start = ((range.start * density).floor() / density).max(0.0);
    start..((range.end * density).ceil() / density).min(most)
}

/// Moves the part of the canvas in these rows and beyond `left` to the left by some device pixels.
fn shift_plot(canvas: &Canvas, device_px: u32, left: f64, rows: &Range<f64>, palette: &Palette) {
    if device_px == 0 {
        return;
    }
    let (context, Surface { width, density, .. }) = (&canvas.context, canvas.surface());
    context.save();
    canvas.brush(palette).clip(&rect((left * density).ceil() / density..width, rows));
    // These fail only for a matrix that cannot be inverted, an unknown name and an empty canvas.
    let _moved = (
        context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
        context.set_global_composite_operation("copy"),
        context.draw_image_with_html_canvas_element(&canvas.element, -f64::from(device_px), 0.0),
    );
    context.restore();
}

fn rect(columns: Range<f64>, rows: &Range<f64>) -> Rect {
    Rect {
        left: columns.start,
        top: rows.start,
        width: columns.end - columns.start,
        height: rows.end - rows.start,
    }
}

/// Draws the marks in a part of the plot.
fn draw_strip(
    canvas: &Canvas,
    columns: &Range<f64>,
    rows: &Range<f64>,
    picture: &Picture,
    palette: &Palette,
) {
    let (context, brush, zoom) = (&canvas.context, canvas.brush(palette), canvas.zoom());
    let part = rect(columns.clone(), rows);
    context.save();
    brush.clip(&part);
    context.clear_rect(part.left, part.top, part.width, part.height);
    // A mark that ends a clip restores this state.
    context.save();
    for mark in &picture.marks {
        match mark {
            Mark::Line { ink, points } => brush.line(*ink, points_within(points, columns, zoom)),
            Mark::Area { ink, points, base_y } => {
                brush.area(*ink, points_within(points, columns, zoom), *base_y);
            }
            Mark::Text { .. } => {}
            mark => brush.mark(mark),
        }
    }
    context.restore();
    context.restore();
}

/// Draws the labels of the time axis again, which are below the position `top`.
fn draw_below(canvas: &Canvas, top: f64, picture: &Picture, palette: &Palette) {
    let (brush, Surface { width, height, .. }) = (canvas.brush(palette), canvas.surface());
    canvas.context.clear_rect(0.0, top, width, height - top);
    labels(picture).for_each(|label| brush.mark(label));
}

/// Returns the labels of the time axis.
fn labels(picture: &Picture) -> impl Iterator<Item = &Mark> {
    let bottom = picture.area.bottom();
    picture.marks.iter().filter(move |mark| matches!(mark, Mark::Text { at, .. } if at.y > bottom))
}
