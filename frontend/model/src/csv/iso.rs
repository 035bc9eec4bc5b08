//! Times in ISO 8601. Depends on no other module.

use shared::Millis;

const DAY_MS: i64 = 86_400_000;

/// Formats a time in ISO 8601 in UTC, always with milliseconds: `2026-11-27T14:02:00.000Z`. Years beyond four digits have a
/// sign and six digits, as in ECMAScript.
pub fn iso(ts_ms: Millis) -> String {
    let (year, month, day) = date(ts_ms.div_euclid(DAY_MS));
    let of_day = ts_ms.rem_euclid(DAY_MS);
    let (hours, minutes, seconds) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1_000 % 60);
    let year = match year {
        0..=9_999 => format!("{year:04}"),
        _ => format!("{year:+07}"),
    };
    format!("{year}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{:03}Z", of_day % 1_000)
}

/// Returns year, month and day of a date of the Gregorian calendar, which is given by the number of days since 1 January 1970. Years
/// are counted from 1 March, so that the leap day is the last day of a year.
fn date(days: i64) -> (i64, i64, i64) {
    const DAYS_IN_400_YEARS: i64 = 146_097;
    /// Days from 1 March of the year 0 to 1 January 1970.
    const BEFORE_1970: i64 = 719_468;
    let days = days + BEFORE_1970;
    let (era, of_era) = (days.div_euclid(DAYS_IN_400_YEARS), days.rem_euclid(DAYS_IN_400_YEARS));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    // Five months from March on have 153 days, and so have the next five.
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn times_are_written_in_utc_with_milliseconds() {
        for (ts_ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_795_000_000_123, "2026-11-18T11:06:40.123Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "+010000-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(iso(ts_ms), text, "{ts_ms}");
        }
    }

    #[test]
    fn each_day_follows_the_one_before_for_four_centuries() {
        let mut before = date(-1);
        for days in 0..146_097 {
            let (year, month, day) = date(days);
            let is_next = match before {
                (y, m, d) if y == year && m == month => d + 1 == day,
                (y, m, _) if y == year => m + 1 == month && day == 1,
                (y, 12, 31) => y + 1 == year && (month, day) == (1, 1),
                _ => false,
            };
            assert!(is_next, "{before:?} {:?}", (year, month, day));
            before = (year, month, day);
        }
    }
}
