//! The threads of the commands that run a server.

use std::num::NonZeroUsize;

use tokio::runtime::{Builder, Runtime};

use crate::error::CliError;

/// Starts the threads that serve clients: one for each processor except one, and at least one.
///
/// The last processor is left to the thread of the store, which writes and syncs, and to the operating system, which delivers
/// on behalf of the senders. On two processors this saves the work that two threads have with taking tasks from each other:
/// an eighth of the processor time of a request to `@connections` (`docs/performance.md`).
///
/// # Errors
///
/// [`CliError`] if the operating system refuses a thread.
pub fn start_threads() -> Result<Runtime, CliError> {
    let runtime = Builder::new_multi_thread().worker_threads(threads(processors())).enable_all().build();
    runtime.map_err(|error| CliError::failed(format!("this program cannot start its threads: {error}")))
}

/// Returns the number of processors that this process may use.
pub fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

fn threads(processors: usize) -> usize {
    processors.saturating_sub(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_processor_is_left_free_if_there_are_several() {
        assert_eq!([1, 2, 3, 16].map(threads), [1, 1, 2, 15]);
    }
}
