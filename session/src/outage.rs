//! The record of a lost connection: since when, why, and what to tell people about it.

use super::constants::BANNER_MS;
use super::{Cause, SessionFailure, State};

/// The current outage, or what is left of the last one.
#[derive(Debug, Default)]
pub(super) struct Outage {
    /// Attempts since the last stable connection: those that failed, and those whose connection was short.
    pub(super) attempts: u32,
    /// Moment since which no connection has been stable.
    pub(super) failing_since_ms: Option<u64>,
    /// Moment since which there is no connection.
    pub(super) down_since_ms: Option<u64>,
    pub(super) cause: Option<Cause>,
    pub(super) failure: Option<SessionFailure>,
    /// True if the server has refused the token once, so that the next refusal is final.
    pub(super) token_refused: bool,
    /// True once there has been a connection: the server exists, and the next connection is a reconnection.
    pub(super) connected_before: bool,
}

impl Outage {
    /// Returns true if it has lasted long enough to be shown, or does not end by itself.
    pub(super) fn should_be_shown(&self, state: State, now_ms: u64) -> bool {
        state == State::Failed || self.lasted_ms(state, now_ms).is_some_and(|ms| ms >= BANNER_MS)
    }

    /// Time without a connection, in milliseconds.
    pub(super) fn lasted_ms(&self, state: State, now_ms: u64) -> Option<u64> {
        let since_ms = self.down_since_ms.filter(|_| state.is_down())?;
        Some(now_ms.saturating_sub(since_ms))
    }
}
