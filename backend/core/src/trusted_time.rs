//! Doubt about the wall clock: retention and tokens follow it only as far as a clock that cannot be set agrees.
//!
//! The other clock counts the time since the machine started, sleep included (`CLOCK_BOOTTIME` on Linux). The difference of
//! the two is constant unless somebody sets the wall clock: so a change of the difference is a jump, and nobody knows at once
//! whether the time before it or the time after it is right. Until that is known,
//!
//! * retention uses the earlier of the two times, so that no jump makes history look old enough to delete;
//! * everything else, expiry of tokens above all, uses the later one, so that no jump makes an expired token valid.
//!
//! A jump is believed once the new difference has lasted: for retention as long as history is kept, because then everything
//! that was received before the jump is that old by either clock; for the rest for [`BELIEVED_MS`].
//!
//! For example, history is kept for a day, and the clock jumps 30 hours ahead for a minute. During that minute the earlier
//! time is the one that the difference before the jump gives, so that retention goes on as if nothing had happened.

use shared::Millis;

/// A change of the difference of the two clocks up to this is not a jump, in milliseconds. Time servers correct clocks by
/// steps of less than a second.
pub const JUMP_MS: Millis = 5_000;

/// Time in milliseconds for which both clocks have to agree after a jump before everything but retention follows it.
pub const BELIEVED_MS: Millis = 60 * 60 * 1000;

/// The clocks of a machine, read at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The wall clock, in milliseconds since the Unix epoch.
    pub wall_ms: Millis,
    /// The time since the machine started; `None` on a system without such a clock, where the wall clock is believed.
    pub uptime: Option<Uptime>,
}

/// The time since a machine started, sleep included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uptime {
    /// A number that is another one after each start of the machine.
    pub boot: u64,
    /// Time since the start, in milliseconds.
    pub ms: Millis,
}

/// The times that a reading means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The time for everything but retention: that of the wall clock, or later.
    pub now_ms: Millis,
    /// The time at which retention decides the age of publications: that of the wall clock, or earlier.
    pub retention_ms: Millis,
    /// The jump of the wall clock that is not believed yet.
    pub doubt: Option<Doubt>,
}

/// A wall clock that does not agree with the time since the machine started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The wall clock was set forward, or is ahead for another reason.
    Ahead {
        /// By so many milliseconds.
        ms: u64,
    },
    /// The wall clock was set back, or is behind the time at which this machine last stored something.
    Behind {
        /// By so many milliseconds.
        ms: u64,
    },
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (ms, direction) = match self {
            Self::Ahead { ms } => (ms, "ahead"),
            Self::Behind { ms } => (ms, "back"),
        };
        write!(f, "the clock of the server has jumped {direction} by {} s", ms / 1_000)
    }
}

/// The times of a former reading, as a store keeps them over a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// The time since the machine started; `None` if only times of stored data are known.
    pub uptime: Option<Uptime>,
    /// See [`Times::now_ms`].
    pub now_ms: Millis,
    /// See [`Times::retention_ms`].
    pub retention_ms: Millis,
}

/// Compares readings of the clocks with those before.
#[derive(Debug, Clone)]
pub struct TrustedTime {
    settle_ms: Millis,
    remembered: Option<Remembered>,
    clock: Option<Clock>,
}

impl TrustedTime {
    /// Creates it before the first reading. Retention believes a jump after `max_age_ms`, the age up to which history is
    /// kept. `remembered` is what was known before a restart.
    pub fn new(max_age_ms: Millis, remembered: Option<Remembered>) -> Self {
        Self { settle_ms: max_age_ms.max(BELIEVED_MS), remembered, clock: None }
    }

    /// Takes a reading.
    pub fn read(&mut self, reading: Reading) -> Times {
        let Reading { wall_ms, uptime } = reading;
        let Some(uptime) = uptime else {
            return Times { now_ms: wall_ms, retention_ms: wall_ms, doubt: None };
        };
        let remembered = self.remembered;
        let clock = self.clock.get_or_insert_with(|| Clock::start(remembered, wall_ms, uptime));
        clock.read(wall_ms.saturating_sub(uptime.ms), uptime.ms, self.settle_ms)
    }

    /// The times to store, so that a restart does not believe a jump either. `None` before the first reading, and on a
    /// system without a second clock.
    pub fn remember(&self) -> Option<Remembered> {
        self.clock.as_ref().map(Clock::remember)
    }
}

/// Differences between the wall clock and the time since the machine started, in milliseconds.
#[derive(Debug, Clone)]
struct Clock {
    boot: u64,
    /// Uptime of the last reading.
    read_at: Millis,
    /// The difference that retention believes.
    low: Millis,
    /// The difference that everything else believes; never lower than `low`.
    high: Millis,
    /// The part of the difference that the time between two starts of the machine explains.
    off_ms: Millis,
    /// The differences since the last jump.
    since: Period,
}

/// A time without a jump.
#[derive(Debug, Clone, Copy)]
struct Period {
    /// Uptime at its beginning.
    from: Millis,
    /// The first difference, with which later ones are compared.
    first: Millis,
    lowest: Millis,
    highest: Millis,
}

impl Period {
    fn new(difference: Millis, from: Millis) -> Self {
        Self { from, first: difference, lowest: difference, highest: difference }
    }
}

impl Clock {
    fn start(remembered: Option<Remembered>, wall_ms: Millis, uptime: Uptime) -> Self {
        let difference = wall_ms.saturating_sub(uptime.ms);
        let (low, high, off_ms) = match remembered {
            None => (difference, difference, 0),
            Some(Remembered { uptime: Some(then), now_ms, retention_ms })
                if then.boot == uptime.boot && then.ms <= uptime.ms =>
            {
                (retention_ms.saturating_sub(then.ms), now_ms.saturating_sub(then.ms), 0)
            }
            // Nobody counted the time between the two starts. It may have been short and the clock be wrong.
            Some(Remembered { now_ms, retention_ms, .. }) => {
                let low = retention_ms.saturating_sub(uptime.ms);
                (low, now_ms.saturating_sub(uptime.ms), difference.saturating_sub(low).max(0))
            }
        };
        let (low, since) = (low.min(high), Period::new(difference, uptime.ms));
        Self { boot: uptime.boot, read_at: uptime.ms, low, high, off_ms, since }
    }

    fn read(&mut self, difference: Millis, uptime_ms: Millis, settle_ms: Millis) -> Times {
        self.read_at = self.read_at.max(uptime_ms);
        let period = &mut self.since;
        if difference.abs_diff(period.first) > JUMP_MS.unsigned_abs() {
            *period = Period::new(difference, uptime_ms);
        }
        period.lowest = period.lowest.min(difference);
        period.highest = period.highest.max(difference);
        let (lasted_ms, period) = (uptime_ms.saturating_sub(period.from), *period);
        if lasted_ms >= BELIEVED_MS {
            self.high = period.highest;
            self.low = self.low.min(period.lowest);
        }
        if lasted_ms >= settle_ms {
            // The lowest, so that no publication was given an earlier time while it lasted.
            self.low = period.lowest;
            self.off_ms = 0;
        }
        Times {
            now_ms: uptime_ms.saturating_add(difference.max(self.high)),
            retention_ms: uptime_ms.saturating_add(difference.min(self.low)),
            doubt: self.doubt(difference),
        }
    }

    fn doubt(&self, difference: Millis) -> Option<Doubt> {
        let ahead_ms = difference.saturating_sub(self.low).saturating_sub(self.off_ms);
        let behind_ms = self.high.saturating_sub(difference);
        if behind_ms > JUMP_MS {
            Some(Doubt::Behind { ms: behind_ms.unsigned_abs() })
        } else if ahead_ms > JUMP_MS {
            Some(Doubt::Ahead { ms: ahead_ms.unsigned_abs() })
        } else {
            None
        }
    }

    fn remember(&self) -> Remembered {
        Remembered {
            uptime: Some(Uptime { boot: self.boot, ms: self.read_at }),
            now_ms: self.read_at.saturating_add(self.high),
            retention_ms: self.read_at.saturating_add(self.low),
        }
    }
}

#[cfg(test)]
mod tests;
