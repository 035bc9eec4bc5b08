//! Parts that the tests of several crates share. Nothing that ships depends on this crate, and it depends on none of ours.

pub mod fidelity;
pub mod process;

mod http_message;
mod web_sockets;

use std::time::Duration;

pub use http_message::HttpMessage;
pub use web_sockets::{WebSocketClient, WebSockets, text};

/// The time after which [`soon`] fails a test.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// Waits for a future.
///
/// # Panics
///
/// If it takes longer than [`TIMEOUT`].
pub async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(TIMEOUT, future).await.expect("it takes less than 30 s")
}
