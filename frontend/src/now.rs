//! The browser's clocks and random numbers. Only this file reads them.

use board_model::chart::LocalClock;
use tickertape_session::Now;

thread_local! {
    /// The monotonic clock, which is asked several times for every message.
    static CLOCK: Option<web_sys::Performance> = web_sys::window().and_then(|window| window.performance());
}

/// Returns the present time by the monotonic clock and by the wall clock.
pub fn now() -> Now {
    Now {
        mono_ms: CLOCK.with(|clock| clock.as_ref().map_or(0.0, web_sys::Performance::now)) as u64,
        wall_ms: js_sys::Date::now() as i64,
    }
}

/// Returns a random number. It is the seed of the pseudo-random delays with which the session connects again.
pub fn seed() -> u64 {
    (js_sys::Math::random() * u64::MAX as f64) as u64
}

/// Returns the clock of the browser's time zone.
pub fn local_clock() -> LocalClock {
    let offset_ms = |ts_ms: i64| {
        let minutes_behind_utc = js_sys::Date::new(&(ts_ms as f64).into()).get_timezone_offset();
        -(minutes_behind_utc as i64) * 60_000
    };
    LocalClock::of_zone(now().wall_ms, offset_ms)
}
