//! Formats times in the two formats that API Gateway uses. Times are milliseconds since the Unix epoch, in UTC and
//! without leap seconds.

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Formats milliseconds since the Unix epoch as `09/Feb/2024:18:11:43 +0000`, as in `requestTime` of events.
pub fn common_log(now_ms: u64) -> String {
    let (year, month, day) = civil(now_ms / DAY_MS);
    let (hour, minute, second, _) = time_of_day(now_ms);
    let month = MONTHS[month as usize - 1];
    format!("{day:02}/{month}/{year:04}:{hour:02}:{minute:02}:{second:02} +0000")
}

/// Formats milliseconds since the Unix epoch as `2024-02-09T18:11:43.419Z`, as in the answer to `GET @connections`.
pub(crate) fn iso_8601(now_ms: u64) -> String {
    let (year, month, day) = civil(now_ms / DAY_MS);
    let (hour, minute, second, millis) = time_of_day(now_ms);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Parses `2024-02-09T18:11:43Z`, `2024-02-09T18:11Z` or `2024-02-09`, in UTC, as milliseconds since the Unix epoch. Fractions
/// of seconds are ignored.
pub(crate) fn from_iso_8601(text: &str) -> Option<i64> {
    let (date, time) = text.trim_end_matches('Z').split_once('T').unwrap_or((text, "00:00:00"));
    let mut date = date.split('-').map(|part| part.parse::<u64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let time = time.split('.').next()?;
    let mut time = time.split(':').map(|part| part.parse::<u64>().ok());
    let (hour, minute, second) = (time.next()??, time.next()??, time.next().unwrap_or(Some(0))?);
    let is_valid = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 61;
    let ms = days(year, month, day) * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1_000;
    is_valid.then(|| i64::try_from(ms).ok()).flatten()
}

/// Converts year, month and day to days since 1970-01-01. It is the inverse of [`civil`].
fn days(year: u64, month: u64, day: u64) -> u64 {
    let (shifted_year, shifted_month) =
        if month > 2 { (year, month - 3) } else { (year.saturating_sub(1), month + 9) };
    let (era, year_of_era) = (shifted_year / 400, shifted_year % 400);
    let day_of_year = (153 * shifted_month + 2) / 5 + day.saturating_sub(1);
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).saturating_sub(719_468)
}

fn time_of_day(now_ms: u64) -> (u64, u64, u64, u64) {
    let ms = now_ms % DAY_MS;
    (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

/// Converts days since 1970-01-01 to year, month and day. The calculation lets each year begin on 1 March, so that the
/// leap day is the last day of a year. It counts periods of 400 years from 1 March of year 0, because all such periods
/// have the same number of days.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_it_is_written() {
        for ms in [0, 951_782_400_000, 1_707_502_303_000, 4_102_444_799_000] {
            assert_eq!(from_iso_8601(&iso_8601(ms)), i64::try_from(ms).ok(), "{ms}");
        }
        assert_eq!(from_iso_8601("2024-02-09"), Some(1_707_436_800_000));
        for text in ["tomorrow", "2024-13-01", "2024-02-09T25:00:00Z", ""] {
            assert_eq!(from_iso_8601(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_written_as_api_gateway_writes_them() {
        assert_eq!(common_log(1_707_502_303_420), "09/Feb/2024:18:11:43 +0000");
        assert_eq!(iso_8601(1_738_547_193_523), "2025-02-03T01:46:33.523Z");
    }

    #[test]
    fn leap_days_and_the_ends_of_years_are_right() {
        for (day, date) in [
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (19_722, "2023-12-31"),
            (19_723, "2024-01-01"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(&iso_8601(day * DAY_MS)[..10], date);
        }
    }
}
