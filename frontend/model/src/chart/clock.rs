//! Writes times of day in a time zone, and chooses the marks of a time axis.

use std::ops::Range;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

const STEPS_MS: [i64; 14] = [
    SECOND_MS,
    2 * SECOND_MS,
    5 * SECOND_MS,
    10 * SECOND_MS,
    15 * SECOND_MS,
    30 * SECOND_MS,
    MINUTE_MS,
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    10 * MINUTE_MS,
    15 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    6 * HOUR_MS,
];

/// Maximum number of changes of a time zone's offset that are stored. A zone has two changes a year, or four in
/// Morocco.
const CHANGES: usize = 4;
/// Maximum age of changes of a time zone's offset that are searched for, in milliseconds. The server keeps no older
/// data.
const LOOK_BACK_MS: i64 = 366 * DAY_MS;
/// Step of the search for changes of a time zone's offset, in milliseconds. The offsets at both ends of a step are
/// compared. No zone changes its offset and changes it back within this time.
const LOOK_STEP_MS: i64 = 14 * DAY_MS;
/// Stands for a change of the offset that does not exist. Its time is before all others, so it has no effect.
const NEVER: (i64, i64) = (i64::MIN, 0);

/// Converts times to local times of day. It contains the zone's offset from UTC now, and its earlier offsets, which
/// differ if the zone has daylight saving time.
///
/// The zone of a page may change while it is open, so every function that writes a time takes the clock as an
/// argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalClock {
    /// Offset from UTC now, in milliseconds: 7,200,000 in Berlin in summer.
    pub offset_ms: i64,
    /// Changes of the offset, newest first: the time of each change, and the offset before it.
    changes: [(i64, i64); CHANGES],
}

impl Default for LocalClock {
    fn default() -> Self {
        Self::UTC
    }
}

impl LocalClock {
    /// Coordinated universal time.
    pub const UTC: Self = Self::fixed(0);

    /// Creates a clock with this offset from UTC in milliseconds, which never changes.
    pub const fn fixed(offset_ms: i64) -> Self {
        Self { offset_ms, changes: [NEVER; CHANGES] }
    }

    /// Creates the clock of a zone. `offset_at` returns the zone's offset from UTC at a time, in milliseconds.
    pub fn of_zone(now: i64, offset_at: impl Fn(i64) -> i64) -> Self {
        let mut clock = Self::fixed(offset_at(now));
        let (mut later, mut offset_ms, mut found) = (now, clock.offset_ms, 0);
        while found < CHANGES && later > now - LOOK_BACK_MS {
            let mut earlier = later - LOOK_STEP_MS;
            if offset_at(earlier) != offset_ms {
                while later - earlier > 1 {
                    let middle = earlier + (later - earlier) / 2;
                    if offset_at(middle) == offset_ms { later = middle } else { earlier = middle }
                }
                offset_ms = offset_at(earlier);
                clock.changes[found] = (later, offset_ms);
                found += 1;
            }
            later = earlier;
        }
        clock
    }

    /// Returns the zone's offset from UTC at the time `ts_ms`, in milliseconds.
    pub fn offset_at(self, ts_ms: i64) -> i64 {
        let passed = self.changes.iter().take_while(|(at_ms, _)| ts_ms < *at_ms).last();
        passed.map_or(self.offset_ms, |(_, before_ms)| *before_ms)
    }

    /// Returns about `most` times at which a time axis has marks. They are at round local times, such as full
    /// minutes, and inside `window`.
    pub fn ticks(self, window: &Range<i64>, most: usize) -> Vec<i64> {
        let step_ms = step_ms(window.end - window.start, most);
        let offset_ms = self.offset_at(window.start);
        let first = (window.start + offset_ms).div_euclid(step_ms) * step_ms - offset_ms;
        (0..)
            .map(|index| first + index * step_ms)
            .skip_while(|tick| *tick < window.start)
            .take_while(|tick| *tick <= window.end)
            .collect()
    }

    /// Formats a time as a local time of day with seconds: `10:42:07`.
    pub fn seconds(self, ts_ms: i64) -> String {
        let second = self.of_day(ts_ms) / SECOND_MS;
        format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
    }

    /// Formats a time as a local time of day with hours and minutes: `10:42`.
    pub fn minutes(self, ts_ms: i64) -> String {
        let minute = self.of_day(ts_ms) / MINUTE_MS;
        format!("{:02}:{:02}", minute / 60, minute % 60)
    }

    /// Formats a time as a local time of day with milliseconds: `10:42:07.114`.
    pub fn milliseconds(self, ts_ms: i64) -> String {
        format!("{}.{:03}", self.seconds(ts_ms), ts_ms.rem_euclid(SECOND_MS))
    }

    /// Returns the label of the mark at `tick_ms` on a time axis with the marks `ticks`: hours and minutes if all
    /// marks are at whole minutes, and otherwise also seconds.
    pub fn label(self, tick_ms: i64, ticks: &[i64]) -> String {
        if self.are_whole_minutes(ticks) { self.minutes(tick_ms) } else { self.seconds(tick_ms) }
    }

    /// Returns true if all these times are at whole minutes of local time.
    pub fn are_whole_minutes(self, ticks: &[i64]) -> bool {
        ticks.iter().all(|tick| (tick + self.offset_at(*tick)).rem_euclid(MINUTE_MS) == 0)
    }

    fn of_day(self, ts_ms: i64) -> i64 {
        (ts_ms + self.offset_at(ts_ms)).rem_euclid(DAY_MS)
    }
}

/// Returns the distance between two marks of a time axis in milliseconds: the smallest round step with which a window
/// of this length has at most `most` marks.
fn step_ms(window_ms: i64, most: usize) -> i64 {
    let least = window_ms.max(1) / (most.max(1) as i64);
    STEPS_MS.into_iter().find(|step_ms| *step_ms >= least).unwrap_or_else(|| (least / DAY_MS + 1) * DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const UTC: LocalClock = LocalClock::UTC;
    const KOLKATA: LocalClock = LocalClock::fixed(5 * HOUR_MS + 30 * MINUTE_MS);

    fn labels(clock: LocalClock, window: Range<i64>, most: usize) -> Vec<String> {
        let ticks = clock.ticks(&window, most);
        ticks.iter().map(|tick| clock.label(*tick, &ticks)).collect()
    }

    #[test]
    fn a_minute_is_marked_in_seconds() {
        assert_eq!(labels(UTC, 7_000..67_000, 4), ["00:00:15", "00:00:30", "00:00:45", "00:01:00"]);
    }

    #[test]
    fn five_minutes_are_marked_by_the_minute() {
        assert_eq!(labels(UTC, 90_000..390_000, 5), ["00:02", "00:03", "00:04", "00:05", "00:06"]);
    }

    #[test]
    fn an_hour_is_marked_at_round_local_times() {
        assert_eq!(labels(KOLKATA, 0..HOUR_MS, 4), ["05:30", "05:45", "06:00", "06:15", "06:30"][..5]);
    }

    #[test]
    fn no_window_has_many_more_marks_than_asked_for() {
        for window_ms in [1_000, 60_000, 300_000, 900_000, 3_600_000, 7 * DAY_MS, 400 * DAY_MS] {
            for most in [1, 3, 8] {
                let count = UTC.ticks(&(12_345..12_345 + window_ms), most).len();
                assert!(count <= most + 1, "{window_ms} ms: {count} marks of {most}");
            }
        }
    }

    /// Returns the offset of Berlin from UTC in 2026, in milliseconds. Summer time began on 29 March and ended on 25
    /// October, at 01:00 UTC.
    fn berlin(ts_ms: i64) -> i64 {
        let is_summer = (1_774_746_000_000..1_792_890_000_000).contains(&ts_ms);
        if is_summer { 2 * HOUR_MS } else { HOUR_MS }
    }

    #[test]
    fn each_time_has_the_offset_that_was_in_force_then() {
        let end_of_summer_ms = 1_792_890_000_000;
        let clock = LocalClock::of_zone(end_of_summer_ms + 20 * MINUTE_MS, berlin);
        assert_eq!(clock.minutes(end_of_summer_ms - 5 * MINUTE_MS), "02:55");
        assert_eq!(clock.minutes(end_of_summer_ms + 5 * MINUTE_MS), "02:05");
        for month in 0..12 {
            let ts_ms = end_of_summer_ms - month * 30 * DAY_MS;
            assert_eq!(clock.offset_at(ts_ms), berlin(ts_ms), "{month} months ago");
        }
        let window = end_of_summer_ms - 10 * MINUTE_MS..end_of_summer_ms + 10 * MINUTE_MS;
        assert_eq!(labels(clock, window, 4), ["02:50", "02:55", "02:00", "02:05", "02:10"]);
    }

    #[test]
    fn times_west_of_utc_and_before_the_epoch_are_written_as_the_clock_shows_them() {
        let new_york = LocalClock::fixed(-5 * HOUR_MS);
        assert_eq!(new_york.seconds(0), "19:00:00");
        assert_eq!(UTC.milliseconds(-1), "23:59:59.999");
    }
}
