//! A panel without views, as the page shows it first: its name, its state, and its newest values.

use leptos::prelude::*;
use shared::{Freshness, Topic};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::charts;
use super::details::chip_class;
use crate::arrangement::{Arrangement, px};
use crate::board::Board;
use crate::cell::Cell;
use crate::figure::figure_em;
use board_model::chart::clock::LocalClock;
use board_model::chart::series::SeriesSet;
use board_model::chip::Chip;
use board_model::figure::Figure;
use board_model::kind::Kind;
use board_model::layout::short_name;
use board_model::placement::{Place, Rest, figure_px, is_low};
use board_model::stream::Stream;

/// Draws the panel of a topic at this place of a page that is no wall. Returns `None` if the board no longer contains the topic.
pub(crate) fn draw(
    board: Board,
    arrangement: Arrangement,
    topic: &Topic,
    place: Place,
) -> Option<HtmlElement> {
    let cell = board.cell(topic)?;
    let chip = board.chip(&cell);
    let kind = cell.stream.with(Stream::kind)?;
    let scale = arrangement.scale();
    let low = if is_low(place, scale) { " is-low" } else { "" };
    let stale = if chip.freshness == Some(Freshness::Stale) { " is-stale" } else { "" };
    let panel = element("section", &["panel", low, stale].concat(), "")?;
    put(&panel, arrangement, place)?;
    let attributes = [
        ("aria-label", topic.as_str()),
        ("data-testid", "first-panel"),
        ("data-topic", topic.as_str()),
        ("data-kind", kind.word()),
    ];
    for (name, value) in attributes {
        panel.set_attribute(name, value).ok()?;
    }
    append(&panel, head(topic, &chip))?;
    body(&panel, &cell, (kind, board.clock.get()), |figure| {
        let width_em = figure_em(Rest::Sparkline, &figure.text, &figure.unit, false);
        figure_px(width_em, Rest::Sparkline, place, scale).floor() as i32
    })?;
    Some(panel)
}

fn head(topic: &Topic, chip: &Chip) -> Option<HtmlElement> {
    let (top, name) = (element("div", "top", "")?, short_name(topic));
    let (heading, group) =
        (element("h3", "name", "")?, topic.as_str().strip_suffix(name).unwrap_or_default());
    append(&heading, element("span", "of", group))?;
    append(&heading, element("span", "", name))?;
    append(&top, Some(heading))?;
    let corner = element("span", &chip_class(chip), &chip.text)?;
    corner.set_attribute("data-freshness", chip.freshness.map_or("", Freshness::word)).ok()?;
    append(&top, Some(corner))?;
    Some(top)
}

/// Adds what the panel shows of its data: a figure, or the newest value of each series. The code of all else is loaded later.
fn body(
    panel: &HtmlElement,
    cell: &Cell,
    (kind, clock): (Kind, LocalClock),
    size_px: impl Fn(&Figure) -> i32,
) -> Option<()> {
    cell.stream.with(|stream| {
        cell.series.with(|series| match kind {
            Kind::Number => {
                let figure = Figure::of(stream, series, clock);
                let size_px = size_px(&figure);
                show_figure(panel, &figure, size_px)
            }
            Kind::Line => values(panel, stream, series, clock),
            _ => append(panel, element("p", "late", "Loading…")),
        })
    })
}

fn show_figure(panel: &HtmlElement, figure: &Figure, size_px: i32) -> Option<()> {
    let big = element("div", "big", &figure.text)?;
    big.style().set_property("font-size", &px(size_px)).ok()?;
    append(&big, element("small", "", &[" ", &figure.unit].concat()))?;
    append(panel, Some(big))?;
    append(panel, element("div", "note last-number", figure.note.as_deref().unwrap_or_default()))?;
    append(panel, element("figure", "chart spark", ""))
}

fn values(panel: &HtmlElement, stream: &Stream, series: &SeriesSet, clock: LocalClock) -> Option<()> {
    let (chart, plot) = (element("figure", "chart", "")?, element("div", "plot", "")?);
    let (legend, keys) = (element("figcaption", "legend", "")?, element("div", "keys", "")?);
    for [name, value] in charts::newest(stream, series, clock) {
        let key = element("span", "key", "")?;
        append(&key, element("span", "", &name))?;
        append(&key, element("b", "", &value))?;
        append(&keys, Some(key))?;
    }
    append(&plot, element("p", "late", "Loading…"))?;
    append(&legend, Some(keys))?;
    append(&chart, Some(plot))?;
    append(&chart, Some(legend))?;
    append(panel, Some(chart))
}

/// Creates an element with this class and text. It is not copied into its many callers, so that the page is smaller.
#[inline(never)]
pub(crate) fn element(tag: &str, class: &str, text: &str) -> Option<HtmlElement> {
    let element: HtmlElement = document().create_element(tag).ok()?.unchecked_into();
    element.set_class_name(class);
    element.set_text_content(Some(text));
    Some(element)
}

/// Puts an element at this place of the board.
pub(crate) fn put(element: &HtmlElement, arrangement: Arrangement, place: Place) -> Option<()> {
    element.style().set_property("inset", &arrangement.inset(place)).ok()
}

/// Adds an element to the end of another one. Returns `None` if there is no element.
#[inline(never)]
pub(crate) fn append(parent: &HtmlElement, child: Option<HtmlElement>) -> Option<()> {
    let child = child?;
    parent.append_child(&child).ok().map(drop)
}
