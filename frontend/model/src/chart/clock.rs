//! Writes times of day in a time zone, and chooses the marks of a time axis.

use std::ops::Range;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

const STEPS_MS: [i64; 17] = [
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
    2 * HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Days of the week, beginning with that of 1 January 1970.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

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

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Date {
    weekday: &'static str,
    /// Day of the month, from 1.
    day: i64,
    month: &'static str,
    year: i64,
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
        let mut ticks: Vec<i64> = Vec::new();
        let mut tick = self.round_from(window.start, step_ms);
        while tick <= window.end {
            // When the clock is put back, a round time may come again after a part of a step.
            if ticks.last().is_none_or(|before| tick - before > step_ms / 2) {
                ticks.push(tick);
            }
            tick = self.round_from(tick + 1, step_ms);
        }
        ticks
    }

    /// Returns the first time at or after `ts_ms` whose local time is a multiple of `step_ms`.
    fn round_from(self, ts_ms: i64, step_ms: i64) -> i64 {
        let tick = ts_ms + (-(ts_ms + self.offset_at(ts_ms))).rem_euclid(step_ms);
        // The oldest change is the last one in the list.
        let change = self.changes.iter().rev().find(|(at_ms, _)| (ts_ms + 1..=tick).contains(at_ms));
        change.map_or(tick, |(at_ms, _)| self.round_from(*at_ms, step_ms))
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
    /// marks are at whole minutes, and otherwise also seconds. On an axis of half a day or more, the mark at midnight
    /// has the date, such as `Fri 27`.
    pub fn label(self, tick_ms: i64, ticks: &[i64]) -> String {
        let length_ms = ticks.last().zip(ticks.first()).map_or(0, |(last, first)| last - first);
        if length_ms >= DAY_MS / 2 && self.of_day(tick_ms) == 0 {
            let date = self.date(tick_ms);
            format!("{} {}", date.weekday, date.day)
        } else if self.are_whole_minutes(ticks) {
            self.minutes(tick_ms)
        } else {
            self.seconds(tick_ms)
        }
    }

    /// Returns the day of a time in words, as seen at the time `now`: `yesterday`, `tomorrow`, `Fri 27 Nov`, or
    /// `Wed 27 Nov 2024` if it is in another year. The text is empty if the time is today.
    pub fn day(self, ts_ms: i64, now: i64) -> String {
        match self.day_number(now) - self.day_number(ts_ms) {
            0 => String::new(),
            1 => "yesterday".to_owned(),
            -1 => "tomorrow".to_owned(),
            _ => {
                let Date { weekday, day, month, year } = self.date(ts_ms);
                let year = if year == self.date(now).year { String::new() } else { format!(" {year}") };
                format!("{weekday} {day} {month}{year}")
            }
        }
    }

    /// Returns a time with its day in words, as seen at the time `now`: `yesterday, 14:21:40`, or `14:21:40` if it is
    /// today.
    pub fn moment(self, ts_ms: i64, now: i64) -> String {
        let day = self.day(ts_ms, now);
        if day.is_empty() { self.seconds(ts_ms) } else { format!("{day}, {}", self.seconds(ts_ms)) }
    }

    /// Formats a time of day with seconds, after its date if it is not on the same day as `other_ms`: `Fri 27 Nov, 10:42:07`.
    pub fn seconds_beside(self, ts_ms: i64, other_ms: i64) -> String {
        self.date_unless(ts_ms, other_ms) + &self.seconds(ts_ms)
    }

    /// Formats a time of day without seconds, after its date if it is not on the same day as `other_ms`: `Fri 27 Nov, 10:42`.
    pub fn minutes_beside(self, ts_ms: i64, other_ms: i64) -> String {
        self.date_unless(ts_ms, other_ms) + &self.minutes(ts_ms)
    }

    /// Returns the date of a time with a comma and a space after it; empty if the time is on the same day as `other_ms`.
    fn date_unless(self, ts_ms: i64, other_ms: i64) -> String {
        if self.day_number(ts_ms) == self.day_number(other_ms) {
            return String::new();
        }
        let Date { weekday, day, month, .. } = self.date(ts_ms);
        [weekday, " ", &day.to_string(), " ", month, ", "].concat()
    }

    /// Returns a stretch of time in words, as seen at the time `now`: `yesterday 14:20 to 14:35`. The times have
    /// seconds if the stretch is shorter than an hour and does not begin and end with a minute, and milliseconds if
    /// it is shorter than ten seconds.
    pub fn stretch(self, stretch: &Range<i64>, now: i64) -> String {
        let length_ms = stretch.end - stretch.start;
        let is_round = length_ms >= HOUR_MS || self.are_whole_minutes(&[stretch.start, stretch.end]);
        let time = |ts_ms: i64| match length_ms {
            _ if is_round => self.minutes(ts_ms),
            ..10_000 => self.milliseconds(ts_ms),
            _ => self.seconds(ts_ms),
        };
        let dated = |ts_ms: i64| format!("{} {}", self.day(ts_ms, now), time(ts_ms)).trim_start().to_owned();
        let is_one_day = self.day_number(stretch.start) == self.day_number(stretch.end);
        let end = if is_one_day { time(stretch.end) } else { dated(stretch.end) };
        let today =
            if is_one_day || self.day_number(stretch.end) != self.day_number(now) { "" } else { "today " };
        format!("{} to {today}{end}", dated(stretch.start))
    }

    /// Returns true if all these times are at whole minutes of local time.
    pub fn are_whole_minutes(self, ticks: &[i64]) -> bool {
        ticks.iter().all(|tick| (tick + self.offset_at(*tick)).rem_euclid(MINUTE_MS) == 0)
    }

    /// Returns the number of days from 1 January 1970 to the local day of a time.
    fn day_number(self, ts_ms: i64) -> i64 {
        (ts_ms + self.offset_at(ts_ms)).div_euclid(DAY_MS)
    }

    fn date(self, ts_ms: i64) -> Date {
        let day = self.day_number(ts_ms);
        let weekday = WEEKDAYS[day.rem_euclid(7) as usize];
        // Years are counted from 1 March, so that the leap day is the last day of a year. 719,468 days are from
        // 1 March of the year 0 to 1 January 1970, and 146,097 days are 400 years.
        let (era, of_era) = ((day + 719_468).div_euclid(146_097), (day + 719_468).rem_euclid(146_097));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        // The months from March on have 31, 30, 31, 30, 31 days again and again: 153 days in five months.
        let month = (5 * of_year + 2) / 153;
        Date {
            weekday,
            day: of_year - (153 * month + 2) / 5 + 1,
            month: MONTHS[(month as usize + 2) % 12],
            // January and February belong to the year that began on 1 March before them.
            year: 400 * era + year + month / 10,
        }
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
    fn marks_are_at_round_local_times_before_and_after_a_change_of_the_offset() {
        let (summer_ms, winter_ms) = (1_774_746_000_000, 1_792_890_000_000);
        let clock = LocalClock::of_zone(winter_ms + 20 * DAY_MS, berlin);
        let week = |change_ms: i64| labels(clock, change_ms - 3 * DAY_MS..change_ms + 4 * DAY_MS, 8);
        assert_eq!(week(winter_ms), ["Fri 23", "Sat 24", "Sun 25", "Mon 26", "Tue 27", "Wed 28", "Thu 29"]);
        assert_eq!(week(summer_ms), ["Fri 27", "Sat 28", "Sun 29", "Mon 30", "Tue 31", "Wed 1", "Thu 2"]);
        let days = labels(clock, winter_ms - DAY_MS..winter_ms + DAY_MS, 4);
        assert_eq!(days, ["12:00", "Sun 25", "12:00", "Mon 26"]);
        for change_ms in [summer_ms, winter_ms] {
            for length_ms in STEPS_MS.into_iter().flat_map(|step_ms| [step_ms * 3, step_ms * 7]) {
                for most in 1..12 {
                    let window = change_ms - length_ms / 3..change_ms + length_ms;
                    let (ticks, every_ms) =
                        (clock.ticks(&window, most), step_ms(length_ms + length_ms / 3, most));
                    let is_round = |tick: &i64| (tick + berlin(*tick)).rem_euclid(every_ms) == 0;
                    assert!(ticks.iter().all(is_round), "{window:?}, {every_ms}: {ticks:?}");
                    let mut distances = ticks.windows(2).map(|pair| pair[1] - pair[0]);
                    let (least, most) = (every_ms / 2 + 1, every_ms + HOUR_MS);
                    assert!(distances.all(|ms| (least..=most).contains(&ms)), "{ticks:?}");
                }
            }
        }
    }

    #[test]
    fn a_day_is_marked_with_its_date_at_midnight() {
        let friday = 20_784 * DAY_MS;
        assert_eq!(
            labels(UTC, friday - DAY_MS / 2..friday + DAY_MS / 2, 4),
            ["12:00", "18:00", "Fri 27", "06:00", "12:00"]
        );
        assert_eq!(labels(UTC, friday - MINUTE_MS..friday + MINUTE_MS, 2), ["23:59", "00:00", "00:01"]);
    }

    #[test]
    fn a_moment_has_its_day_unless_it_is_today() {
        let now = 20_785 * DAY_MS + 9 * HOUR_MS;
        let at = |days: i64| UTC.moment(now - days * DAY_MS, now);
        assert_eq!([at(0), at(1), at(2)], ["09:00:00", "yesterday, 09:00:00", "Thu 26 Nov, 09:00:00"]);
        assert_eq!([at(-1), at(-2)], ["tomorrow, 09:00:00", "Mon 30 Nov, 09:00:00"]);
        assert_eq!(at(365), "Fri 28 Nov 2025, 09:00:00", "another year");
    }

    #[test]
    fn a_time_has_its_date_beside_one_of_another_day() {
        let (at, minute) = (20_785 * DAY_MS + HOUR_MS, MINUTE_MS);
        assert_eq!(UTC.seconds_beside(at - minute, at), "00:59:00");
        assert_eq!(UTC.seconds_beside(at - 2 * HOUR_MS, at), "Fri 27 Nov, 23:00:00");
        assert_eq!(UTC.minutes_beside(at + DAY_MS, at), "Sun 29 Nov, 01:00");
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        let date = |day: i64| {
            let Date { weekday, day, month, year } = UTC.date(day * DAY_MS);
            format!("{weekday} {day} {month} {year}")
        };
        assert_eq!([date(-1), date(0)], ["Wed 31 Dec 1969", "Thu 1 Jan 1970"]);
        let leap_days = [date(19_781), date(19_782), date(19_783)];
        assert_eq!(leap_days, ["Wed 28 Feb 2024", "Thu 29 Feb 2024", "Fri 1 Mar 2024"]);
        assert_eq!([date(20_818), date(20_819)], ["Thu 31 Dec 2026", "Fri 1 Jan 2027"]);
        assert_eq!(date(11_016), "Tue 29 Feb 2000");
    }

    #[test]
    fn a_stretch_names_its_day_once_and_seconds_where_they_matter() {
        let midnight = 20_785 * DAY_MS;
        let words =
            |from: i64, to: i64| UTC.stretch(&(midnight + from..midnight + to), midnight + 15 * HOUR_MS);
        let (hour, minute) = (HOUR_MS, MINUTE_MS);
        assert_eq!(words(9 * hour, 9 * hour + 15 * minute), "09:00 to 09:15");
        assert_eq!(words(-10 * hour, -10 * hour + 15 * minute), "yesterday 14:00 to 14:15");
        assert_eq!(words(hour, hour + 30_000), "01:00:00 to 01:00:30");
        assert_eq!(words(hour + 1, hour + 2_000), "01:00:00.001 to 01:00:02.000");
        assert_eq!(words(-hour, hour), "yesterday 23:00 to today 01:00");
        assert_eq!(words(-30 * hour, -20 * hour), "Thu 26 Nov 18:00 to yesterday 04:00");
    }

    #[test]
    fn times_west_of_utc_and_before_the_epoch_are_written_as_the_clock_shows_them() {
        let new_york = LocalClock::fixed(-5 * HOUR_MS);
        assert_eq!(new_york.seconds(0), "19:00:00");
        assert_eq!(UTC.milliseconds(-1), "23:59:59.999");
    }
}
