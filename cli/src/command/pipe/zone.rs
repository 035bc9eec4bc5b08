//! The time zone of this machine, for times in the input that have no time zone.

use chrono::{DateTime, Local, NaiveDateTime, Offset, TimeZone};
use shared::Millis;
use tickertape_inputs::Zone;

/// The time zone of this machine, including daylight saving time.
#[derive(Debug, Clone, Copy)]
pub struct LocalZone;

impl Zone for LocalZone {
    fn to_utc(&self, local_ms: i64) -> Millis {
        let Some(local) = DateTime::from_timestamp_millis(local_ms).map(|time| time.naive_utc()) else {
            return local_ms;
        };
        local_ms - offset_ms(&local)
    }

    fn to_local(&self, utc_ms: Millis) -> i64 {
        let utc = DateTime::from_timestamp_millis(utc_ms).map(|time| time.naive_utc());
        let offset = utc.map_or(0, |utc| Local.offset_from_utc_datetime(&utc).fix().local_minus_utc());
        utc_ms + i64::from(offset) * 1000
    }
}

/// Returns the offset from UTC at a local time, in milliseconds. For a local time that occurs twice, this is the
/// earlier offset; for one that is skipped, the offset before the change.
fn offset_ms(local: &NaiveDateTime) -> i64 {
    let found = Local.offset_from_local_datetime(local).earliest();
    let offset = found.unwrap_or_else(|| Local.offset_from_utc_datetime(local));
    i64::from(offset.fix().local_minus_utc()) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_local_clock_is_the_moment_that_shows_it() {
        for utc_ms in [1_795_344_127_101, 1_780_000_000_000] {
            assert_eq!(LocalZone.to_utc(LocalZone.to_local(utc_ms)), utc_ms);
        }
    }
}
