//! The browser's clocks and random numbers. Only this file reads them.

use tickertape_session::Now;

/// Returns the present time by the monotonic clock and by the wall clock.
pub fn now() -> Now {
    let performance = web_sys::window().and_then(|window| window.performance());
    Now {
        mono_ms: performance.map_or(0.0, |performance| performance.now()) as u64,
        wall_ms: js_sys::Date::now() as i64,
    }
}

/// Returns a random number. It is the seed of the pseudo-random delays with which the session connects again.
pub fn seed() -> u64 {
    (js_sys::Math::random() * u64::MAX as f64) as u64
}
