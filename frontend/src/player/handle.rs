//! The recording that is wanted, and the words for the header.

use crate::board::Board;
use crate::signal::RwSignal;

/// A handle to the recording that is wanted. It can be copied, and is shared as a Leptos context.
#[derive(Clone, Copy)]
pub struct Player {
    /// The recording, as a path beside the page; empty if none is played.
    pub(super) file: RwSignal<String>,
    /// The words for the header; `None` until the recording is played.
    pub(super) headline: RwSignal<Option<String>>,
}

impl Player {
    /// Creates the state without a recording.
    pub fn new() -> Self {
        Self { file: RwSignal::new(String::new()), headline: RwSignal::new(None) }
    }

    /// Plays a recording from beside the page, from its beginning.
    pub fn open(self, file: String) {
        self.file.set(file);
    }

    /// Returns the state of the board for a header: a CSS class, and words such as `Live`, or those about the recording that is played.
    pub fn headline(self, board: Board) -> (&'static str, String) {
        if let Some(words) = self.headline.get() {
            return ("is-recording", words);
        }
        let (paused_at, delay) = (board.paused_at.get(), board.delay.get());
        let tense = board.tense();
        board.link.with(|link| link.headline(paused_at, tense, delay, board.clock.get()))
    }
}

impl Default for Player {
    fn default() -> Self {
        Self::new()
    }
}
