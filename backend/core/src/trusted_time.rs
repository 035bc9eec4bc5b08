//! Protects the deletion of old publications (retention) and the expiry of tokens from a wall clock that was set wrong.
//! For this, the wall clock is compared with another clock, which cannot be set.
//!
//! The other clock counts the time since the machine started, including sleep (`CLOCK_BOOTTIME` on Linux). The
//! difference between the two clocks is constant unless somebody sets the wall clock. A change of the difference is
//! called a jump. At first it is not known whether the wall clock was right before the jump or is right after it. Until
//! this is known,
//!
//! * retention uses the earlier of the two times, so that no jump makes history look old enough to delete;
//! * everything else, expiry of tokens above all, uses the later one, so that no jump makes an expired token valid.
//!
//! Once the new difference has lasted long enough, the wall clock is used again. For retention, this is the time for
//! which history is kept, because everything that was received before the jump is then old enough by either clock. For
//! everything else, it is [`BELIEVED_MS`].
//!
//! For example, history is kept for a day, and the wall clock is set 30 hours ahead for a minute. During that minute
//! the earlier time is the one that is computed with the difference before the jump. Retention uses that time, so it
//! deletes nothing too early.

use shared::Millis;

/// If the difference between the wall clock and the time since the machine started changes by more than this number of
/// milliseconds, this counts as a jump of the wall clock. The corrections of time servers are smaller: less than a
/// second.
pub const JUMP_MS: Millis = 5_000;

/// Time in milliseconds that has to pass after a jump of the wall clock before the wall clock is used again for
/// everything but retention.
pub const BELIEVED_MS: Millis = 60 * 60 * 1000;

/// The values of a machine's two clocks, read at the same moment: the wall clock, and the time since the machine
/// started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Time of the wall clock, in milliseconds since the Unix epoch.
    pub wall_ms: Millis,
    /// The time since the machine started. It is `None` on a system without such a clock, where the wall clock is used
    /// unchanged.
    pub uptime: Option<Uptime>,
}

/// The time since a machine started, including the time in sleep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uptime {
    /// Number that identifies this start of the machine. It changes with each start.
    pub boot: u64,
    /// Time since the machine started, in milliseconds.
    pub ms: Millis,
}

/// The times to use instead of the wall clock, which may have been set wrong. They are computed from readings of two
/// clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The time to use for everything but retention, in milliseconds since the Unix epoch. It is equal to the time of
    /// the wall clock, or later.
    pub now_ms: Millis,
    /// The time from which the age of publications is computed for retention, in milliseconds since the Unix epoch. It
    /// is equal to the time of the wall clock, or earlier.
    pub retention_ms: Millis,
    /// The jump of the wall clock, if it has jumped and it is not known yet whether its time is right; otherwise
    /// `None`.
    pub doubt: Option<Doubt>,
}

/// A jump of the wall clock: it disagrees with the time that has passed since the machine started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The wall clock was set forward, or is ahead for another reason.
    Ahead {
        /// Size of the jump in milliseconds.
        ms: u64,
    },
    /// The wall clock was set back, or is behind the time at which this server last stored something.
    Behind {
        /// Size of the jump in milliseconds.
        ms: u64,
    },
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (ms, direction) = match self {
            Self::Ahead { ms } => (ms, "ahead"),
            Self::Behind { ms } => (ms, "back"),
        };
        write!(
            f,
            "the clock of the server has jumped {direction} by {} s: check the clock of that machine",
            ms / 1_000
        )
    }
}

/// The times of the last reading of the clocks, which a store keeps on the disk so that they are known after a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// The time since the machine started; `None` if only the times of stored publications are known.
    pub uptime: Option<Uptime>,
    /// The time that was used for everything but retention, see [`Times::now_ms`].
    pub now_ms: Millis,
    /// The time that was used for retention, see [`Times::retention_ms`].
    pub retention_ms: Millis,
}

/// Computes the times to use from readings of the wall clock and of the time since the machine started. A jump of the
/// wall clock is found by comparing each reading with earlier ones.
#[derive(Debug, Clone)]
pub struct TrustedTime {
    settle_ms: Millis,
    remembered: Option<Remembered>,
    clock: Option<Clock>,
}

impl TrustedTime {
    /// Creates an instance without a reading. `max_age_ms` is the age up to which history is kept. After a jump of the
    /// wall clock, its time is used for retention again after `max_age_ms`, but not before [`BELIEVED_MS`].
    /// `remembered` contains the times that were stored before a restart.
    pub fn new(max_age_ms: Millis, remembered: Option<Remembered>) -> Self {
        Self { settle_ms: max_age_ms.max(BELIEVED_MS), remembered, clock: None }
    }

    /// Takes a reading of the clocks, and returns the times to use, in which jumps of the wall clock are corrected.
    pub fn read(&mut self, reading: Reading) -> Times {
        let Reading { wall_ms, uptime } = reading;
        let Some(uptime) = uptime else {
            return Times { now_ms: wall_ms, retention_ms: wall_ms, doubt: None };
        };
        let remembered = self.remembered;
        let clock = self.clock.get_or_insert_with(|| Clock::start(remembered, wall_ms, uptime));
        clock.read(wall_ms.saturating_sub(uptime.ms), uptime.ms, self.settle_ms)
    }

    /// Returns the times to store, so that a jump of the wall clock before a restart is still known after it. Returns
    /// `None` before the first reading, and on a system without a clock of the time since the machine started.
    pub fn remember(&self) -> Option<Remembered> {
        self.clock.as_ref().map(Clock::remember)
    }
}

/// Differences between the wall clock and the time since the machine started (uptime), in milliseconds.
#[derive(Debug, Clone)]
struct Clock {
    boot: u64,
    /// Uptime at the last reading, in milliseconds.
    read_at: Millis,
    /// The difference between the clocks with which the time for retention is computed.
    low: Millis,
    /// The difference between the clocks with which the time for everything but retention is computed. It is never
    /// lower than `low`.
    high: Millis,
    /// The part of the difference that may be due to the time for which the machine was off, which no clock has
    /// measured.
    off_ms: Millis,
    /// The differences that were measured since the last jump of the wall clock.
    since: Period,
}

/// The lowest and highest difference between the clocks in a period without a jump of the wall clock.
#[derive(Debug, Clone, Copy)]
struct Period {
    /// Uptime at the beginning of the period, in milliseconds.
    from: Millis,
    /// The first difference in the period. A later difference that is far from it is a jump.
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
            // No clock has measured the time between the two starts. It may have been short, and the wall clock may be
            // wrong.
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
            // The lowest difference is used, because no publication in this period was given an earlier time than the
            // one computed with it.
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
