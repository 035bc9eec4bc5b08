//! The panels as the page shows them until the code of its views is there: names, values and states, without charts and controls.
//!
//! They are drawn by the browser's own functions, so that little code is needed for them. They stand in the places in which the views
//! will show them, below the header of `index.html`.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::ev;
use leptos::prelude::*;
use shared::Topic;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::arrangement::{Arrangement, px};
use crate::follow::effect;
use crate::page::Page;
use crate::panel::plain::{self, append, element, put};
use crate::sight;
use board_model::layout;
use board_model::placement::Band;

/// The panels that are shown first. They change with the data until this value is dropped.
pub struct FirstPanels {
    page: Page,
    /// The topics whose panels are shown.
    shown: Rc<RefCell<Vec<Topic>>>,
    /// The owner of the effect that draws the panels.
    drawing: Owner,
}

impl FirstPanels {
    /// Shows the panels, and draws them again whenever one of them changes or the page is scrolled.
    pub fn show(page: Page) -> Self {
        let (drawing, shown) = (Owner::new(), Rc::<RefCell<Vec<Topic>>>::default());
        let drawn = Rc::clone(&shown);
        drawing.with(|| {
            let scrolls = Trigger::new();
            let scrolled = window_event_listener(ev::scroll, move |_| scrolls.notify());
            on_cleanup(move || scrolled.remove());
            effect(move || {
                scrolls.track();
                drawn.replace(draw(page).unwrap_or_default());
            });
        });
        Self { page, shown, drawing }
    }

    /// Shows the page by the function `show`, and removes the shell, both before the browser paints again. The views begin with the panels
    /// that are shown now.
    pub fn replace(self, show: impl FnOnce()) {
        self.page.board.present.set(self.shown.take().into_iter().collect());
        drop(self.drawing);
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

/// Draws the panels down to the lower edge of the window, and returns their topics. Draws none if the code that decides on them is not there
/// yet: that of the wall, of a document of the board, or of the past. Returns `None` without the shell, which index.html has.
fn draw(page: Page) -> Option<Vec<Topic>> {
    let (board, arrangement) = (page.board, page.arrangement);
    if page.wall.is_chosen() || board.boards.is_wanted() || board.time.past().is_some() {
        return None;
    }
    let shown = shell(" .board")?;
    let (top, height) = sight::screen();
    shown.set_text_content(None);
    shown.style().set_property("height", &px(arrangement.height())).ok()?;
    let (bands, mut topics, mut group) = (arrangement.bands(), Vec::new(), None);
    for (topic, place) in arrangement.above(height - top) {
        let name = layout::group_name(&topic).to_owned();
        if group.as_ref() != Some(&name) {
            for band in bands.iter().filter(|band| band.group == name) {
                append(&shown, heading(band, arrangement))?;
            }
            group = Some(name);
        }
        // The panel of a topic that has just been removed is left out.
        if append(&shown, plain::draw(board, arrangement, &topic, place)).is_some() {
            topics.push(topic);
        }
    }
    Some(topics)
}

/// Returns the heading of a group, which screen readers read only where the group begins.
fn heading(band: &Band, arrangement: Arrangement) -> Option<HtmlElement> {
    let heading = element("h2", "group", layout::heading(&band.group))?;
    append(&heading, element("small", "", if band.is_continued { " continued" } else { "" }))?;
    heading.set_attribute("aria-hidden", if band.is_continued { "true" } else { "false" }).ok()?;
    put(&heading, arrangement, band.place())?;
    Some(heading)
}
