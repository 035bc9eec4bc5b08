//! A picture of a panel as a file: name, state, times, chart or texts, and the legend, in the colours of the page.

use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::shown::Shown;
use super::still::{Rows, Still};
use crate::chart::off_page::{self, SWATCH_PX};
use crate::chart::{Palette, colour_of, current_palette};
use crate::file;
use board_model::chart::keys::Key;

/// Number of device pixels for each CSS pixel, as on a screen with a high resolution.
const DENSITY: f64 = 2.0;
/// Least and greatest width and height of a picture in CSS pixels. Within these bounds, a picture is as large as the panel.
const WIDTH: [f64; 2] = [480.0, 1_600.0];
const HEIGHT: [f64; 2] = [270.0, 900.0];
const EDGE: f64 = 16.0;
const LINE: f64 = 18.0;
/// Height of the lines with the name and the times.
const HEAD: f64 = 46.0;
/// Maximum number of series in the legend, and the width of each in CSS pixels.
const MOST_KEYS: usize = 40;
const KEY: f64 = 190.0;
/// Maximum number of characters in a line.
const MOST_CHARS: usize = 400;
/// Maximum width of a column of texts in CSS pixels.
const COLUMN: f64 = 320.0;

/// Saves a picture of the panel in a file of this name. `done` gets words about the outcome.
pub(super) fn save(shown: Shown, name: String, done: impl Fn(&str) + 'static) {
    let Some(canvas) = draw(shown) else { return done(FAILED) };
    let offer = Closure::once_into_js(move |content: JsValue| {
        let is_offered = content.dyn_into().is_ok_and(|content| file::offer(&name, &content));
        done(if is_offered { "The picture was saved as a file." } else { FAILED });
    });
    // The browser refuses this only for a canvas with content of another origin.
    let _begun = canvas.to_blob(offer.unchecked_ref());
}

const FAILED: &str = "The browser could not save the picture.";

/// The canvas of a picture, and where it draws.
struct Sheet {
    context: CanvasRenderingContext2d,
    palette: Palette,
    ink: String,
    width: f64,
    height: f64,
}

fn draw(shown: Shown) -> Option<HtmlCanvasElement> {
    let still = Still(shown);
    let place = untrack(|| shown.place()).unwrap_or_default();
    let width = f64::from(place.width).clamp(WIDTH[0], WIDTH[1]);
    let height = f64::from(place.height).clamp(HEIGHT[0], HEIGHT[1]);
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
    let palette = current_palette();
    let body_px = height - HEAD - 2.0 * EDGE;
    let figure = still.figure();
    let figure_px = match &figure {
        Some((_, note)) if !note.is_empty() => FIGURE + LINE,
        Some(_) => FIGURE,
        None => 0.0,
    };
    let chart = still.chart([width - 2.0 * EDGE, body_px - figure_px], DENSITY, &palette, MOST_KEYS);
    let keys: &[Key] = match &chart {
        Some((_, keys)) if figure.is_none() => keys,
        Some(_) | None => &[],
    };
    let legend_px = legend_lines(keys.len(), width) * LINE;
    canvas.set_width((width * DENSITY) as u32);
    canvas.set_height(((height + legend_px) * DENSITY) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.scale(DENSITY, DENSITY).ok()?;
    context.set_fill_style_str(&colour_of("background-color")?);
    context.fill_rect(0.0, 0.0, width, height + legend_px);
    context.set_text_baseline("middle");
    let sheet = Sheet { context, palette, ink: colour_of("color")?, width, height };
    sheet.head(still);
    let top = EDGE + HEAD;
    if let Some((figure, note)) = &figure {
        let room = width - 2.0 * EDGE;
        sheet.text(figure, [EDGE, top + FIGURE / 2.0], "600 32px", true, room);
        sheet.text(note, [EDGE, top + FIGURE + LINE / 2.0], "12px", false, room);
    }
    match &chart {
        Some((chart, _)) => sheet.image(chart, [EDGE, top + figure_px]),
        None => sheet.rows(&still.rows(ROWS), top + figure_px),
    }
    sheet.legend(keys, height - EDGE / 2.0);
    Some(canvas)
}

/// Height of a figure in large type.
const FIGURE: f64 = 48.0;
/// Maximum number of rows of texts. As many of them are drawn as fit.
const ROWS: usize = 100;

fn legend_lines(keys: usize, width: f64) -> f64 {
    (keys as f64 / keys_in_line(width)).ceil()
}

fn keys_in_line(width: f64) -> f64 {
    ((width - 2.0 * EDGE) / KEY).floor().max(1.0)
}

impl Sheet {
    fn head(&self, still: Still) {
        let state = still.state();
        let state_px = self.measure(&state, "12px");
        let room = self.width - 2.0 * EDGE;
        self.text(&still.name(), [EDGE, EDGE + 8.0], "600 15px", true, room - state_px - EDGE);
        self.text(&state, [self.width - EDGE - state_px, EDGE + 8.0], "12px", false, state_px + 1.0);
        let parts: Vec<String> =
            [still.about(), still.times()].into_iter().filter(|part| !part.is_empty()).collect();
        self.text(&parts.join(" · "), [EDGE, EDGE + 30.0], "12px", false, room);
    }

    fn legend(&self, keys: &[Key], top: f64) {
        let in_line = keys_in_line(self.width) as usize;
        let at = |index: usize| {
            let (line, place) = (index / in_line, index % in_line);
            [EDGE + place as f64 * KEY, top + LINE * (line as f64 + 0.5)]
        };
        for (index, key) in keys.iter().enumerate() {
            let [left, middle] = at(index);
            let swatch = key.ink.and_then(|ink| off_page::swatch(ink, DENSITY, &self.palette));
            swatch.iter().for_each(|swatch| self.image(swatch, [left, middle - 5.0]));
            let indent = if swatch.is_some() { SWATCH_PX + 6.0 } else { 0.0 };
            self.text(&key.words, [left + indent, middle], "12px", key.ink.is_some(), KEY - indent - 10.0);
        }
    }

    /// Draws as many rows as fit, and the number of those that do not.
    fn rows(&self, rows: &Rows, top: f64) {
        let room = ((self.height - EDGE - top) / LINE).floor().max(2.0) as usize;
        let heads = Some(&rows.heads).filter(|heads| !heads.is_empty());
        let all: Vec<&Vec<String>> = heads.into_iter().chain(&rows.rows).collect();
        let is_cut = all.len() > room || rows.left_out > 0;
        let shown = &all[..all.len().min(room - usize::from(is_cut))];
        let columns = shown.iter().map(|row| row.len()).max().unwrap_or(0);
        let mut left = EDGE;
        for column in 0..columns {
            let cell = |row: &Vec<String>| row.get(column).cloned().unwrap_or_default();
            let widths = shown.iter().map(|row| self.measure(&cell(row), "12px"));
            let width = widths.fold(0.0, f64::max).min(COLUMN).min((self.width - EDGE - left).max(0.0));
            for (line, row) in shown.iter().enumerate() {
                let is_head = line == 0 && heads.is_some();
                self.text(&cell(row), [left, top + LINE * (line as f64 + 0.5)], "12px", !is_head, width);
            }
            left += width + 16.0;
        }
        if is_cut {
            let left_out = rows.left_out + (all.len() - shown.len()) as u64;
            let at = [EDGE, top + LINE * (shown.len() as f64 + 0.5)];
            self.text(&format!("{left_out} more are not drawn"), at, "12px", false, self.width);
        }
    }

    fn image(&self, image: &HtmlCanvasElement, [left, top]: [f64; 2]) {
        let [width, height] = [image.width(), image.height()].map(|px| f64::from(px) / DENSITY);
        // This fails only for a canvas without a size.
        let _drawn =
            self.context.draw_image_with_html_canvas_element_and_dw_and_dh(image, left, top, width, height);
    }

    fn measure(&self, text: &str, font: &str) -> f64 {
        self.context.set_font(&[font, " ", &self.palette.font].concat());
        self.context.measure_text(text).map_or(0.0, |metrics| metrics.width())
    }

    /// Draws a text that ends in an ellipsis if it is wider than `room`.
    fn text(&self, text: &str, [left, middle]: [f64; 2], font: &str, is_strong: bool, room: f64) {
        // No picture is wide enough for more characters.
        let text: String = text.chars().take(MOST_CHARS).collect();
        let mut kept = text.chars().count();
        let mut shown = text.clone();
        while kept > 0 && self.measure(&shown, font) > room {
            kept -= 1;
            shown = text.chars().take(kept).chain(['…']).collect();
        }
        self.context.set_fill_style_str(if is_strong { &self.ink } else { &self.palette.muted });
        // This fails only for coordinates that are not finite. Nothing should be drawn for them.
        let _drawn = self.context.fill_text(&shown, left, middle);
    }
}
