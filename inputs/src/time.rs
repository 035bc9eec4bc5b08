//! Reads times in the notations that programs use, in fields and at the beginning of lines.

use std::fmt;

use shared::Millis;
use shared::timestamp::{self, WrittenTime};

/// The time zone of times in an input that contain no time zone.
pub trait Zone: fmt::Debug + Send {
    /// Converts a local time to milliseconds since the Unix epoch. `local_ms` are the milliseconds since
    /// 1970-01-01T00:00:00 local time.
    fn to_utc(&self, local_ms: i64) -> Millis;
    /// Converts milliseconds since the Unix epoch to local time, in milliseconds since 1970-01-01T00:00:00 local time.
    fn to_local(&self, utc_ms: Millis) -> i64;
}

/// The time zone UTC, in which local time is UTC.
#[derive(Debug, Clone, Copy, Default)]
pub struct Utc;

impl Zone for Utc {
    fn to_utc(&self, local_ms: i64) -> Millis {
        local_ms
    }

    fn to_local(&self, utc_ms: Millis) -> i64 {
        utc_ms
    }
}

/// A time that was read from a text. It may lack the date, the year or the time zone, as the text does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// A moment in UTC, in milliseconds since the Unix epoch.
    Utc(Millis),
    /// A date and a time of day in local time, in milliseconds since 1970-01-01T00:00:00 local time.
    Local(i64),
    /// A time of day in local time without a date, in milliseconds since midnight.
    TimeOfDay(i64),
    /// A date without a year, and a time of day, in local time.
    NoYear {
        /// Month, from 1 to 12.
        month: u32,
        /// Day, from 1 to 31.
        day: u32,
        /// Time of day, in milliseconds since midnight.
        ms: i64,
    },
    /// A date in which either number can be the day, such as `11/12/2026`, and a time of day. Both times are in local time, in
    /// milliseconds since 1970-01-01T00:00:00 local time.
    Unclear {
        /// The time if the first number is the day.
        day_first: i64,
        /// The time if the first number is the month.
        month_first: i64,
    },
}

/// The order of the numbers in dates such as `11/12/2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOrder {
    /// The first number is the day.
    DayFirst,
    /// The first number is the month.
    MonthFirst,
}

const DAY_MS: i64 = 86_400_000;

impl Stamp {
    /// Converts the time to milliseconds since the Unix epoch. If the date is missing, the one that gives the moment
    /// closest to `now` is used. If the year is missing, it is the last one that gives a moment at most a day ahead of
    /// `now`, because logs contain past events. Returns `None` if there is no such date, or if the date is unclear.
    pub fn resolve(self, zone: &dyn Zone, now: Millis) -> Option<Millis> {
        Some(match self {
            Self::Utc(ms) => ms,
            Self::Local(ms) => zone.to_utc(ms),
            Self::TimeOfDay(ms) => {
                let midnight = zone.to_local(now).div_euclid(DAY_MS) * DAY_MS;
                let days = [-DAY_MS, 0, DAY_MS].into_iter().map(|day| zone.to_utc(midnight + day + ms));
                days.min_by_key(|utc| utc.abs_diff(now))?
            }
            Self::NoYear { month, day, ms } => {
                let (year, _, _) = date_of(zone.to_local(now));
                // The 29th of February occurs at least once in eight years.
                let years = (year.saturating_sub(8)..=year + 1).rev();
                years
                    .filter_map(|year| timestamp::day_ms(year, month, day))
                    .map(|start| zone.to_utc(start + ms))
                    .find(|utc| *utc <= now + DAY_MS)?
            }
            Self::Unclear { .. } => return None,
        })
    }

    /// Returns the time as text: in ISO 8601, without the parts that are missing. A date without a year is written as in
    /// syslog: `Feb 9 10:42:07`.
    pub fn written(self) -> String {
        let date = |ms: i64| {
            let (year, month, day) = date_of(ms);
            format!("{year:04}-{month:02}-{day:02}T{}", clock(ms))
        };
        match self {
            Self::Utc(ms) => format!("{}Z", date(ms)),
            Self::Local(ms) => date(ms),
            Self::TimeOfDay(ms) => clock(ms),
            Self::NoYear { month, day, ms } => {
                let name = (month as usize).checked_sub(1).and_then(|at| MONTHS.get(at)).unwrap_or(&"");
                format!("{name} {day} {}", clock(ms))
            }
            Self::Unclear { day_first, month_first } => {
                format!("{} or {}", date(day_first), date(month_first))
            }
        }
    }

    /// Returns true if either number of the date can be the day.
    pub fn is_unclear(self) -> bool {
        matches!(self, Self::Unclear { .. })
    }

    /// Adds a time of day to a date. `ms` is in milliseconds since midnight. Any other time is returned unchanged.
    #[must_use]
    pub fn plus(self, ms: i64) -> Self {
        match self {
            Self::Local(day) => Self::Local(day + ms),
            Self::Unclear { day_first, month_first } => {
                Self::Unclear { day_first: day_first + ms, month_first: month_first + ms }
            }
            stamp => stamp,
        }
    }

    /// Adds a date to a time of day. `day_ms` is the beginning of the day in local time, in milliseconds since 1970.
    /// Any other time is returned unchanged, and so is every time if `day_ms` is `None`.
    #[must_use]
    pub fn on_day(self, day_ms: Option<i64>) -> Self {
        match (self, day_ms) {
            (Self::TimeOfDay(ms), Some(day_ms)) => Self::Local(day_ms + ms),
            (stamp, _) => stamp,
        }
    }
}

impl From<WrittenTime> for Stamp {
    fn from(time: WrittenTime) -> Self {
        time.utc_ms().map_or(Self::Local(time.local_ms), Self::Utc)
    }
}

/// Returns the year, the month and the day of a time in milliseconds since 1970.
fn date_of(ms: i64) -> (u32, u32, u32) {
    let day = ms.div_euclid(DAY_MS);
    let start = |year: u32, month: u32| timestamp::day_ms(year, month, 1).map(|start| start / DAY_MS);
    let year = u32::try_from(1970 + day * 400 / 146_097).unwrap_or(1970);
    let is_reached = |start: Option<i64>| start.is_some_and(|start| start <= day);
    let year = [year + 1, year]
        .into_iter()
        .find(|year| is_reached(start(*year, 1)))
        .unwrap_or(year.saturating_sub(1));
    let month = (1..=12).rev().find(|month| is_reached(start(year, *month))).unwrap_or(1);
    let day = day - start(year, month).unwrap_or(day) + 1;
    (year, month, u32::try_from(day).unwrap_or(1))
}

/// Returns a time of day as `10:42:07`, with milliseconds if there are any.
fn clock(ms: i64) -> String {
    let ms = ms.rem_euclid(DAY_MS);
    let (seconds, rest) = (ms / 1000, ms % 1000);
    let fraction = if rest == 0 { String::new() } else { format!(".{rest:03}") };
    format!("{:02}:{:02}:{:02}{fraction}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Reads a date with a time of day. It may be in ISO 8601 and its variants, or in one of the notations
/// `22.11.2026 10:42`, `22/Nov/2026:10:42:07 +0100`, `Sun Nov 22 10:42:07 2026` and `Sun, 22 Nov 2026 10:42:07 GMT`.
pub fn read(text: &str) -> Option<Stamp> {
    let text = text.trim();
    timestamp::read_iso(text)
        .map(Stamp::from)
        .or_else(|| read_numeric_date_time(text, None).filter(|stamp| !stamp.is_unclear()))
        .or_else(|| read_log_time(text))
        .or_else(|| read_named_date(text))
}

/// Reads a date with a time of day as [`read`] does, and also one in which either number can be the day. `order` is the order of
/// day and month in the input, if it is known.
pub fn read_in_order(text: &str, order: Option<DayOrder>) -> Option<Stamp> {
    read(text).or_else(|| read_numeric_date_time(text.trim(), order))
}

/// Reads a date without a time of day. The time is the beginning of the day. `order` is the order of day and month in the
/// input, if it is known.
pub fn read_day(text: &str, order: Option<DayOrder>) -> Option<Stamp> {
    if let Some(day) = read_date(text) {
        return Some(Stamp::Local(day));
    }
    let (Some(day_first), Some(month_first)) = days(text)? else { return None };
    Some(match order {
        Some(DayOrder::DayFirst) => Stamp::Local(day_first),
        Some(DayOrder::MonthFirst) => Stamp::Local(month_first),
        None => Stamp::Unclear { day_first, month_first },
    })
}

/// Returns the order of day and month that the date at the beginning of a text shows: `11/22/2026` can only have the month first.
/// Returns `None` if the text does not begin with such a date.
pub fn day_order(text: &str) -> Option<DayOrder> {
    let date = text.trim().split([' ', 'T', ',']).next()?;
    match days(date)? {
        (Some(_), None) => Some(DayOrder::DayFirst),
        (None, Some(_)) => Some(DayOrder::MonthFirst),
        (Some(_), Some(_)) | (None, None) => None,
    }
}

/// Reads a date without a time of day. Returns the milliseconds from 1970 to the beginning of the day. Returns `None`
/// for `11/12/2026`, because either number can be the month.
pub fn read_date(text: &str) -> Option<i64> {
    let plain = || match days(text)? {
        (Some(day), Some(other)) => (day == other).then_some(day),
        (day, other) => day.or(other),
    };
    timestamp::read_date(text).or_else(plain)
}

/// Reads a date as [`read_date`] does. If either number can be the month, returns the day that is closest to `near`. A day that is
/// more than a day after `now` is returned only if there is no other.
pub fn read_likely_date(text: &str, near: Millis, now: Millis) -> Option<i64> {
    read_date(text).or_else(|| {
        let (day, other) = days(text)?;
        let is_ahead = |day: i64| day > now.saturating_add(DAY_MS);
        [day, other].into_iter().flatten().min_by_key(|day| (is_ahead(*day), day.abs_diff(near)))
    })
}

/// Returns the two days that a date such as `11/12/26` can mean: if the first number is the day, and if it is the month. With
/// points, the first number is the day. Each day is given in milliseconds from 1970 to its beginning.
fn days(text: &str) -> Option<(Option<i64>, Option<i64>)> {
    let separator = ['.', '/', '-'].into_iter().find(|separator| text.contains(*separator))?;
    let [a, b, year] = three(text, separator)?;
    let year = if year < 100 { 2000 + year } else { year };
    let month_first = if separator == '.' { None } else { timestamp::day_ms(year, a, b) };
    Some((timestamp::day_ms(year, b, a), month_first))
}

fn three(text: &str, separator: char) -> Option<[u32; 3]> {
    let mut parts = text.split(separator);
    let numbers = [parts.next()?, parts.next()?, parts.next()?];
    let is_date = parts.next().is_none()
        && numbers.iter().all(|part| part.len() <= 4)
        && matches!(numbers[2].len(), 2 | 4);
    let [a, b, c] = numbers.map(|part| part.parse().ok());
    is_date.then_some([a?, b?, c?])
}

/// Reads a time of day, such as `10:42:07`. Returns it in milliseconds since midnight. It may have a fraction, may
/// lack the seconds, and may have AM or PM after it.
pub fn read_time_of_day(text: &str) -> Option<i64> {
    let upper = text.to_ascii_uppercase();
    let (clock, half) = match upper.strip_suffix("AM").or_else(|| upper.strip_suffix("PM")) {
        Some(clock) => (clock.trim_end(), Some(upper.ends_with("PM"))),
        None => (upper.as_str(), None),
    };
    let ms = timestamp::read_time_of_day(clock)?;
    let (hour, rest) = (ms / 3_600_000, ms % 3_600_000);
    match half {
        None => Some(ms),
        Some(_) if !(1..=12).contains(&hour) => None,
        Some(is_afternoon) => Some((hour % 12 + if is_afternoon { 12 } else { 0 }) * 3_600_000 + rest),
    }
}

/// Reads a number of seconds, milliseconds, microseconds or nanoseconds since the Unix epoch, and returns
/// milliseconds. The size of the number determines its unit. A small number is not read as a time.
pub fn read_epoch(text: &str) -> Option<Millis> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = [whole, fraction].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_number || whole.len() < 9 || whole.len() > 20 {
        return None;
    }
    let digits = |places: usize| format!("{whole}{fraction:0<places$.places$}").parse::<i128>().ok();
    let ms = match whole.len() {
        9..=11 => digits(3)?,
        12..=14 => digits(0)?,
        15..=17 => digits(0)? / 1_000,
        _ => digits(0)? / 1_000_000,
    };
    i64::try_from(ms).ok()
}

/// Returns true if a column or field with this name usually contains a time.
pub fn is_time_name(name: &str) -> bool {
    const NAMES: [&str; 38] = [
        "time",
        "timestamp",
        "ts",
        "date",
        "datetime",
        "date_time",
        "@timestamp",
        "@t",
        "asctime",
        "eventtime",
        "event_time",
        "utc",
        "epoch",
        "unixtime",
        "unix_time",
        "_time",
        "timestamp_ms",
        "time_ms",
        "ts_ms",
        "timenano",
        "timemillis",
        "localtime",
        "local_time",
        "zeit",
        "datum",
        "uhrzeit",
        "zeitstempel",
        "datum/zeit",
        "heure",
        "horodatage",
        "date/heure",
        "hora",
        "fecha",
        "fecha/hora",
        "data/ora",
        "tijd",
        "czas",
        "date/time",
    ];
    let name = name.trim().trim_start_matches('#').trim();
    NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Reads a numeric date with a time of day, such as `22.11.2026 10:42:07`. `order` is the order of day and month, if it is known.
fn read_numeric_date_time(text: &str, order: Option<DayOrder>) -> Option<Stamp> {
    let (date, time) = text.split_once([' ', 'T'])?;
    Some(read_day(date.trim_end_matches(','), order)?.plus(read_time_of_day(time.trim())?))
}

/// Reads a time in the notation of web servers, `22/Nov/2026:10:42:07 +0100`.
fn read_log_time(text: &str) -> Option<Stamp> {
    let (date, rest) = text.split_once(':')?;
    let mut parts = date.split('/');
    let (day, month, year) = (parts.next()?.parse().ok()?, month(parts.next()?)?, parts.next()?);
    let date = timestamp::day_ms(year.parse().ok()?, month, day)?;
    let date = WrittenTime { local_ms: date, utc_offset_s: None };
    with_offset(date.local_ms, rest)
}

/// Reads a time of day with an offset from UTC after it, on the day that begins at `day_ms`.
fn with_offset(day_ms: i64, text: &str) -> Option<Stamp> {
    // The date is only there because `read_iso` requires one. Its beginning is 0, so that it does not change the
    // result.
    let time = timestamp::read_iso(&format!("1970-01-01T{text}"))?;
    Some(WrittenTime { local_ms: day_ms + time.local_ms, ..time }.into())
}

/// Reads a date with the names of the weekday and the month: `Sun Nov 22 10:42:07 2026`, `Sun Nov 22 10:42:07 CET 2026`
/// or `Sun, 22 Nov 2026 10:42:07 GMT`.
fn read_named_date(text: &str) -> Option<Stamp> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [weekday, rest @ ..] = words.as_slice() else { return None };
    if !is_weekday(weekday.trim_end_matches(',')) {
        return None;
    }
    let (day, month_name, year, time, zone) = match rest {
        [month_name, day, time, year] if time.contains(':') => (day, month_name, year, time, ""),
        [month_name, day, time, zone, year] if time.contains(':') => (day, month_name, year, time, *zone),
        [day, month_name, year, time, zone] if time.contains(':') => (day, month_name, year, time, *zone),
        _ => return None,
    };
    let day_ms = timestamp::day_ms(year.parse().ok()?, month(month_name)?, day.parse().ok()?)?;
    let zone = if zone == "GMT" { "Z" } else { zone };
    with_offset(day_ms, &format!("{time}{zone}"))
        .or_else(|| timestamp::read_time_of_day(time).map(|ms| Stamp::Local(day_ms + ms)))
}

fn is_weekday(text: &str) -> bool {
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains(&text)
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Returns the number of a month, from 1 to 12. Only the first three letters of its English name are compared.
pub fn month(text: &str) -> Option<u32> {
    (1..).zip(MONTHS).find(|(_, name)| *name == text).map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moment 2026-11-22T10:42:07Z.
    const AT: Millis = 1_795_344_127_000;

    #[test]
    fn dates_and_times_are_read_as_programs_write_them() {
        for text in [
            "2026-11-22T10:42:07Z",
            "2026/11/22 10:42:07",
            "22.11.2026 10:42:07",
            "11/22/2026 10:42:07 AM",
            "22/11/26 10:42:07",
            "22/Nov/2026:11:42:07 +0100",
            "Sun Nov 22 10:42:07 2026",
            "Sun Nov 22 10:42:07 UTC 2026",
            "Sun, 22 Nov 2026 10:42:07 GMT",
        ] {
            assert_eq!(read(text).and_then(|stamp| stamp.resolve(&Utc, AT)), Some(AT), "{text}");
        }
        for text in
            ["", "10:42:07", "2026-11-22", "11/12/2026 10:42", "22.13.2026 10:00", "Sun Nov 22", "1.2.3 4:05"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_with_two_meanings_is_read_if_the_order_of_its_numbers_is_known() {
        let day = |month, day| timestamp::day_ms(2026, month, day).unwrap();
        let (day_first, month_first) = (day(12, 11), day(11, 12));
        for (order, stamp) in [
            (Some(DayOrder::DayFirst), Stamp::Local(day_first)),
            (Some(DayOrder::MonthFirst), Stamp::Local(month_first)),
            (None, Stamp::Unclear { day_first, month_first }),
        ] {
            assert_eq!(read_day("11/12/2026", order), Some(stamp));
            assert_eq!(read_in_order("11/12/2026 10:00", order), Some(stamp.plus(36_000_000)));
            assert_eq!(read_day("2026-11-12", order), Some(Stamp::Local(month_first)));
        }
        for (text, order) in [
            ("11/22/2026 10:00", Some(DayOrder::MonthFirst)),
            ("22/11/2026", Some(DayOrder::DayFirst)),
            ("22-11-26T10:00", Some(DayOrder::DayFirst)),
            ("11/12/2026", None),
            ("2026-11-22", None),
            ("10:42", None),
            ("", None),
        ] {
            assert_eq!(day_order(text), order, "{text}");
        }
    }

    #[test]
    fn a_date_with_two_meanings_is_the_closest_one_that_is_not_to_come() {
        let day = |month, day| timestamp::day_ms(2026, month, day).unwrap();
        let now = day(11, 22);
        for (text, expected) in [
            ("11/05/26", day(11, 5)),
            ("05/11/2026", day(11, 5)),
            ("05-11-26", day(11, 5)),
            ("11/12/26", day(11, 12)),
            ("11/11/26", day(11, 11)),
            ("11/28/26", day(11, 28)),
            ("05.11.2026", day(11, 5)),
        ] {
            assert_eq!(read_likely_date(text, now, now), Some(expected), "{text}");
        }
        assert_eq!(read_likely_date("11/12/26", day(12, 10), day(12, 20)), Some(day(12, 11)));
        assert_eq!(read_likely_date("11/12/26", 0, 0), Some(day(11, 12)), "both are to come");
        assert_eq!(read_date("11/11/2026"), Some(day(11, 11)), "both numbers are equal");
        for text in ["13/13/26", "6.6", "11/12", "a/b/26", ""] {
            assert_eq!(read_likely_date(text, now, now), None, "{text}");
        }
    }

    #[test]
    fn a_time_of_day_and_a_date_without_year_are_completed_to_the_closest_moment() {
        let midnight = AT - AT.rem_euclid(DAY_MS);
        let resolve = |text: &str, now| Stamp::TimeOfDay(read_time_of_day(text).unwrap()).resolve(&Utc, now);
        assert_eq!(resolve("23:59:59", midnight + 1_000), Some(midnight - 1_000));
        assert_eq!(resolve("00:00:01", midnight - 1_000), Some(midnight + 1_000));
        assert_eq!(
            (read_time_of_day("12:00:00 AM"), read_time_of_day("12:30 PM")),
            (Some(0), Some(45_000_000))
        );
        assert_eq!(read_time_of_day("13:00 PM"), None);
        let new_year = timestamp::day_ms(2027, 1, 1).unwrap();
        let stamp = Stamp::NoYear { month: 12, day: 31, ms: DAY_MS - 1 };
        assert_eq!(stamp.resolve(&Utc, new_year), Some(new_year - 1));
        assert_eq!(stamp.resolve(&Utc, new_year - DAY_MS), Some(new_year - 1), "tomorrow at most");
        let last_year = timestamp::day_ms(2026, 1, 1).unwrap() - 1;
        assert_eq!(stamp.resolve(&Utc, new_year - 2 * DAY_MS), Some(last_year), "logs are of the past");
        let leap = Stamp::NoYear { month: 2, day: 29, ms: 0 };
        assert_eq!(leap.resolve(&Utc, new_year), timestamp::day_ms(2024, 2, 29));
    }

    #[test]
    fn a_time_is_written_with_the_parts_that_it_has() {
        for (stamp, text) in [
            (Stamp::Utc(AT), "2026-11-22T10:42:07Z"),
            (Stamp::Local(AT + 5), "2026-11-22T10:42:07.005"),
            (Stamp::Utc(0), "1970-01-01T00:00:00Z"),
            (Stamp::Utc(1_709_251_199_999), "2024-02-29T23:59:59.999Z"),
            (Stamp::Utc(1_735_689_600_000), "2025-01-01T00:00:00Z"),
            (Stamp::TimeOfDay(3_661_000), "01:01:01"),
            (Stamp::NoYear { month: 2, day: 9, ms: 0 }, "Feb 9 00:00:00"),
            (
                Stamp::Unclear { day_first: 0, month_first: 5 },
                "1970-01-01T00:00:00 or 1970-01-01T00:00:00.005",
            ),
        ] {
            assert_eq!(stamp.written(), text);
        }
    }

    #[test]
    fn numbers_since_the_epoch_are_told_apart_by_their_size() {
        for text in [
            "1795344127",
            "1795344127.000",
            "1795344127000",
            "1795344127000.4",
            "1795344127000000",
            "1795344127000388154",
        ] {
            assert_eq!(read_epoch(text), Some(AT), "{text}");
        }
        for text in ["17", "-1795344127", "", "1795344127x", "1e9"] {
            assert_eq!(read_epoch(text), None, "{text}");
        }
    }
}
