//! Helpers for the tests: a server, and clients for it. Every function that waits fails the test after [`TIMEOUT`].

mod client;
mod guarded;
mod http;
mod server;
mod socket;
mod tls;

use std::path::Path;
use std::time::Duration;

pub use client::{Client, run, run_with_input};
pub use guarded::Guarded;
pub use http::{Answer, read, request};
pub use server::Server;
pub use socket::{Socket, stream_from};
pub use tls::{Authority, TlsFront};

/// Time after which every wait fails. It is longer than anything takes on a busy machine. A test that passes does not
/// wait for it.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_tickertape");

/// Writes a file that only this user can read. The server requires this of the file of a secret.
pub fn write_private(path: &Path, content: &str) {
    let _ = std::fs::remove_file(path);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path).unwrap(), content.as_bytes()).unwrap();
}
