//! Code that the tests of several crates share. Released code does not depend on this crate, and this crate does not
//! depend on other crates of the workspace.

pub mod fidelity;
pub mod process;

mod http_message;
mod web_sockets;

use std::time::Duration;

pub use http_message::HttpMessage;
pub use web_sockets::{WebSocketClient, WebSockets, text};

/// Time after which [`soon`] panics if its future is not ready.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// Waits for a future, and returns its output.
///
/// # Panics
///
/// If it takes longer than [`TIMEOUT`].
pub async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(TIMEOUT, future).await.expect("it takes less than 60 s")
}
