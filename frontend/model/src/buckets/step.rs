//! Chooses the length of the buckets for a stretch of time.

use shared::Millis;

/// Lengths of buckets, in milliseconds. Few lengths are used, so that buckets that are loaded already can be shown again.
const STEPS_MS: [u64; 27] = [
    1,
    5,
    20,
    50,
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    1_200_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    21_600_000,
    43_200_000,
    86_400_000,
    172_800_000,
    604_800_000,
];
/// Width of a bucket on the screen in CSS pixels.
const BUCKET_PX: i32 = 2;
/// Minimum number of buckets across a chart.
const LEAST_BUCKETS: i64 = 60;
/// Maximum number of buckets across a chart.
const MOST_BUCKETS: i64 = 1_000;
/// Maximum number of buckets of all series of one topic together.
const MOST_OF_TOPIC: i64 = 8_000;

/// Returns the length of the buckets in milliseconds with which a stretch of `span_ms` fills a panel of this width in
/// CSS pixels. A topic with many series has longer buckets.
pub fn step_ms(span_ms: Millis, width_px: i32, series: usize) -> u64 {
    let fair = MOST_OF_TOPIC / i64::try_from(series.max(1)).unwrap_or(MOST_OF_TOPIC);
    let buckets = i64::from(width_px / BUCKET_PX).min(fair).clamp(LEAST_BUCKETS, MOST_BUCKETS);
    let least = (span_ms / buckets).unsigned_abs();
    STEPS_MS.into_iter().find(|step| *step >= least).unwrap_or(least)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const DAY_MS: Millis = 86_400_000;

    #[test]
    fn a_day_in_a_panel_of_a_third_of_the_screen_has_buckets_of_ten_minutes() {
        assert_eq!(step_ms(DAY_MS, 460, 1), 600_000);
        assert_eq!(step_ms(DAY_MS, 1_890, 1), 120_000);
    }

    #[test]
    fn a_topic_with_many_series_has_longer_buckets() {
        assert!(step_ms(DAY_MS, 460, 64) > step_ms(DAY_MS, 460, 1));
        assert!(DAY_MS.unsigned_abs() / step_ms(DAY_MS, 4_000, 500) * 500 <= 60 * 500);
    }

    #[test]
    fn no_stretch_has_more_buckets_than_a_request_may_ask_for() {
        for span_ms in [1, 1_000, 60_000, DAY_MS, 366 * DAY_MS] {
            for width_px in [0, 300, 4_000] {
                let step = step_ms(span_ms, width_px, 1);
                assert!(step >= 1 && span_ms.unsigned_abs() / step <= shared::limits::BUCKETS, "{span_ms}");
            }
        }
    }
}
