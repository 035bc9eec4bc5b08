//! `tickertape serve`.

use std::io;

use tracing_subscriber::filter::LevelFilter;

use crate::cli::ServeArgs;
use crate::failure::Failure;
use crate::serve;

/// Runs the server.
///
/// # Errors
///
/// As [`serve::serve`].
pub fn run(args: &ServeArgs) -> Result<(), Failure> {
    log_to_stderr();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::failed(format!("no runtime: {error}")))?;
    runtime.block_on(serve::serve(args))
}

/// What is wrong, and no more: standard output is for whoever started it.
fn log_to_stderr() {
    tracing_subscriber::fmt().with_max_level(LevelFilter::WARN).with_writer(io::stderr).init();
}
