//! Decides how often panels are notified and charts are drawn while data arrives all the time. All of them keep the same steps of time: each
//! rate divides the next higher one, and the steps of all rates begin together at each second of the monotonic clock. So one frame of the
//! browser shows all that is new, and no frames are necessary between.

use std::collections::HashSet;

use shared::Topic;

use super::geometry::Surface;

/// Highest number of times a second at which panels and charts change. Nobody can read figures that change more often.
const FAST_HZ: u64 = 12;
/// Number of times a second at which they change if that is enough: a new value is to be seen soon.
const SLOW_HZ: u64 = 4;
/// Number of times a second at which texts about the time change, and panels that are out of sight.
pub const SECOND_HZ: u64 = 1;
/// Number of times a second at which a chart has to move by a device pixel to be drawn at the high rate.
const FAST_FROM_HZ: f64 = 8.0;
/// Maximum number of panels that change at the high rate. A frame costs the more, the more panels change in it.
const MOST_FAST: usize = 4;

/// Returns the number of times a second at which new data is drawn. At most as often as the data moves by one device pixel, or four times a
/// second: a chart of a minute that is 700 pixels wide moves 12 times a second, and drawing it 60 times a second would show nothing more.
pub fn drawing_hz(window_ms: i64, surface: &Surface) -> u64 {
    let pixels = (surface.width * surface.density).max(1.0);
    let moves_hz = 1_000.0 * pixels / window_ms.max(1) as f64;
    if moves_hz < FAST_FROM_HZ { SLOW_HZ } else { FAST_HZ }
}

/// The panels that have changed lately. They decide how often panels are notified.
#[derive(Clone, Debug, Default)]
pub struct Crowd {
    /// Number of the slow step in which the panels have changed.
    step: u64,
    panels: HashSet<Topic>,
    /// Number of panels that changed in the step before.
    before: usize,
}

impl Crowd {
    /// Adds panels that change at `now_ms` by the monotonic clock.
    pub fn add(&mut self, panels: &[Topic], now_ms: u64) {
        let step = now_ms * SLOW_HZ / 1_000;
        if step != self.step {
            self.before = if step == self.step + 1 { self.panels.len() } else { 0 };
            self.step = step;
            self.panels.clear();
        }
        self.panels.extend(panels.iter().cloned());
    }

    /// Returns the number of times a second at which panels are notified.
    pub fn rate_hz(&self) -> u64 {
        if self.panels.len().max(self.before) > MOST_FAST { SLOW_HZ } else { FAST_HZ }
    }
}

/// Returns the time that is left until new data may be shown, in milliseconds: until the next step after `shown_ms`, the time at which data
/// was shown last. `now_ms` is the present time, both by the monotonic clock; `shown_ms` is `None` if nothing has been shown yet.
pub fn left_ms(shown_ms: Option<u64>, now_ms: u64, rate_hz: u64) -> u64 {
    shown_ms.map_or(0, |shown_ms| next_ms(shown_ms, rate_hz).saturating_sub(now_ms))
}

/// Returns the time until the next step, in milliseconds.
pub fn until_next_ms(now_ms: u64, rate_hz: u64) -> u64 {
    next_ms(now_ms, rate_hz) - now_ms
}

/// Returns the time of the first step after `at_ms`, rounded up to a whole millisecond.
fn next_ms(at_ms: u64, rate_hz: u64) -> u64 {
    ((at_ms * rate_hz / 1_000 + 1) * 1_000).div_ceil(rate_hz.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn surface(width: f64, density: f64) -> Surface {
        Surface { width, height: 100.0, density, font_px: 10.0, digit_px: 6.0 }
    }

    #[test]
    fn data_is_drawn_when_it_has_moved_by_a_device_pixel_but_four_times_a_second_at_least() {
        assert_eq!(drawing_hz(60_000, &surface(700.0, 1.0)), 12);
        assert_eq!(drawing_hz(60_000, &surface(350.0, 1.0)), 4);
        assert_eq!(drawing_hz(60_000, &surface(700.0, 2.0)), 12);
        assert_eq!(drawing_hz(86_400_000, &surface(700.0, 1.0)), 4);
        assert_eq!(drawing_hz(60_000, &surface(0.0, 1.0)), 4);
    }

    #[test]
    fn few_panels_change_twelve_times_a_second_and_many_four_times_even_if_they_change_in_turn() {
        let topics: Vec<Topic> = (0..5).filter_map(|n| Topic::new(&format!("lab/{n}")).ok()).collect();
        let mut crowd = Crowd::default();
        let mut rate_hz = |panels, now_ms| {
            crowd.add(panels, now_ms);
            crowd.rate_hz()
        };
        assert_eq!([rate_hz(&topics[..4], 1_000), rate_hz(&topics[..4], 1_084)], [12, 12]);
        assert_eq!(rate_hz(&topics[4..], 1_167), 4);
        assert_eq!([rate_hz(&topics[..1], 1_250), rate_hz(&topics[..1], 1_500)], [4, 12]);
        assert_eq!([rate_hz(&topics, 1_750), rate_hz(&[], 9_000)], [4, 12]);
    }

    #[test]
    fn the_first_drawing_and_one_after_a_silence_are_at_once() {
        assert_eq!(left_ms(None, 5, FAST_HZ), 0);
        assert_eq!(left_ms(Some(1_000), 1_020, FAST_HZ), 64);
        assert_eq!(left_ms(Some(1_000), 9_000, FAST_HZ), 0);
    }

    #[test]
    fn what_was_shown_at_different_times_is_shown_again_at_the_same_time() {
        let again_ms = |shown_ms, rate_hz| shown_ms + 7 + left_ms(Some(shown_ms), shown_ms + 7, rate_hz);
        assert_eq!([2_765, 2_810, 2_990].map(|shown_ms| again_ms(shown_ms, SLOW_HZ)), [3_000; 3]);
        assert_eq!([again_ms(2_925, FAST_HZ), again_ms(2_005, SECOND_HZ)], [3_000; 2]);
    }

    #[test]
    fn a_step_follows_each_time_even_at_which_one_begins() {
        for rate_hz in [FAST_HZ, SLOW_HZ, SECOND_HZ] {
            let mut at_ms = 0;
            for _ in 0..10 * rate_hz {
                at_ms += until_next_ms(at_ms, rate_hz);
            }
            assert_eq!(at_ms, 10_000);
        }
    }
}
