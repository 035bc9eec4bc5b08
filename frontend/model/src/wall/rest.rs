//! Protection of a screen that shows the same picture for months: the picture moves by a pixel now and then, and is
//! darker at night. Depends on no other module.

use crate::chart::clock::LocalClock;

/// Time after which the picture moves by one pixel, in milliseconds.
const STEP_MS: i64 = 180_000;
/// Length of the sides of the square around which the picture moves, in CSS pixels.
const SIDE_PX: i64 = 4;
const HOUR_MS: i64 = 3_600_000;

/// Returns the distance in CSS pixels by which the picture is moved at this time: to the right, and down.
///
/// It depends on the time alone, so that the picture also moves on a screen whose page is loaded again every few
/// minutes.
pub fn shift_px(now_ms: i64) -> (i64, i64) {
    let step = (now_ms / STEP_MS).rem_euclid(4 * SIDE_PX);
    let (side, along) = (step / SIDE_PX, step % SIDE_PX);
    match side {
        0 => (along, 0),
        1 => (SIDE_PX, along),
        2 => (SIDE_PX - along, SIDE_PX),
        _ => (0, SIDE_PX - along),
    }
}

/// The hours of the day in which the screen is darker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Night {
    from_hour: i64,
    to_hour: i64,
}

impl Night {
    /// Parses two hours of the day, such as `22-6`. Returns `None` if the text is not valid or the hours are equal.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let (from_hour, to_hour) = (hour(from)?, hour(to)?);
        (from_hour % 24 != to_hour % 24).then_some(Self { from_hour, to_hour })
    }

    /// Returns true if the screen is darker at this time.
    pub fn is_dark(self, now_ms: i64, clock: LocalClock) -> bool {
        let hour = (now_ms + clock.offset_at(now_ms)).div_euclid(HOUR_MS).rem_euclid(24);
        let since_start = (hour - self.from_hour).rem_euclid(24);
        since_start < (self.to_hour - self.from_hour).rem_euclid(24)
    }
}

fn hour(text: &str) -> Option<i64> {
    let hour = text.parse::<u8>().ok().filter(|hour| *hour <= 24)?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(i64::from(hour))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_picture_moves_by_one_pixel_at_a_time_and_comes_back_after_48_minutes() {
        let at = |step: i64| shift_px(step * STEP_MS);
        for step in 0..16 {
            let ((x, y), (next_x, next_y)) = (at(step), at(step + 1));
            assert_eq!((next_x - x).abs() + (next_y - y).abs(), 1, "step {step}");
            assert!((0..=SIDE_PX).contains(&x) && (0..=SIDE_PX).contains(&y), "step {step}");
        }
        assert_eq!(at(0), at(16));
        assert_eq!(shift_px(STEP_MS - 1), at(0), "three minutes at each place");
    }

    #[test]
    fn a_night_may_include_midnight_and_follows_the_time_zone() {
        let dark =
            |night: &str, hour: i64| Night::read(night).unwrap().is_dark(hour * HOUR_MS, LocalClock::UTC);
        for (night, hour, expected) in [
            ("22-6", 21, false),
            ("22-6", 22, true),
            ("22-6", 0, true),
            ("22-6", 5, true),
            ("22-6", 6, false),
            ("1-5", 0, false),
            ("1-5", 1, true),
            ("1-5", 5, false),
            ("20-24", 23, true),
            ("20-24", 0, false),
        ] {
            assert_eq!(dark(night, hour), expected, "{night} at {hour}");
        }
        let in_berlin = LocalClock::fixed(2 * HOUR_MS);
        assert!(Night::read("22-6").unwrap().is_dark(20 * HOUR_MS, in_berlin));
    }

    #[test]
    fn anything_else_is_no_night() {
        for text in ["", "22", "22-", "-6", "22-25", "6-6", "0-24", "22-6-7", "+2-6", "ten-six"] {
            assert_eq!(Night::read(text), None, "{text}");
        }
    }
}
