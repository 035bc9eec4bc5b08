//! Runs the conformance suites on the embedded log and the table of connections in memory.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

use backend_core::testing::Keep;
use backend_store::{EmbeddedLog, MemoryConnections, Retention};
use tempfile::TempDir;

/// Opens a log with these limits. The receiver of its changes is dropped, so that appends never wait for it.
async fn open_log(keep: Keep) -> (EmbeddedLog, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let retention = Retention { max_age_ms: keep.age_ms, max_items_per_topic: keep.items as u64 };
    let (log, _changes) = EmbeddedLog::open(directory.path(), retention).unwrap();
    (log, directory)
}

async fn open_boards() -> (EmbeddedLog, TempDir) {
    open_log(Keep::PLENTY).await
}

async fn open_connections() -> (MemoryConnections, ()) {
    (MemoryConnections::new(), ())
}

mod log {
    backend_core::conformance!(log, super::open_log);
}

mod boards {
    backend_core::conformance!(boards, super::open_boards);
}

mod connections {
    backend_core::conformance!(connections, super::open_connections);
}
