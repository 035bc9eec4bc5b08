//! Settings of a session.

use super::constants::{QUEUE_AGE_MS, QUEUE_MESSAGES};

/// Settings of a session. Start from the default and change what differs:
///
/// ```
/// use tickertape_session::Settings;
///
/// let settings = Settings::default().with_queue_messages(1_000).with_queue_age_ms(None);
/// assert_eq!((settings.queue_messages, settings.queue_age_ms), (1_000, None));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// Token for the first connection. [`Session::set_token`](crate::Session::set_token) replaces it.
    pub token: Option<String>,
    /// Name of the producer under which idempotent publish requests are sent. Each run of a program needs a name of its
    /// own, because sequence numbers start at 1. If it is absent, the name is derived from the seed.
    pub producer: Option<String>,
    /// Maximum number of publish requests in the outbound queue. When it is full, the oldest request is dropped.
    pub queue_messages: usize,
    /// Maximum time that a publish request waits in the queue before it is dropped, in milliseconds; `None` for no
    /// limit.
    pub queue_age_ms: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { token: None, producer: None, queue_messages: QUEUE_MESSAGES, queue_age_ms: Some(QUEUE_AGE_MS) }
    }
}

impl Settings {
    /// Returns these settings with [`Settings::token`] replaced.
    #[must_use]
    pub fn with_token(self, token: Option<String>) -> Self {
        Self { token, ..self }
    }

    /// Returns these settings with [`Settings::queue_messages`] replaced.
    #[must_use]
    pub fn with_queue_messages(self, queue_messages: usize) -> Self {
        Self { queue_messages, ..self }
    }

    /// Returns these settings with [`Settings::queue_age_ms`] replaced.
    #[must_use]
    pub fn with_queue_age_ms(self, queue_age_ms: Option<u64>) -> Self {
        Self { queue_age_ms, ..self }
    }
}
