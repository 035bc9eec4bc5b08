//! The state of wall mode.

use leptos::prelude::*;
use shared::Topic;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::prefs;
use crate::signal::{Memo, RwSignal, StoredValue};
use board_model::placement::{Head, Place, Placement, View, WallView};
use board_model::wall::{Letters, Setting, Show};

/// A handle to the state of wall mode. It can be copied, and is shared as a Leptos context.
#[derive(Clone, Copy)]
pub struct Wall {
    /// True if wall mode is chosen. It is on when its code is loaded.
    pub(super) is_chosen: RwSignal<bool>,
    /// The settings while wall mode is on; `None` while it is off.
    pub(super) setting: RwSignal<Option<Setting>>,
    /// The settings that wall mode had when it was switched off.
    pub(super) last: StoredValue<Option<Setting>>,
    pub(super) letters: RwSignal<Letters>,
    pub(super) show: RwSignal<Show>,
    /// The places of the panels on the page that is shown.
    pub(super) page: Memo<Placement>,
    /// The words in the header: the number of panels in trouble, the page, and the times between which charts show data.
    pub(super) words: RwSignal<[String; 3]>,
    /// The functions of the part that is loaded; `None` until wall mode is on.
    pub(super) functions: StoredValue<Option<Functions>>,
}

/// Functions of the part that is loaded.
#[derive(Clone, Copy)]
pub(super) struct Functions {
    /// Sets the font size, and reads the size of the part of the page that panels may use.
    pub(super) measure: fn(Wall) -> Option<View>,
    /// Handles a key. Returns true if it belongs to wall mode.
    pub(super) handle_key: fn(Wall, &str) -> bool,
}

impl Wall {
    /// Creates the state. Wall mode is chosen if the page's address chooses it.
    pub fn new() -> Self {
        let show = RwSignal::new(Show::default());
        Self {
            is_chosen: RwSignal::new(prefs::chooses_wall()),
            setting: RwSignal::new(None),
            last: StoredValue::new(None),
            letters: RwSignal::new(Letters::default()),
            show,
            page: Memo::new(move |_| show.with(|show| show.page().cloned().unwrap_or_default())),
            words: RwSignal::default(),
            functions: StoredValue::new(None),
        }
    }

    /// Returns true if wall mode is on.
    pub fn is_on(self) -> bool {
        self.setting.with(Option::is_some)
    }

    /// Returns true if wall mode is chosen. It is on a moment later, when its code is loaded.
    pub fn is_chosen(self) -> bool {
        self.is_chosen.get()
    }

    /// Switches wall mode on or off. Full screen is switched with it if the browser permits this.
    pub fn toggle(self) {
        let on = !self.is_chosen.get_untracked();
        self.is_chosen.set(on);
        if !on {
            leave_full_screen();
        } else if let Some(root) = document().document_element() {
            // Some phones refuse full screen. The page then fills the window.
            let _refused = root.request_fullscreen();
        }
    }

    /// Handles a key. Returns true if it belongs to wall mode: the space bar holds the page or goes on, and the arrows turn
    /// pages.
    pub fn handle_key(self, key: &str) -> bool {
        self.functions.get_value().is_some_and(|functions| (functions.handle_key)(self, key))
    }

    /// Turns to the page of a topic, and holds it, if wall mode is on.
    pub(crate) fn turn_to(self, topic: &Topic) {
        if self.setting.with_untracked(Option::is_some) {
            self.show.update(|show| show.turn_to(topic));
        }
    }

    /// Sets the font size of a wall, and reads the size of the part of it that panels may use. Returns `None` if wall mode is
    /// off, and `Some(None)` if the page is not complete.
    pub(crate) fn measure(self) -> Option<Option<View>> {
        self.functions.get_value().map(|functions| (functions.measure)(self))
    }

    /// Returns the places of the panels on the page of the wall that is shown.
    pub fn page(self) -> Placement {
        self.page.get()
    }

    /// Calls `read` with the places of the panels on the page that is shown, and returns its result.
    pub fn with_page<T>(self, read: impl FnOnce(&Placement) -> T) -> T {
        self.page.with(read)
    }

    /// Returns the view for which the panels have their places.
    pub fn view(self) -> WallView {
        let letters = self.letters.get();
        WallView { text_px: letters.text_px, figure_px: letters.figure_px, ..WallView::default() }
    }

    /// Returns the head of a topic's panel at this place.
    pub(crate) fn head(self, topic: &Topic, place: Place) -> Head {
        self.show.with(|show| show.head(topic, place))
    }

    /// Returns true if wall mode is on and the panel of a topic is in trouble.
    pub fn is_in_trouble(self, topic: &Topic) -> bool {
        self.is_on() && self.show.with(|show| show.is_in_trouble(topic))
    }
}

impl Default for Wall {
    fn default() -> Self {
        Self::new()
    }
}

/// Leaves full screen. A page that was loaded as a wall is not in full screen, and others may have been refused it: then the promise of the
/// browser is rejected, which is expected. `web-sys` drops that promise, so that the browser would report the rejection as an error.
fn leave_full_screen() {
    let document = document();
    let exit = js_sys::Reflect::get(&document, &"exitFullscreen".into()).ok();
    let exit = exit.and_then(|exit| exit.dyn_into::<js_sys::Function>().ok());
    let promise = exit.and_then(|exit| exit.call0(&document).ok()?.dyn_into::<js_sys::Promise>().ok());
    if let Some(promise) = promise {
        let ignore = Closure::once(|_: JsValue| {});
        let _handled = promise.catch(&ignore);
        // The browser calls it later, or never.
        ignore.forget();
    }
}
