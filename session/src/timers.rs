//! The timers of the session as a whole. The timers of single sockets and topics are elsewhere.

/// A timer of the session. The variant determines the action when the timer expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timer {
    /// Begins the next attempt to connect. Set in the states `Waiting`, `Suspended` and `Offline`.
    Retry,
    /// Ends the wait until the socket is closed, after the session was closed.
    Close,
    /// Shows the banner about a lost connection.
    Banner,
    /// Begins to replace the connection with a new one.
    Rotate,
    /// Closes the old connection, after the new one has had enough time to catch up. Set while the connection is being
    /// replaced.
    CatchUp,
}

const ALL: [Timer; 5] = [Timer::Retry, Timer::Close, Timer::Banner, Timer::Rotate, Timer::CatchUp];

/// Moment at which each timer expires, in milliseconds of the monotonic clock; `None` for a timer that is not set.
#[derive(Debug, Default)]
pub(super) struct Timers([Option<u64>; ALL.len()]);

impl Timers {
    pub(super) fn set(&mut self, timer: Timer, at_ms: u64) {
        self.0[timer as usize] = Some(at_ms);
    }

    pub(super) fn stop(&mut self, timer: Timer) {
        self.0[timer as usize] = None;
    }

    pub(super) fn get(&self, timer: Timer) -> Option<u64> {
        self.0[timer as usize]
    }

    /// Returns the earliest moment at which a timer expires, in milliseconds of the monotonic clock.
    pub(super) fn next(&self) -> Option<u64> {
        self.0.iter().flatten().min().copied()
    }

    /// Stops and returns a timer that has expired at `now_ms`; `None` if no timer has expired.
    pub(super) fn expired(&mut self, now_ms: u64) -> Option<Timer> {
        let timer = ALL.into_iter().find(|timer| self.get(*timer).is_some_and(|at_ms| at_ms <= now_ms))?;
        self.stop(timer);
        Some(timer)
    }
}
