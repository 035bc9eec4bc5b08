//! The state of boards as documents, as far as the rest of the page has to know it.

use std::cell::Cell;

use shared::{Millis, Topic};
use tickertape_session::Event;

use crate::cell::Cell as Model;
use crate::prefs;
use crate::signal::{RwSignal, StoredValue};
use board_model::layout::{Group, Layout};
use board_model::placement::Size;
use board_model::query::Query;
use board_model::trouble::Trouble;

/// A handle to the document of the board. It can be copied.
///
/// Without a document, every topic has a panel. The code that reads and changes documents is a part that is loaded if the
/// page's address or the browser's storage has a document, or when a person arranges the board.
#[derive(Clone, Copy)]
pub struct Boards {
    /// True from the time at which the part is wanted.
    pub(super) is_wanted: RwSignal<bool>,
    /// True while a person arranges the board.
    pub(super) is_arranging: RwSignal<bool>,
    /// True once the server and the token are known.
    pub(super) is_server_known: RwSignal<bool>,
    /// Number of changes of the document.
    changes: RwSignal<u64>,
    /// True if the panels are as the document wants them, or there is none.
    is_settled: StoredValue<bool>,
}

thread_local! {
    /// The functions of the part, which apply the document; `None` while there is no document. They are not in a signal of their
    /// own type, which would make the first picture larger.
    static FUNCTIONS: Cell<Option<Functions>> = const { Cell::new(None) };
}

/// Functions of the part that is loaded.
#[derive(Clone, Copy)]
pub(super) struct Functions {
    /// Returns the keys of the panels that are shown and that a search finds, in groups and in order.
    pub(super) arrange: fn(&Layout, &Query) -> Vec<Group>,
    /// Returns the size of the panel of a topic, from the size that suits its data.
    pub(super) size: fn(&Topic, Size) -> Size,
    /// Returns the title of the panel of a topic, if it is not called as usual.
    pub(super) title: fn(&Topic) -> Option<String>,
    /// Returns the model of a panel that shows several topics, and its number.
    pub(super) model: fn(&Topic) -> Option<(Model, u64)>,
    /// Returns the topics of such a panel.
    pub(super) topics: fn(&Topic) -> Option<Vec<Topic>>,
    /// Returns the panels of this kind that show a topic, each with the time in milliseconds before the window that it needs.
    pub(super) holders: fn(&Topic, Millis) -> Vec<(Topic, Millis)>,
    /// Applies an answer about the past, if the part has asked for it.
    pub(super) answer: fn(&Event, Millis) -> bool,
    /// Returns the trouble of the thresholds that the newest numbers of a panel of several topics cross.
    pub(super) crossed: fn(&Topic) -> Vec<Trouble>,
}

impl Boards {
    /// Creates the state. The part is wanted if the page's address or the browser's storage has a document.
    pub fn new() -> Self {
        let has_board = prefs::has_board();
        Self {
            is_wanted: RwSignal::new(has_board),
            is_arranging: RwSignal::new(false),
            is_server_known: RwSignal::new(false),
            changes: RwSignal::new(0),
            is_settled: StoredValue::new(!has_board),
        }
    }

    /// Notes that the server and the token are known.
    pub fn note_server(self) {
        self.is_server_known.set(true);
    }

    /// Notes that the panels are as the document wants them or, if `is_settled` is false, that another document is being opened.
    pub(super) fn settle(self, is_settled: bool) {
        self.is_settled.set_value(is_settled);
    }

    /// Returns false while the document, which may have thresholds, is not applied yet.
    pub fn is_settled(self) -> bool {
        self.is_settled.get_value()
    }

    /// Applies a document, or a change of it, by these functions of the part.
    pub(super) fn apply(self, functions: Functions) {
        FUNCTIONS.set(Some(functions));
        self.changes.update(|changes| *changes += 1);
    }

    /// Subscribes the running effect to changes of the document.
    pub(super) fn track(self) {
        self.changes.track();
    }

    fn functions(self) -> Option<Functions> {
        self.changes.track();
        FUNCTIONS.get()
    }

    /// Returns true from the time at which a document is to be shown, or arranged.
    pub fn is_wanted(self) -> bool {
        self.is_wanted.get()
    }

    /// Loads the part.
    pub(super) fn want(self) {
        self.is_wanted.set(true);
    }

    /// Begins to arrange the board, or ends it.
    pub fn toggle(self) {
        self.is_wanted.set(true);
        self.is_arranging.update(|is_arranging| *is_arranging = !*is_arranging);
    }

    /// Returns true while a person arranges the board, so that panels move at once.
    pub fn is_arranging(self) -> bool {
        self.is_arranging.get()
    }

    /// Returns the groups that a search finds among the topics that the document shows.
    pub fn groups(self, layout: &Layout, query: &Query) -> Vec<Group> {
        match self.functions() {
            Some(functions) => (functions.arrange)(layout, query),
            None => layout.found_by(query),
        }
    }

    /// Returns the size of the panel of a topic, from the size that suits its data.
    pub fn size(self, topic: &Topic, usual: Size) -> Size {
        self.functions().map_or(usual, |functions| (functions.size)(topic, usual))
    }

    /// Returns the model of a panel that shows several topics, and its number; `None` if the panel shows one topic as it is.
    pub fn model(self, key: &Topic) -> Option<(Model, u64)> {
        (self.functions()?.model)(key)
    }

    /// Returns the topics of a panel that shows several; `None` if the panel shows one topic as it is.
    pub fn topics(self, key: &Topic) -> Option<Vec<Topic>> {
        (FUNCTIONS.get()?.topics)(key)
    }

    /// Returns the panels of several topics that show a topic, each with the time in milliseconds before the window of this length that
    /// it needs.
    pub fn holders(self, topic: &Topic, window_ms: Millis) -> Vec<(Topic, Millis)> {
        FUNCTIONS.get().map_or_else(Vec::new, |functions| (functions.holders)(topic, window_ms))
    }

    /// Returns the trouble of the thresholds that the newest numbers of a panel of several topics cross. Each is that of a topic or, if the
    /// panel has thresholds for several topics, of the panel.
    pub fn crossed(self, key: &Topic) -> Vec<Trouble> {
        FUNCTIONS.get().map_or_else(Vec::new, |functions| (functions.crossed)(key))
    }

    /// Applies an answer about the past to the panel that has asked for it. Returns false if there is none.
    pub fn answer(self, event: &Event, now: Millis) -> bool {
        FUNCTIONS.get().is_some_and(|functions| (functions.answer)(event, now))
    }

    /// Returns the title of the panel of a topic; `None` if it is called as usual.
    pub fn title(self, topic: &Topic) -> Option<String> {
        (self.functions()?.title)(topic)
    }
}

impl Default for Boards {
    fn default() -> Self {
        Self::new()
    }
}
