//! Waiting for what must come, and seeing how long it took.

use std::future::Future;
use std::time::{Duration, Instant};

/// Asks again and again until `condition` answers, and says after how long.
///
/// # Panics
///
/// With `what` if it has not answered within `limit`.
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
