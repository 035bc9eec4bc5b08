//! The browser's clocks, read in one place.

use tickertape_session::Now;

/// Both clocks, now.
pub fn now() -> Now {
    let performance = web_sys::window().and_then(|window| window.performance());
    Now {
        mono_ms: performance.map_or(0.0, |performance| performance.now()) as u64,
        wall_ms: js_sys::Date::now() as i64,
    }
}

/// A number that differs from page to page.
pub fn seed() -> u64 {
    (js_sys::Math::random() * u64::MAX as f64) as u64
}
