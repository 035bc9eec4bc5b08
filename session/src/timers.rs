//! The session's own timers. Those of a socket live with the socket, those of a topic with the topic.

/// What a timer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timer {
    /// The next attempt begins; while waiting, suspended or offline.
    Retry,
    /// The closing socket is waited for no longer.
    Close,
    /// Trouble has lasted long enough to be shown.
    Banner,
    /// The connection is to be replaced.
    Rotate,
    /// The new connection had its time to catch up; while rotating.
    CatchUp,
}

const ALL: [Timer; 5] = [Timer::Retry, Timer::Close, Timer::Banner, Timer::Rotate, Timer::CatchUp];

/// When each runs out, in milliseconds of the monotonic clock.
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

    /// The earliest.
    pub(super) fn next(&self) -> Option<u64> {
        self.0.iter().flatten().min().copied()
    }

    /// Stops and returns one that has run out.
    pub(super) fn expired(&mut self, now_ms: u64) -> Option<Timer> {
        let timer = ALL.into_iter().find(|timer| self.get(*timer).is_some_and(|at_ms| at_ms <= now_ms))?;
        self.stop(timer);
        Some(timer)
    }
}
