//! The record of a lost connection: when it was lost, the reason, and the text to show to people.

use super::constants::BANNER_MS;
use super::{Cause, SessionFailure, State};

/// Record of the current outage. Some of it is kept after the outage has ended.
#[derive(Debug, Default)]
pub(super) struct Outage {
    /// Number of attempts since the last stable connection: those that failed, and those whose connection was lost before it was
    /// stable.
    pub(super) attempts: u32,
    /// Moment since which there has been no stable connection.
    pub(super) failing_since_ms: Option<u64>,
    /// Moment since which there has been no connection.
    pub(super) down_since_ms: Option<u64>,
    pub(super) cause: Option<Cause>,
    pub(super) failure: Option<SessionFailure>,
    /// True if the server has refused the token once. The session then asks for a fresh token, and gives up if that is refused.
    pub(super) token_refused: bool,
    /// True once there has been a connection. Then a Tickertape server exists at this address, and the next connection counts as
    /// a reconnection.
    pub(super) connected_before: bool,
}

impl Outage {
    /// Returns true if the outage has lasted long enough for a banner, or does not end without a person.
    pub(super) fn should_be_shown(&self, state: State, now_ms: u64) -> bool {
        state == State::Failed || self.lasted_ms(state, now_ms).is_some_and(|ms| ms >= BANNER_MS)
    }

    /// Returns the time without a connection, in milliseconds.
    pub(super) fn lasted_ms(&self, state: State, now_ms: u64) -> Option<u64> {
        let since_ms = self.down_since_ms.filter(|_| state.is_down())?;
        Some(now_ms.saturating_sub(since_ms))
    }
}
