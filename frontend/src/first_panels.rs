//! The panels as the page shows them until the code of its views is there: names, values and states, without charts and controls.
//!
//! They are drawn by the browser's own functions, so that little code is needed for them. They stand in the places in which the views
//! will show them, below the header of `index.html`.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::arrangement::px;
use crate::follow::effect;
use crate::page::Page;
use crate::panel::plain::{self, append, element, put};
use crate::sight;
use board_model::layout;

/// The panels that are shown first. They change with the data until this value is dropped.
pub struct FirstPanels {
    /// The owner of the effect that draws the panels.
    _drawing: Owner,
}

impl FirstPanels {
    /// Shows the panels, and draws them again whenever one of them changes.
    pub fn show(page: Page) -> Self {
        let drawing = Owner::new();
        drawing.with(|| {
            effect(move || {
                // Without the shell, which index.html has, there is no place for them.
                let _drawn = draw(page);
            });
        });
        Self { _drawing: drawing }
    }

    /// Shows the page by the function `show`, and removes the shell, both before the browser paints again.
    pub fn replace(self, show: impl FnOnce()) {
        drop(self);
        show();
        shell("").into_iter().for_each(|shell| shell.remove());
    }

    /// Says that the views could not be loaded.
    pub fn say_not_loaded(&self) {
        let words = shell(" [role=alert]").into_iter();
        words.for_each(|words| words.set_hidden(false));
    }
}

/// Returns an element of the shell; the shell itself for an empty selector.
fn shell(selector: &str) -> Option<HtmlElement> {
    document().query_selector(&["#shell", selector].concat()).ok()??.dyn_into().ok()
}

/// Draws the panels that are in the visible part of the page. Does nothing if a document of the board, or the wall, decides where they stand,
/// because the code of these is not there yet.
fn draw(page: Page) -> Option<()> {
    let (board, arrangement) = (page.board, page.arrangement);
    if page.wall.is_chosen() || board.boards.is_wanted() {
        return None;
    }
    let shown = shell(" .board")?;
    let (top, height) = sight::screen();
    shown.set_text_content(None);
    shown.style().set_property("height", &px(arrangement.height())).ok()?;
    for band in arrangement.bands() {
        let heading = element("h2", "group", layout::heading(&band.group))?;
        append(&heading, element("small", "", if band.is_continued { " continued" } else { "" }))?;
        put(&heading, arrangement, band.place())?;
        append(&shown, Some(heading))?;
    }
    for topic in arrangement.groups.get().iter().flat_map(|group| &group.topics) {
        let place = arrangement.place(topic).filter(|place| top + place.top < height);
        let panel = place.and_then(|place| plain::draw(board, arrangement, topic, place));
        // The panel of a topic that has just been removed is left out.
        let _added = append(&shown, panel);
    }
    Some(())
}
