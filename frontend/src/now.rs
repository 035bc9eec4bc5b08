//! The browser's clocks and random numbers. Only this file reads them.

use tickertape_session::Now;

/// Returns the times of the monotonic clock and the wall clock.
pub fn now() -> Now {
    let performance = web_sys::window().and_then(|window| window.performance());
    Now {
        mono_ms: performance.map_or(0.0, |performance| performance.now()) as u64,
        wall_ms: js_sys::Date::now() as i64,
    }
}

/// Returns a random number, to be used as the seed of the session's random delays.
pub fn seed() -> u64 {
    (js_sys::Math::random() * u64::MAX as f64) as u64
}
