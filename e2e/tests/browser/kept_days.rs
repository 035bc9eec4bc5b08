//! A small shop whose server has kept a day and a half, with a spike yesterday.

use std::time::Duration;

use serde_json::{Value, json};
use shared::Millis;

use crate::kept::{Kept, Said, now_ms};

const MINUTE_MS: Millis = 60_000;
/// Length of the kept time in minutes.
const KEPT_MINUTES: Millis = 36 * 60;
/// Time since the spike in minutes: it is too long ago for the window of a day.
const SPIKE_MINUTES_AGO: Millis = 26 * 60;
/// Length of the spike in milliseconds: more than a bucket of the day on a phone.
pub const SPIKE_MS: Millis = 12 * MINUTE_MS;
/// Highest value of the spike, which occurs nowhere else.
pub const SPIKE: &str = "971";
/// Time between two publications while the test runs.
const PAUSE: Duration = Duration::from_millis(500);

/// Starts the server of the shop. Returns it with the time at which the spike began, in milliseconds since the Unix epoch.
pub async fn begin() -> (Kept, Millis) {
    let now = now_ms();
    let spike_at = now - SPIKE_MINUTES_AGO * MINUTE_MS;
    let past = (0..KEPT_MINUTES).map(move |minute| {
        let received_at = now - (KEPT_MINUTES - minute) * MINUTE_MS;
        let is_spike = (spike_at..spike_at + SPIKE_MS).contains(&received_at);
        (received_at, of_minute(minute, is_spike))
    });
    let live = |n: i64| vec![Said::new("shop/load", load(n % 60, false))];
    (Kept::begin(past, live, PAUSE).await, spike_at)
}

/// Returns what the shop publishes in a minute.
fn of_minute(minute: Millis, is_spike: bool) -> Vec<Said> {
    let mut said = vec![Said::new("shop/load", load(minute, is_spike))];
    if minute % 3 == 0 {
        said.push(Said::new("shop/oven", json!(214.5 + (minute % 7) as f64 / 10.0)));
    }
    if minute % 90 == 0 {
        said.push(Said::new("shop/door", json!(if minute % 180 == 0 { "open" } else { "closed" })));
    }
    if minute % 10 == 0 || is_spike {
        let words =
            if is_spike { "refused, the provider does not answer" } else { "paid by card, no receipt" };
        said.push(Said::new("shop/log", json!(format!("order {} {words}", 88_000 + minute))));
    }
    said
}

fn load(minute: Millis, is_spike: bool) -> Value {
    let wave = (minute as f64 / 40.0).sin();
    let paid = if is_spike { json!(971) } else { json!((24.0 + 9.0 * wave).round()) };
    json!({"paid": paid, "open": (6.0 - 3.0 * wave).round()})
}
