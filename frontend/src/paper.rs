//! The board on paper: black on white, on as few sheets as necessary, without controls. Lines differ by their dashes and markers.
//!
//! A browser gives a page no time to draw between a changed width and the print. So the panels of the screen are not printed. When
//! the browser is about to print, the panels that are shown are written and drawn once more, for paper, and removed afterwards.

use std::cell::RefCell;

use leptos::ev;
use leptos::prelude::*;
use shared::Topic;
use web_sys::{Element, HtmlCanvasElement};

use crate::arrangement::Arrangement;
use crate::board::Board;
use crate::chart::Palette;
use crate::chart::off_page::swatch;
use crate::late::part;
use crate::panel::{self, still::Still};
use crate::player::Player;
use crate::{late_style, list_style, prefs};
use board_model::chart::keys::Key;
use board_model::zone::zone_name;

part!(load_paper, Board, listen, quiet);

/// Loads the code that writes the panels for paper whenever the browser is about to print.
pub fn show(board: Board) -> AnyView {
    load_paper(board)
}

/// The rules for paper. They are a part of the code, which is loaded after the first picture.
const STYLE: &str = include_str!("../style/late/paper.css");
/// Number of device pixels for each CSS pixel on paper.
const DENSITY: f64 = 3.0;
/// Maximum number of panels that are printed in wide columns.
const FEW: usize = 10;
/// Width and height of a chart in CSS pixels, in a wide and in a narrow column.
const WIDE: [f64; 2] = [345.0, 120.0];
const NARROW: [f64; 2] = [226.0, 100.0];
/// Height of the chart below a figure, in CSS pixels.
const BELOW_FIGURE: f64 = 44.0;
/// Maximum number of rows and of series for each panel.
const MOST_ROWS: usize = 8;
const MOST_KEYS: usize = 24;

thread_local! {
    /// The elements for paper, which are in the page while the browser prints.
    static SHEETS: RefCell<Option<Element>> = const { RefCell::new(None) };
}

/// Writes the panels for paper whenever the browser is about to print.
fn listen(board: Board) -> AnyView {
    let (arrangement, player): (Arrangement, Player) = (expect_context(), expect_context());
    list_style::adopt();
    late_style::adopt(STYLE);
    let begin = window_event_listener(ev::beforeprint, move |_| {
        let owner = Owner::new();
        let sheets = owner.with(|| untrack(|| sheets(board, player, arrangement)));
        owner.cleanup();
        remove();
        if let (Some(body), Some(sheets)) = (document().body(), &sheets) {
            // This fails only for an element that contains the body.
            let _added = body.append_child(sheets);
        }
        SHEETS.set(sheets);
    });
    let end = window_event_listener(ev::afterprint, |_| remove());
    on_cleanup(move || {
        begin.remove();
        end.remove();
    });
    ().into_any()
}

fn remove() {
    SHEETS.take().iter().for_each(Element::remove);
}

fn sheets(board: Board, player: Player, arrangement: Arrangement) -> Option<Element> {
    let topics: Vec<Topic> =
        arrangement.groups.with(|groups| groups.iter().flat_map(|group| group.topics.clone()).collect());
    let stills: Vec<Still> =
        topics.iter().filter_map(|topic| panel::still(board, arrangement, topic)).collect();
    let sheets = element("div", "paper", "")?;
    sheets.append_child(&*header(board, player, stills.len())?).ok()?;
    let are_few = stills.len() <= FEW;
    let cells = element("div", if are_few { "cells are-few" } else { "cells" }, "")?;
    let palette = Palette::of_paper();
    for still in stills {
        cells.append_child(&*cell(still, if are_few { WIDE } else { NARROW }, &palette)?).ok()?;
    }
    sheets.append_child(&cells).ok()?;
    Some(sheets)
}

/// Returns the head of the first sheet: the name of the board, the times, the state as in the header of the page, and the time of the
/// print. The times have their day, because paper is read on other days.
fn header(board: Board, player: Player, panels: usize) -> Option<Element> {
    let header = element("header", "", "")?;
    let name =
        prefs::board().filter(|name| !name.starts_with('{')).unwrap_or_else(|| "Tickertape".to_owned());
    let clock = board.clock.get();
    let (now, stretch) = (board.now.get(), board.time.stretch());
    let zone = zone_name(clock.offset_at(now));
    let count = if panels == 1 { "1 panel".to_owned() } else { format!("{panels} panels") };
    let words = [
        ("h1", name),
        ("span", clock.stretch(&stretch, 0)),
        ("span", player.headline(board).1),
        ("span", count),
        ("span", format!("printed {}, {zone}", clock.moment(crate::now::now().wall_ms, 0))),
    ];
    for (tag, words) in words {
        header.append_child(&*element(tag, "", &words)?).ok()?;
    }
    Some(header)
}

fn cell(still: Still, size: [f64; 2], palette: &Palette) -> Option<Element> {
    let section = element("section", "", "")?;
    let top = element("div", "top", "")?;
    for (tag, class, words) in
        [("h2", "", still.name()), ("span", "", still.about()), ("span", "state-words", still.state())]
    {
        top.append_child(&*element(tag, class, &words)?).ok()?;
    }
    section.append_child(&top).ok()?;
    let figure = still.figure();
    for (class, words) in figure.iter().flat_map(|(figure, note)| [("value", figure), ("", note)]) {
        section.append_child(&*element("div", class, words)?).ok()?;
    }
    let size = if figure.is_some() { [size[0], BELOW_FIGURE] } else { size };
    if let Some((chart, keys)) = still.chart(size, DENSITY, palette, MOST_KEYS) {
        chart.set_class_name("plot-on-paper");
        section.append_child(&chart).ok()?;
        if figure.is_none() {
            section.append_child(&*legend(&keys, palette)?).ok()?;
        }
    } else {
        section.append_child(&*table(still)?).ok()?;
    }
    Some(section)
}

fn legend(keys: &[Key], palette: &Palette) -> Option<Element> {
    let list = element("ul", "", "")?;
    for key in keys {
        let item = element("li", "", "")?;
        let line: Option<HtmlCanvasElement> = key.ink.and_then(|ink| swatch(ink, DENSITY, palette));
        line.iter().for_each(|line| drop(item.append_child(line)));
        item.append_child(&*element("span", "", &key.words)?).ok()?;
        list.append_child(&item).ok()?;
    }
    Some(list)
}

fn table(still: Still) -> Option<Element> {
    let rows = still.rows(MOST_ROWS);
    let table = element("table", "", "")?;
    let heads = Some(("th", &rows.heads)).filter(|(_, heads)| !heads.is_empty());
    for (tag, cells) in heads.into_iter().chain(rows.rows.iter().map(|row| ("td", row))) {
        let line = element("tr", "", "")?;
        for cell in cells {
            line.append_child(&*element(tag, "", cell)?).ok()?;
        }
        table.append_child(&line).ok()?;
    }
    if rows.left_out > 0 {
        let line = element("tr", "", "")?;
        line.append_child(&*element("td", "", &format!("{} more", rows.left_out))?).ok()?;
        table.append_child(&line).ok()?;
    }
    Some(table)
}

/// Creates an element that contains a text.
fn element(tag: &str, class: &str, words: &str) -> Option<Element> {
    let element = document().create_element(tag).ok()?;
    if !class.is_empty() {
        element.set_class_name(class);
    }
    element.set_text_content(Some(words));
    Some(element)
}
