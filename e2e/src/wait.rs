//! Waits for a condition to become true, and measures the time that this takes.

use std::future::Future;
use std::time::{Duration, Instant};

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
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}
