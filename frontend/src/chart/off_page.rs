//! Draws a chart on a canvas that is not in the page, for a file or for paper.

use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

use super::canvas::Canvas;
use super::state::{Inputs, State};
use super::theme::Palette;
use board_model::chart::draw::{Ink, Mark};
use board_model::chart::geometry::Point;
use board_model::chart::readout::Readout;

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

/// Draws a chart, and returns it with its values as text. Returns `None` if the browser cannot draw.
pub fn draw(inputs: Inputs, sheet: Sheet<'_>) -> Option<(HtmlCanvasElement, Readout)> {
    let canvas = Canvas::off_page(sheet.size, sheet.density, sheet.palette)?;
    // The signals of the state exist until the chart is drawn.
    let owner = Owner::new();
    let readout = owner.with(|| {
        let state = State::new(inputs);
        state.draw_in(&canvas, sheet.palette);
        untrack(|| state.readout())
    });
    owner.cleanup();
    Some((canvas.element().clone(), readout))
}

/// Draws a short line of the series with the index `column`. Returns `None` if the browser cannot draw.
pub fn swatch(column: usize, density: f64, palette: &Palette) -> Option<HtmlCanvasElement> {
    let canvas = Canvas::off_page([SWATCH_PX, 10.0], density, palette)?;
    let points = vec![Point { x: 0.0, y: 5.0 }, Point { x: SWATCH_PX, y: 5.0 }];
    let (ink, middle) = (Ink::Series(column), Point { x: SWATCH_PX / 2.0, y: 5.0 });
    canvas.paint(&[Mark::Line { ink, points }, Mark::End { ink, at: middle }], palette);
    Some(canvas.element().clone())
}
