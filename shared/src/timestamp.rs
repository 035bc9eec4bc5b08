//! Reads the time stamp of a published JSON object of the form `{"data": …, "ts": …}` (an envelope). HTTP
//! requests and the command `tickertape pipe` use the same rules.
//!
//! A time stamp is either a JSON number, in seconds or milliseconds since the Unix epoch and possibly with a fraction, or a
//! string in ISO 8601 with its offset from UTC. The functions read no clock: [`crate::publication::check_ts`] checks whether a
//! time is plausible.
//!
//! ```
//! use serde_json::json;
//! use shared::timestamp;
//!
//! for ts in [json!(1_800_000_000_000_i64), json!(1_800_000_000), json!(1_800_000_000.25), json!("2027-01-15T08:00:00Z")] {
//!     assert_eq!(timestamp::read(&ts).map(|ms| ms / 1000), Ok(1_800_000_000));
//! }
//! ```

use serde_json::{Number, Value};

use crate::Millis;

/// Lower bound of the numbers that are read as seconds; as a time, it is in the year 1973. A smaller number is returned
/// unchanged, so that the error message of the later check contains the number that was sent.
const SECONDS_FROM: f64 = 1e8;
/// Upper bound of the numbers that are read as seconds; as a time, it is in the year 5138. This number and larger ones
/// are read as milliseconds.
const SECONDS_BELOW: f64 = 1e11;

/// Error for a value that is not a time stamp. The publisher has to change it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "ts {ts} is not a time: send seconds or milliseconds since 1970, or ISO 8601 with the offset from UTC, such as 2026-11-22T10:42:07Z"
)]
pub struct TimestampError {
    /// The value that was sent, as JSON.
    pub ts: String,
}

/// Converts the JSON value of a publisher's time stamp to milliseconds since the Unix epoch.
///
/// # Errors
///
/// [`TimestampError`] if the value is neither a number nor a string in ISO 8601 that ends in `Z` or an offset.
pub fn read(ts: &Value) -> Result<Millis, TimestampError> {
    let found = match ts {
        Value::Number(number) => read_number(number),
        Value::String(text) => read_iso(text).and_then(|time| time.utc_ms()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    found.ok_or_else(|| TimestampError { ts: ts.to_string() })
}

/// Converts a number of seconds or milliseconds to milliseconds since the Unix epoch. The size of the number decides
/// between the two units. A fraction of a millisecond is rounded.
fn read_number(number: &Number) -> Option<Millis> {
    let value = number.as_f64()?;
    if (SECONDS_FROM..SECONDS_BELOW).contains(&value.abs()) {
        // The result is a time in milliseconds with at most 14 digits, which an f64 holds exactly.
        return Some((value * 1000.0).round() as Millis);
    }
    number.as_i64().or_else(|| (value.abs() < 1e18).then_some(value.round() as Millis))
}

/// A date and time of day as it is written in a text, with the offset from UTC if the text contains one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenTime {
    /// Date and time as they are written, in milliseconds since 1970-01-01T00:00:00 in the writer's time zone.
    pub local_ms: i64,
    /// Offset from UTC in seconds, positive if the writer's clock is ahead of UTC; `None` if the text does not contain
    /// an offset.
    pub utc_offset_s: Option<i32>,
}

impl WrittenTime {
    /// Returns the time in milliseconds since the Unix epoch, or `None` if the offset from UTC is not known.
    pub fn utc_ms(self) -> Option<Millis> {
        self.utc_offset_s.map(|offset_s| self.local_ms - i64::from(offset_s) * 1000)
    }
}

/// Parses a date and time such as `2026-11-22T10:42:07.101+01:00`. It also accepts a blank or `t` for `T`, slashes in
/// the date, a comma before the fraction, no seconds, no offset, and an offset without a colon or minutes. Returns
/// `None` for anything else.
pub fn read_iso(text: &str) -> Option<WrittenTime> {
    let text = text.trim();
    if !text.is_ascii() {
        return None;
    }
    let (date, rest) = text.split_at_checked(10)?;
    let day_ms = read_date(date)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let end =
        rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(rest.len());
    let (time, offset) = rest.split_at(end);
    Some(WrittenTime {
        local_ms: day_ms + read_time_of_day(time)?,
        utc_offset_s: read_offset(offset.trim_start())?,
    })
}

/// Parses a date such as `2026-11-22` or `2026/11/22`. Returns the beginning of the day in milliseconds since 1970, or
/// `None` if the text is not a date.
pub fn read_date(text: &str) -> Option<i64> {
    let separator = if text.contains('-') { '-' } else { '/' };
    let mut parts = text.split(separator);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    day_ms(digits(year)?, digits(month)?, digits(day)?)
}

/// Returns the beginning of a day of the Gregorian calendar in milliseconds since 1970, or `None` if there is no such
/// day.
pub fn day_ms(year: u32, month: u32, day: u32) -> Option<i64> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) || !(1..=9999).contains(&year) {
        return None;
    }
    // Years are counted from March, so that the leap day is the last day of a year (Howard Hinnant, days_from_civil).
    let (year, month) = (i64::from(year) - i64::from(month <= 2), i64::from(month));
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some((era * 146_097 + day_of_era - 719_468) * 86_400_000)
}

/// Parses a time of day such as `10:42`, `10:42:07` or `10:42:07.101`. Returns the milliseconds since midnight, or
/// `None` if the text is not a time of day. Digits after the third of the fraction are ignored.
pub fn read_time_of_day(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let mut parts = clock.split(':');
    let (hour, minute) = (parts.next()?, parts.next()?);
    let second = parts.next().unwrap_or("00");
    let is_long_enough = !hour.is_empty() && hour.len() <= 2 && minute.len() == 2 && second.len() == 2;
    if parts.next().is_some() || !is_long_enough || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hour, minute, second) = (digits(hour)?, digits(minute)?, digits(second)?);
    // Second 60 is a leap second, which a Unix clock shows as the beginning of the next minute.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let ms: i64 = format!("{fraction:0<3.3}").parse().ok()?;
    Some(i64::from(hour * 3600 + minute * 60 + second) * 1000 + ms)
}

/// Parses an offset from UTC: `Z`, `+01:00`, `+0100` or `+01`. Returns the seconds ahead of UTC, `Some(None)` for an
/// empty text, and `None` for anything else.
fn read_offset(text: &str) -> Option<Option<i32>> {
    if text.is_empty() {
        return Some(None);
    }
    if matches!(text, "Z" | "z" | "UTC") {
        return Some(Some(0));
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let plain = rest.replacen(':', "", 1);
    let (hours, minutes) = match plain.len() {
        2 => (plain.as_str(), "00"),
        4 => plain.split_at(2),
        _ => return None,
    };
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    (hours <= 18 && minutes <= 59).then(|| Some(sign * (hours * 3600 + minutes * 60) as i32))
}

fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const MS: Millis = 1_800_000_000_123;

    #[test]
    fn seconds_and_milliseconds_whole_or_not_are_told_apart_by_their_size() {
        let table = [
            (json!(MS), MS),
            (json!(1_800_000_000_123.4), MS),
            (json!(1_800_000_000_123.0), MS),
            (json!(1_800_000_000), 1_800_000_000_000),
            (json!(1_800_000_000.123), MS),
            (json!(7), 7),
        ];
        for (ts, expected) in table {
            assert_eq!(read(&ts), Ok(expected), "{ts}");
        }
    }

    #[test]
    fn iso_8601_is_read_with_its_offset() {
        for text in [
            "2027-01-15T08:00:00.123Z",
            "2027-01-15t09:00:00.123+01:00",
            "2027-01-15 03:00:00,1239-0500",
            "2027-01-15T13:30:00.123456789+05:30",
            "2027-01-15 08:00:00.123 +00",
        ] {
            assert_eq!(read(&json!(text)), Ok(MS), "{text}");
        }
        assert_eq!(read(&json!("2027-01-15T08:00Z")), Ok(1_800_000_000_000));
        assert_eq!(read_iso("2024-02-29T00:00:00Z").and_then(WrittenTime::utc_ms), Some(1_709_164_800_000));
        assert_eq!(
            read_iso("1970-01-01 00:00").map(|time| (time.local_ms, time.utc_offset_s)),
            Some((0, None))
        );
    }

    #[test]
    fn an_invalid_time_is_refused_and_the_error_quotes_it() {
        for ts in [
            json!("now"),
            json!("2027-01-15"),
            json!("2027-01-15T08:00:00"),
            json!("2027-02-29T08:00:00Z"),
            json!("2027-01-15T24:00:00Z"),
            json!("2027-01-15T08:00:00+99:00"),
            json!("٢٠٢٧-01-15T08:00:00Z"),
            json!(null),
            json!(true),
            json!([1]),
            json!(1e300),
        ] {
            assert_eq!(read(&ts), Err(TimestampError { ts: ts.to_string() }));
        }
        assert!(read(&json!("now")).unwrap_err().to_string().contains("ts \"now\" is not a time"));
    }
}
