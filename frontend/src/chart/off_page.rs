//! Draws a chart on a canvas that is not in the page, for a file or for paper.

use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

use super::canvas::Canvas;
use super::state::{Inputs, State};
use super::theme::Palette;
use board_model::chart::draw::{Ink, Mark};
use board_model::chart::geometry::Point;
use board_model::chart::keys::{Key, keys};

/// Width of the short line beside the name of a series, in CSS pixels.
pub const SWATCH_PX: f64 = 20.0;

/// A canvas of this size in CSS pixels, with this number of device pixels for each of them, in these colours.
#[derive(Clone, Copy)]
pub struct Sheet<'a> {
    /// Width and height in CSS pixels.
    pub size: [f64; 2],
    /// Number of device pixels for each CSS pixel.
    pub density: f64,
    /// Colours of the marks.
    pub palette: &'a Palette,
}

/// Draws a chart, and returns it with its legend, which has at most `most_keys` series. Returns `None` if the browser cannot draw.
pub fn draw(inputs: Inputs, sheet: Sheet<'_>, most_keys: usize) -> Option<(HtmlCanvasElement, Vec<Key>)> {
    let canvas = Canvas::off_page(sheet.size, sheet.density, sheet.palette)?;
    // The signals of the state exist until the chart is drawn.
    let owner = Owner::new();
    let keys = owner.with(|| {
        let state = State::new(inputs);
        let marks = state.draw_in(&canvas, sheet.palette);
        state.with_scene(|scene| keys(scene, &marks, most_keys))
    });
    owner.cleanup();
    Some((canvas.element().clone(), keys))
}

/// Draws a short line as that of a series. Returns `None` if the browser cannot draw.
pub fn swatch(ink: Ink, density: f64, palette: &Palette) -> Option<HtmlCanvasElement> {
    let canvas = Canvas::off_page([SWATCH_PX, 10.0], density, palette)?;
    let points = vec![Point { x: 0.0, y: 5.0 }, Point { x: SWATCH_PX, y: 5.0 }];
    let middle = Point { x: SWATCH_PX / 2.0, y: 5.0 };
    canvas.paint(&[Mark::Line { ink, points }, Mark::End { ink, at: middle }], palette);
    Some(canvas.element().clone())
}
