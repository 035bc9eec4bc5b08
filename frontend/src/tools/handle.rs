//! The state of the tools: what is open of the palette, the list of keys and the dialogs.

use shared::{Millis, Topic};

use crate::prefs::{self, Theme};
use crate::signal::RwSignal;

/// A handle to the state of the tools. It can be copied, and is shared as a Leptos context.
#[derive(Clone, Copy)]
pub struct Tools {
    /// The entries that the palette offers; `None` while it is closed.
    pub palette: RwSignal<Option<Mode>>,
    /// True while the list of keys is open.
    pub keys: RwSignal<bool>,
    /// The moment that the reader is about to mark; `None` while the dialog is closed.
    pub mark: RwSignal<Option<Millis>>,
    /// The topic that the reader is about to delete; `None` while the dialog is closed.
    pub forget: RwSignal<Option<Topic>>,
    /// A sentence that is shown for a moment; empty if there is none.
    pub notice: RwSignal<String>,
    /// The theme of the page.
    pub theme: RwSignal<Theme>,
    /// True if the reader wants notifications about trouble.
    pub notifies: RwSignal<bool>,
}

/// The entries that the palette offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// All topics, boards and actions.
    Everything,
    /// The topics that can be hidden.
    Hide,
    /// The topics that the reader's token allows to delete.
    Forget,
    /// The topics from whose panels something can be taken.
    Take,
}

impl Tools {
    /// Creates the state, in which everything is closed.
    pub fn new() -> Self {
        Self {
            palette: RwSignal::new(None),
            keys: RwSignal::new(false),
            mark: RwSignal::new(None),
            forget: RwSignal::new(None),
            notice: RwSignal::default(),
            theme: RwSignal::new(prefs::theme()),
            notifies: RwSignal::new(false),
        }
    }

    /// Shows a sentence for a moment, and tells it to screen readers.
    pub fn say(self, words: impl Into<String>) {
        self.notice.set(words.into());
    }
}

impl Default for Tools {
    fn default() -> Self {
        Self::new()
    }
}
