//! What whoever makes a session decides.

use super::constants::{QUEUE_AGE_MS, QUEUE_MESSAGES};

/// What whoever makes a session decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The token of the first connection; later ones by [`super::Session::set_token`].
    pub token: Option<String>,
    /// The name of this process as an idempotent producer, unique to this run, because numbers start
    /// at 1 again. Made from the seed if absent.
    pub producer: Option<String>,
    /// Messages the outbound queue holds; beyond, the oldest falls out.
    pub queue_messages: usize,
    /// How long a message may wait in it, in milliseconds; `None`: as long as it takes.
    pub queue_age_ms: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { token: None, producer: None, queue_messages: QUEUE_MESSAGES, queue_age_ms: Some(QUEUE_AGE_MS) }
    }
}
