//! Decides how often panels are notified and charts are drawn while data arrives all the time. All of them keep the same steps of time, so
//! that one frame of the browser shows all that is new, and no frames are necessary between.

use super::geometry::Surface;

/// Length of a step of time, in milliseconds. Nobody can read figures that change more often.
const STEP_MS: u64 = 80;
/// Maximum number of steps between two notifications or drawings. In a long window, a device pixel stands for minutes, but a new value is
/// to be seen soon.
const MOST_STEPS: u64 = 3;
/// Number of panels for which each further step between two notifications makes room. A frame costs the more, the more panels change in
/// it.
const PANELS_A_STEP: usize = 2;

/// Returns the time between two drawings of new data, in milliseconds. It is about the time in which the data moves by one device pixel:
/// a chart of a minute that is 700 pixels wide moves 12 times a second, and drawing it 60 times a second would show nothing more.
pub fn pause_ms(window_ms: i64, surface: &Surface) -> u64 {
    let pixels = (surface.width * surface.density).max(1.0);
    let move_ms = (window_ms.max(0) as f64 / pixels) as u64;
    (move_ms / STEP_MS).clamp(1, MOST_STEPS) * STEP_MS
}

/// Returns the time between two notifications, in milliseconds. `panels` is the number of panels that the last one has changed.
pub fn notification_ms(panels: usize) -> u64 {
    let steps = panels.div_ceil(PANELS_A_STEP);
    u64::try_from(steps).unwrap_or(MOST_STEPS).clamp(1, MOST_STEPS) * STEP_MS
}

/// Returns the time that is left until new data may be shown, in milliseconds: until the next multiple of `pause_ms` after `shown_ms`, the
/// time at which data was shown last. `now_ms` is the present time, both by the monotonic clock; `shown_ms` is `None` if nothing has been
/// shown yet.
pub fn left_ms(shown_ms: Option<u64>, now_ms: u64, pause_ms: u64) -> u64 {
    let next_ms = |shown_ms: u64| (shown_ms / pause_ms.max(1) + 1) * pause_ms;
    shown_ms.map_or(0, |shown_ms| next_ms(shown_ms).saturating_sub(now_ms))
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
        assert_eq!(pause_ms(60_000, &surface(700.0, 1.0)), 80);
        assert_eq!(pause_ms(60_000, &surface(350.0, 1.0)), 160);
        assert_eq!(pause_ms(60_000, &surface(700.0, 2.0)), 80);
        assert_eq!(pause_ms(86_400_000, &surface(700.0, 1.0)), 240);
        assert_eq!(pause_ms(60_000, &surface(0.0, 1.0)), 240);
    }

    #[test]
    fn few_panels_change_twelve_times_a_second_and_many_four_times() {
        let expected = [(0, 80), (1, 80), (2, 80), (3, 160), (4, 160), (5, 240), (20, 240), (usize::MAX, 240)];
        assert_eq!(expected.map(|(panels, _)| (panels, notification_ms(panels))), expected);
    }

    #[test]
    fn the_first_drawing_and_one_after_a_silence_are_at_once() {
        assert_eq!(left_ms(None, 5, 80), 0);
        assert_eq!(left_ms(Some(1_000), 1_020, 80), 20);
        assert_eq!(left_ms(Some(1_000), 9_000, 80), 0);
        assert_eq!(left_ms(Some(1_000), 1_000, 0), 0, "the past has no pause");
    }

    #[test]
    fn what_was_shown_at_different_times_is_shown_again_at_the_same_time() {
        let next_ms = |shown_ms, pause_ms| shown_ms + 7 + left_ms(Some(shown_ms), shown_ms + 7, pause_ms);
        assert_eq!([2_165, 2_210, 2_390].map(|shown_ms| next_ms(shown_ms, 240)), [2_400; 3]);
        assert_eq!([next_ms(2_325, 80), next_ms(2_245, 160)], [2_400; 2]);
    }
}
