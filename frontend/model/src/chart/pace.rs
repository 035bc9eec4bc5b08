//! Decides how often a chart is drawn while data arrives all the time.

use super::geometry::Surface;

/// Maximum time between two drawings, in milliseconds. In a long window, a device pixel stands for minutes, but a new value is to be
/// seen soon.
const LONGEST_MS: f64 = 250.0;

/// Returns the time between two drawings of new data, in milliseconds. It is the time in which the data moves by one device pixel: a
/// chart of a minute that is 700 pixels wide moves 12 times a second, and drawing it 60 times a second would show nothing more.
pub fn pause_ms(window_ms: i64, surface: &Surface) -> u64 {
    let pixels = (surface.width * surface.density).max(1.0);
    (window_ms.max(0) as f64 / pixels).min(LONGEST_MS) as u64
}

/// Returns the time that is left until new data may be drawn, in milliseconds. `drawn_ms` is the time of the last drawing, and `now_ms`
/// the present time, both by the monotonic clock; `drawn_ms` is `None` before the first drawing.
pub fn left_ms(drawn_ms: Option<u64>, now_ms: u64, pause_ms: u64) -> u64 {
    drawn_ms.map_or(0, |drawn_ms| (drawn_ms + pause_ms).saturating_sub(now_ms))
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
        assert_eq!(pause_ms(60_000, &surface(700.0, 1.0)), 85);
        assert_eq!(pause_ms(60_000, &surface(700.0, 2.0)), 42);
        assert_eq!(pause_ms(86_400_000, &surface(700.0, 1.0)), 250);
        assert_eq!(pause_ms(60_000, &surface(0.0, 1.0)), 250);
    }

    #[test]
    fn the_first_drawing_and_one_after_a_silence_are_at_once() {
        assert_eq!(left_ms(None, 5, 85), 0);
        assert_eq!(left_ms(Some(1_000), 1_020, 85), 65);
        assert_eq!(left_ms(Some(1_000), 9_000, 85), 0);
    }
}
