//! Draws the marks of a chart on a canvas. Only this file and `advance` use the browser's canvas.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, Path2d};

use super::theme::{self, Palette};
use board_model::chart::Means;
use board_model::chart::draw::{Align, Ink, Mark, Picture};
use board_model::chart::geometry::{Point, Rect, Surface};
use board_model::chart::stroke::{COLOURS, EARLIER, dashes, marker};

/// Width of the lines of a chart, in CSS pixels at the usual font size. In wall mode, lines and font grow by the same
/// factor.
const LINE_PX: f64 = 1.6;
/// Width of the lines of series that have no colour of their own.
const THIN_PX: f64 = 0.9;
const DOT_PX: f64 = 2.6;
/// Width of the outline of a marker.
const MARKER_PX: f64 = 1.4;
const DIMMED: f64 = 0.45;
const AREA: f64 = 0.10;
const BAND: f64 = 0.25;
const BAND_EDGE: f64 = 0.6;
const BRUSH: f64 = 0.14;
const HATCH: f64 = 0.5;
const HATCH_STEP_PX: f64 = 6.0;
const TINT: f64 = 0.10;
const CROSSHAIR: f64 = 0.55;
/// Font size in CSS pixels that is used until the style sheet has been read.
const FONT_PX: f64 = 10.5;
/// Font size in CSS pixels with which widths of figures are measured.
const RULER_PX: u32 = 100;
/// Average width of a letter as a multiple of the font size, if the browser cannot measure it.
const USUAL_LETTER_EM: f64 = 0.65;

/// Height of a capital letter as a multiple of the font size, if the browser cannot measure it.
const USUAL_CAP_EM: f64 = 0.7;

/// Number of pictures in a row of which only what is new is drawn. Then one is drawn as a whole, because a browser may lose what a canvas
/// shows, such as after a failure of the graphics processor.
const MOST_ADVANCED: u32 = 100;

/// A function that draws only what differs between two pictures. Returns false, and draws nothing, if that is not possible.
pub(super) type Advance = fn(&Canvas, &Picture, &Picture, &Palette) -> bool;

thread_local! {
    /// The function of the part that is loaded; `None` until then.
    static ADVANCE: Cell<Option<Advance>> = const { Cell::new(None) };
}

/// Draws only what differs between two pictures by this function from now on.
pub(super) fn advance_by(advance: Advance) {
    ADVANCE.set(Some(advance));
}

/// A canvas element with its drawing context and the size that was last read.
pub struct Canvas {
    pub(super) element: HtmlCanvasElement,
    pub(super) context: CanvasRenderingContext2d,
    surface: Cell<Surface>,
    shown: RefCell<Option<Shown>>,
}

/// The picture that a canvas shows.
struct Shown {
    picture: Picture,
    palette: Rc<Palette>,
    /// Number of pictures in a row of which only what was new was drawn.
    advanced: u32,
}

impl Canvas {
    /// Creates the canvas for an element. Returns `None` if the browser has no 2D context.
    pub fn new(element: HtmlCanvasElement) -> Option<Self> {
        let context = element.get_context("2d").ok()??.dyn_into().ok()?;
        let surface =
            Surface { width: 0.0, height: 0.0, density: 1.0, font_px: FONT_PX, digit_px: FONT_PX * 0.6 };
        Some(Self { element, context, surface: Cell::new(surface), shown: RefCell::new(None) })
    }

    /// Creates a canvas that is not in the page, with this size in CSS pixels and this number of device pixels for each of them.
    /// Returns `None` if the browser has no 2D context.
    pub fn off_page([width, height]: [f64; 2], density: f64, palette: &Palette) -> Option<Self> {
        let element = web_sys::window()?.document()?.create_element("canvas").ok()?;
        let canvas = Self::new(element.unchecked_into())?;
        canvas.set_size([width, height], density, FONT_PX, palette);
        Some(canvas)
    }

    /// Returns the element.
    pub fn element(&self) -> &HtmlCanvasElement {
        &self.element
    }

    /// Returns the size and font that were read by the last call of [`Self::fit`].
    pub fn surface(&self) -> Surface {
        self.surface.get()
    }

    /// Reads the size of the canvas in the layout, the pixel density of the screen and the font of the style sheet.
    /// Sets the resolution of the canvas accordingly.
    pub fn fit(&self, palette: &Palette) {
        let density = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).max(1.0);
        let font_px = font_px(&self.element).unwrap_or(FONT_PX);
        let (width, height) =
            (f64::from(self.element.client_width()), f64::from(self.element.client_height()));
        self.set_size([width, height], density, font_px, palette);
    }

    fn set_size(&self, [width, height]: [f64; 2], density: f64, font_px: f64, palette: &Palette) {
        // A new size clears the canvas.
        self.shown.take();
        self.element.set_width((width * density).round() as u32);
        self.element.set_height((height * density).round() as u32);
        self.context.set_font(&format!("{font_px}px {}", palette.font));
        let digit_px = self.context.measure_text("0").map_or(font_px * 0.6, |metrics| metrics.width());
        self.surface.set(Surface { width, height, density, font_px, digit_px });
    }

    /// Draws a picture: only what is new in it, or as a whole.
    pub fn show(&self, picture: Picture, palette: &Rc<Palette>) {
        let before = self.shown.take();
        let before =
            before.filter(|shown| Rc::ptr_eq(&shown.palette, palette) && shown.advanced < MOST_ADVANCED);
        let advance = |shown: Shown| {
            ADVANCE.get()?(self, &shown.picture, &picture, palette).then_some(shown.advanced + 1)
        };
        let advanced = before.and_then(advance).unwrap_or_else(|| {
            self.paint(&picture.marks, palette);
            0
        });
        self.shown.replace(Some(Shown { picture, palette: Rc::clone(palette), advanced }));
    }

    /// Returns the font size as a multiple of the usual one, but at least 1.
    pub(super) fn zoom(&self) -> f64 {
        (self.surface.get().font_px / FONT_PX).max(1.0)
    }

    pub(super) fn brush<'a>(&'a self, palette: &'a Palette) -> Brush<'a> {
        Brush { context: &self.context, palette, density: self.surface.get().density, zoom: self.zoom() }
    }

    /// Clears the canvas and draws the marks.
    pub fn paint(&self, marks: &[Mark], palette: &Palette) {
        let surface = self.surface.get();
        let brush = self.brush(palette);
        // This fails only for a matrix that cannot be inverted; the density is never zero.
        let _set = self.context.set_transform(surface.density, 0.0, 0.0, surface.density, 0.0, 0.0);
        self.context.clear_rect(0.0, 0.0, surface.width, surface.height);
        self.context.set_font(&format!("{}px {}", surface.font_px, palette.font));
        self.context.set_text_baseline("middle");
        self.context.set_line_join("round");
        self.context.save();
        for mark in marks {
            brush.mark(mark);
        }
        self.context.restore();
    }
}

pub(super) struct Brush<'a> {
    context: &'a CanvasRenderingContext2d,
    palette: &'a Palette,
    density: f64,
    zoom: f64,
}

impl Brush<'_> {
    pub(super) fn mark(&self, mark: &Mark) {
        match mark {
            Mark::Rule { ink, from, to } => self.rule(*ink, *from, *to),
            Mark::Line { ink, points } => self.line(*ink, points),
            Mark::Area { ink, points, base_y } => self.area(*ink, points, *base_y),
            Mark::Dot { ink, at } => self.dot(*ink, *at),
            Mark::End { ink, at } => self.end(*ink, *at),
            Mark::Band { ink, points } => self.band(*ink, points),
            Mark::Block { ink, rect, share } => self.block(*ink, rect, *share),
            Mark::Brush(rect) => self.brush(rect),
            Mark::Hatch(rect) => self.hatch(rect),
            Mark::Replayed(rect) => self.replayed(rect),
            Mark::Unloaded(rect) => self.unloaded(rect),
            Mark::Text { at, align, text } => self.text(*at, *align, text),
            Mark::Dim => self.context.set_global_alpha(DIMMED),
            Mark::Clip(rect) => self.clip(rect),
            Mark::Restore => {
                self.context.restore();
                self.context.save();
            }
        }
    }

    /// Draws a thin line on whole device pixels, so that it is not blurred over two of them.
    fn rule(&self, ink: Ink, from: Point, to: Point) {
        let device_px = (self.density * self.zoom).round().max(1.0);
        let snap = |at: f64| ((at * self.density).round() + device_px % 2.0 / 2.0) / self.density;
        self.context.begin_path();
        self.context.move_to(snap(from.x), snap(from.y));
        self.context.line_to(snap(to.x), snap(to.y));
        self.context.set_stroke_style_str(self.colour(ink));
        self.context.set_line_width(device_px / self.density);
        self.thinned(if ink == Ink::Crosshair { CROSSHAIR } else { 1.0 }, || self.context.stroke());
    }

    pub(super) fn line(&self, ink: Ink, points: &[Point]) {
        self.path(points);
        self.context.set_stroke_style_str(self.colour(ink));
        self.context.set_line_width(if ink == Ink::Other { THIN_PX } else { LINE_PX } * self.zoom);
        let pattern = match ink {
            Ink::Series(column) => dashes(column, self.palette.is_forced()),
            Ink::Earlier(_) => &EARLIER,
            Ink::Grid | Ink::Baseline | Ink::Crosshair | Ink::Other | Ink::Limit(_) => &[],
        };
        if pattern.is_empty() {
            return self.context.stroke();
        }
        self.set_dashes(pattern);
        self.context.stroke();
        self.set_dashes(&[]);
    }

    pub(super) fn area(&self, ink: Ink, points: &[Point], base_y: f64) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
        self.path(points);
        self.context.line_to(last.x, base_y);
        self.context.line_to(first.x, base_y);
        self.thinned(AREA, || {
            self.context.set_fill_style_str(self.colour(ink));
            self.context.fill();
        });
    }

    /// Fills the area between the lowest and the highest values. Its edge is drawn too, so that a single high value is
    /// visible.
    fn band(&self, ink: Ink, points: &[Point]) {
        self.path(points);
        self.context.close_path();
        self.context.set_fill_style_str(self.colour(ink));
        self.thinned(BAND, || self.context.fill());
        self.context.set_stroke_style_str(self.colour(ink));
        self.context.set_line_width(self.zoom);
        self.thinned(BAND_EDGE, || self.context.stroke());
    }

    fn block(&self, ink: Ink, rect: &Rect, share: f64) {
        self.context.set_fill_style_str(self.colour(ink));
        self.thinned(share, || self.context.fill_rect(rect.left, rect.top, rect.width, rect.height));
    }

    /// Tints the stretch that the reader is selecting, with a line at either end.
    fn brush(&self, rect: &Rect) {
        self.context.set_fill_style_str(&self.palette.accent);
        self.thinned(BRUSH, || self.context.fill_rect(rect.left, rect.top, rect.width, rect.height));
        for x in [rect.left, rect.right()] {
            self.context.fill_rect(x - self.zoom, rect.top, 2.0 * self.zoom, rect.height);
        }
    }

    fn dot(&self, ink: Ink, at: Point) {
        self.context.begin_path();
        // This fails only for a negative radius.
        let radius = if ink == Ink::Other { THIN_PX } else { DOT_PX };
        let _drawn = self.context.arc(at.x, at.y, radius * self.zoom, 0.0, std::f64::consts::TAU);
        self.context.set_fill_style_str(self.colour(ink));
        self.context.fill();
    }

    /// Draws the marker at the end of a line.
    fn end(&self, ink: Ink, at: Point) {
        let (Ink::Series(column) | Ink::Earlier(column)) = ink else { return };
        let (outline, is_hollow) = marker(column);
        let Ok(outline) = Path2d::new_with_path_string(outline) else { return };
        let (context, colour) = (self.context, self.colour(ink));
        context.save();
        // These fail only for positions that are not finite, at which nothing can be drawn.
        let _moved = (context.translate(at.x, at.y), context.scale(self.zoom, self.zoom));
        context.set_fill_style_str(if is_hollow { &self.palette.panel } else { colour });
        context.fill_with_path_2d(&outline);
        context.set_stroke_style_str(colour);
        context.set_line_width(MARKER_PX);
        context.stroke_with_path(&outline);
        context.restore();
    }

    fn hatch(&self, rect: &Rect) {
        self.context.save();
        self.clip(rect);
        self.context.begin_path();
        let step = HATCH_STEP_PX * self.zoom;
        // The stripes are aligned with the canvas and not with the rectangle, so that they do not move with the
        // rectangle.
        let mut x = ((rect.left - rect.height) / step).floor() * step;
        while x < rect.right() {
            self.context.move_to(x, rect.bottom());
            self.context.line_to(x + rect.height, rect.top);
            x += step;
        }
        self.context.set_stroke_style_str(&self.palette.bad);
        self.context.set_line_width(self.zoom);
        self.thinned(HATCH, || self.context.stroke());
        self.context.restore();
    }

    /// Fills a rectangle with dots, to mark data that is not loaded yet. Dots differ from the hatching of lost data
    /// and from an empty plot.
    fn unloaded(&self, rect: &Rect) {
        let step = HATCH_STEP_PX * self.zoom;
        self.context.set_fill_style_str(&self.palette.muted);
        self.thinned(HATCH, || {
            let mut y = rect.top + step / 2.0;
            while y < rect.bottom() {
                let mut x = (rect.left / step).ceil() * step;
                while x < rect.right() {
                    self.context.fill_rect(x, y, self.zoom, self.zoom);
                    x += step;
                }
                y += step;
            }
        });
    }

    fn replayed(&self, rect: &Rect) {
        self.context.set_fill_style_str(&self.palette.accent);
        self.thinned(TINT, || self.context.fill_rect(rect.left, rect.top, rect.width, rect.height));
        let bar = 2.0 * self.zoom;
        self.context.fill_rect(rect.left, rect.top - bar, rect.width, bar);
    }

    fn text(&self, at: Point, align: Align, text: &str) {
        self.context.set_fill_style_str(&self.palette.muted);
        self.context.set_text_align(match align {
            Align::Start => "left",
            Align::Middle => "center",
            Align::End => "right",
        });
        // This fails only for coordinates that are not finite. Nothing should be drawn for them.
        let _drawn = self.context.fill_text(text, at.x, at.y);
    }

    pub(super) fn clip(&self, rect: &Rect) {
        self.context.begin_path();
        self.context.rect(rect.left, rect.top, rect.width, rect.height);
        self.context.clip();
    }

    fn path(&self, points: &[Point]) {
        self.context.begin_path();
        for point in points {
            self.context.line_to(point.x, point.y);
        }
    }

    fn thinned(&self, share: f64, draw: impl FnOnce()) {
        let alpha = self.context.global_alpha();
        self.context.set_global_alpha(alpha * share);
        draw();
        self.context.set_global_alpha(alpha);
    }

    fn colour(&self, ink: Ink) -> &str {
        match ink {
            Ink::Grid => &self.palette.grid,
            Ink::Baseline => &self.palette.baseline,
            Ink::Crosshair => &self.palette.muted,
            Ink::Series(column) | Ink::Earlier(column) => &self.palette.series[column % COLOURS],
            Ink::Other => &self.palette.other,
            Ink::Limit(Means::Warning) => &self.palette.late,
            Ink::Limit(Means::Bad) => &self.palette.bad,
        }
    }

    fn set_dashes(&self, pattern: &[f64]) {
        let scaled = pattern.iter().map(|length| wasm_bindgen::JsValue::from_f64(length * self.zoom));
        let pattern: js_sys::Array = scaled.collect();
        // This fails only for negative lengths.
        let _set = self.context.set_line_dash(&pattern);
    }
}

/// Returns the font size of an element in CSS pixels; `None` if it is not in the page.
///
/// The number is parsed by the browser, because Rust's parser would make the page ten kilobytes larger.
pub fn font_px(element: &Element) -> Option<f64> {
    let style = web_sys::window()?.get_computed_style(element).ok()??;
    let size = js_sys::parse_float(&style.get_property_value("font-size").ok()?);
    size.is_finite().then_some(size)
}

/// Returns the width of a figure in large type, as a multiple of its font size.
pub fn text_em(text: &str) -> f64 {
    let width_px = RULER.with(|ruler| {
        let ruler = ruler.as_ref()?;
        set_font(ruler, "600 ");
        ruler.measure_text(text).ok().map(|metrics| metrics.width())
    });
    width_px.map_or(USUAL_LETTER_EM * text.chars().count() as f64, |width| width / f64::from(RULER_PX))
}

/// Returns the height of a capital letter as a multiple of the font size.
pub fn cap_em() -> f64 {
    let height_px = RULER.with(|ruler| {
        let ruler = ruler.as_ref()?;
        set_font(ruler, "");
        ruler.measure_text("H").ok().map(|metrics| metrics.actual_bounding_box_ascent())
    });
    height_px.filter(|px| *px > 0.0).map_or(USUAL_CAP_EM, |px| px / f64::from(RULER_PX))
}

/// Chooses the font in which the ruler measures texts. `weight` is the beginning of its description.
fn set_font(ruler: &CanvasRenderingContext2d, weight: &str) {
    theme::with_font(|font| ruler.set_font(&[weight, &RULER_PX.to_string(), "px ", font].concat()));
}

thread_local! {
    /// A canvas that is not in the page and on which only widths of texts are measured.
    static RULER: Option<CanvasRenderingContext2d> = ruler();
}

fn ruler() -> Option<CanvasRenderingContext2d> {
    let canvas = web_sys::window()?.document()?.create_element("canvas").ok()?;
    canvas.unchecked_into::<HtmlCanvasElement>().get_context("2d").ok()??.dyn_into().ok()
}
