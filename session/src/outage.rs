//! The record of a lost connection: the moment of the loss, the reason, and the number of attempts to connect again.

use super::constants::BANNER_MS;
use super::{Cause, SessionFailure, State};

/// Record of the current outage (time without a connection). Some fields are kept after the outage has ended.
#[derive(Debug, Default)]
pub(super) struct Outage {
    /// Number of attempts to connect since the last stable connection. It counts those that failed, and those whose
    /// connection was lost before it was stable.
    pub(super) attempts: u32,
    /// Moment since which there has been no stable connection, in milliseconds of the monotonic clock.
    pub(super) failing_since_ms: Option<u64>,
    /// Moment since which there has been no connection, in milliseconds of the monotonic clock.
    pub(super) down_since_ms: Option<u64>,
    pub(super) cause: Option<Cause>,
    pub(super) failure: Option<SessionFailure>,
    /// True if the server has refused the token once. The session then asks for a fresh token, and gives up if that is
    /// refused, too.
    pub(super) token_refused: bool,
    /// True if there has ever been a connection. Then a Tickertape server exists at this address, and the next
    /// connection counts as a reconnection.
    pub(super) connected_before: bool,
}

impl Outage {
    /// Returns true if a banner should be shown, because the outage has lasted long enough or does not end without the
    /// help of a person.
    pub(super) fn should_be_shown(&self, state: State, now_ms: u64) -> bool {
        state == State::Failed || self.lasted_ms(state, now_ms).is_some_and(|ms| ms >= BANNER_MS)
    }

    /// Returns the time without a connection, in milliseconds, or `None` if there is a connection or none is wanted.
    pub(super) fn lasted_ms(&self, state: State, now_ms: u64) -> Option<u64> {
        let since_ms = self.down_since_ms.filter(|_| state.is_down())?;
        Some(now_ms.saturating_sub(since_ms))
    }
}
