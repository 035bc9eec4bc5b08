//! The state of the recorder.

use crate::signal::{RwSignal, StoredValue};
use crate::token;
use shared::Millis;
use shared::board_config::Addresses;

/// A handle to the state of the recorder. It can be copied, and is shared as a Leptos context.
#[derive(Clone, Copy)]
pub struct Recorder {
    /// True from the time at which a recording is wanted until it ends.
    pub(super) is_wanted: RwSignal<bool>,
    /// Time at which the recording was started; `None` if nothing is recorded.
    pub(super) since: RwSignal<Option<Millis>>,
    /// The server to record, with the token with which the page was opened; `None` until it is known.
    server: StoredValue<Option<(Addresses, Option<String>)>>,
}

impl Recorder {
    /// Creates the state. Nothing is recorded yet.
    pub fn new() -> Self {
        Self { is_wanted: RwSignal::new(false), since: RwSignal::new(None), server: StoredValue::new(None) }
    }

    /// Sets the server to record, and the token for it.
    pub fn know(self, server: Addresses, token: Option<String>) {
        self.server.set_value(Some((server, token)));
    }

    /// Returns the server, with the token for it; `None` until it is known. A token that the reader has entered since the page was
    /// opened comes first.
    pub(crate) fn server(self) -> Option<(Addresses, Option<String>)> {
        let (server, token) = self.server.get_value()?;
        Some((server, token::kept().or(token)))
    }

    /// Starts a recording, or ends it and downloads it.
    pub fn toggle(self) {
        if self.server.with_value(Option::is_some) {
            self.is_wanted.update(|is_wanted| *is_wanted = !*is_wanted);
        }
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}
