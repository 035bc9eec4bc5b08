//! The timers of the session itself. The timers of each socket and of each topic are not among them.

/// Purpose of a timer: the action when it expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timer {
    /// Begins the next attempt to connect; set in the states `Waiting`, `Suspended` and `Offline`.
    Retry,
    /// Ends the wait for the socket that is being closed.
    Close,
    /// Shows the banner that reports a lost connection.
    Banner,
    /// Begins the replacement of the connection.
    Rotate,
    /// Ends the time for which the new connection can catch up; set while rotating.
    CatchUp,
}

const ALL: [Timer; 5] = [Timer::Retry, Timer::Close, Timer::Banner, Timer::Rotate, Timer::CatchUp];

/// Moment at which each timer expires, in milliseconds of the monotonic clock.
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

    /// Returns the earliest moment at which a timer expires.
    pub(super) fn next(&self) -> Option<u64> {
        self.0.iter().flatten().min().copied()
    }

    /// Stops and returns a timer that has expired at `now_ms`.
    pub(super) fn expired(&mut self, now_ms: u64) -> Option<Timer> {
        let timer = ALL.into_iter().find(|timer| self.get(*timer).is_some_and(|at_ms| at_ms <= now_ms))?;
        self.stop(timer);
        Some(timer)
    }
}
