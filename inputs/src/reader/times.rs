//! Decides whether the time in a line can be the time of its publication.

use std::fmt;
use std::mem;

use shared::{Millis, limits, publication};

use crate::time::{Stamp, Zone};

/// After a time was too far ahead, times that are ahead of the clock by more than this are not used either, in
/// milliseconds. Without this rule, an hour in an input from another time zone would be used and the next would not.
const LITTLE_AHEAD_MS: i64 = 5 * 60_000;

/// A time in the input that the server would refuse, or a date that can mean two days. The lines with such times are
/// published at the time of reading, and their time is published as a field. [`fmt::Display`] says so to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredTime {
    /// The first such time, as it was written or in ISO 8601.
    pub text: String,
    /// Time by the clock of this machine minus the time in the line, in milliseconds. It is negative if the time in the
    /// line is ahead.
    pub age_ms: i64,
    /// True if the time was written without a time zone.
    pub is_local: bool,
    /// True if either number of the date can be the day. The age is then not known, and it is 0.
    pub is_unclear: bool,
}

impl fmt::Display for IgnoredTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, age_ms, is_local, is_unclear } = self;
        if *is_unclear {
            return write!(
                formatter,
                "either number of the date {text:?} in the input can be the day: lines with such dates are published at the \
                 time of reading, with their date as a field, until a later date in this column shows which number is the day; \
                 write dates such as 2026-11-22 if you can"
            );
        }
        if *age_ms > 0 {
            let days = limits::TS_PAST_MS / 86_400_000;
            return write!(
                formatter,
                "the time {text:?} in the input is more than {days} days ago, which the server does not accept: lines \
                 with such times are published at the time of reading, with their time as a field"
            );
        }
        let minutes = age_ms.unsigned_abs() / 60_000;
        let (hours, minutes) = (minutes / 60, minutes % 60);
        let advice = if *is_local {
            "if they are in another time zone, name it, such as TZ=Europe/Berlin tickertape pipe …"
        } else {
            "correct the clock of the machine that wrote them"
        };
        write!(
            formatter,
            "the times of the input are {hours} h {minutes} min ahead of this machine's clock (the first is {text:?}): \
             such lines are published at the time of reading, with their time as a field; {advice}"
        )
    }
}

/// Decides which times of an input are used, and stores the times that have to be reported to the user.
#[derive(Debug, Default)]
pub struct Times {
    is_ahead: bool,
    is_old: bool,
    is_unclear: bool,
    ignored: Vec<IgnoredTime>,
}

impl Times {
    /// Converts the time of a line to milliseconds since the Unix epoch. `written` is its text, if it is known. Returns
    /// `None` if the time cannot be used; the first time that is too old, the first that is too far ahead, and the first whose
    /// date is unclear, is then stored for [`Times::take_ignored`].
    pub fn resolve(
        &mut self,
        stamp: Stamp,
        written: Option<&str>,
        zone: &dyn Zone,
        now: Millis,
    ) -> Option<Millis> {
        let text = || written.map_or_else(|| stamp.written(), str::to_owned);
        if stamp.is_unclear() {
            if !mem::replace(&mut self.is_unclear, true) {
                let text = text();
                self.ignored.push(IgnoredTime { text, age_ms: 0, is_local: true, is_unclear: true });
            }
            return None;
        }
        let ts = stamp.resolve(zone, now)?;
        let is_ahead = ts > now;
        let is_refused = publication::check_ts(Some(ts), now).is_err()
            || self.is_ahead && ts > now.saturating_add(LITTLE_AHEAD_MS);
        if !is_refused {
            return Some(ts);
        }
        let told = if is_ahead { &mut self.is_ahead } else { &mut self.is_old };
        if !mem::replace(told, true) {
            self.ignored.push(IgnoredTime {
                text: text(),
                age_ms: now.saturating_sub(ts),
                is_local: !matches!(stamp, Stamp::Utc(_)),
                is_unclear: false,
            });
        }
        None
    }

    /// Returns the times that have to be reported to the user, and forgets them.
    pub fn take_ignored(&mut self) -> Vec<IgnoredTime> {
        mem::take(&mut self.ignored)
    }
}
