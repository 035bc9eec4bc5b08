//! Waits for a condition to become true, and measures the time that this takes.

use std::future::Future;
use std::time::{Duration, Instant};

/// Least and greatest pause between two calls of a condition. A call that asks the browser takes some milliseconds of the processor.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(100));
/// The pause is this part of the time that has passed, so that the measured time is too long by a tenth at most.
const PART: u32 = 10;

/// Calls `condition` repeatedly until it returns a value. Returns this value, and the time that passed.
///
/// # Panics
///
/// If there is no value within `limit`. The message contains `what`.
pub async fn until<T, F>(what: &str, limit: Duration, mut condition: impl FnMut() -> F) -> (T, Duration)
where
    F: Future<Output = Option<T>>,
{
    let start = Instant::now();
    loop {
        if let Some(answer) = condition().await {
            return (answer, start.elapsed());
        }
        assert!(start.elapsed() < limit, "after {limit:?}, still not: {what}");
        tokio::time::sleep((start.elapsed() / PART).clamp(PAUSES.0, PAUSES.1)).await;
    }
}
