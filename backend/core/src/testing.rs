//! A fake of each port (trait of a platform) for tests, and the conformance suites that every implementation of a port
//! must pass (feature `testing`).
//!
//! The tests of an implementation run a suite with [`conformance!`](crate::conformance), which makes one
//! `#[tokio::test]` of each check. Clones of a fake share their state, so that a test can keep one clone and give
//! another to the service.

mod boards;
pub mod conformance;
mod connections;
mod log;
mod management;

pub use boards::FakeBoards;
pub use connections::FakeConnections;
pub use log::FakeLog;
pub use management::FakeManagement;

use shared::Millis;

/// Limits on the history of a log that is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Largest number of publications that are kept for each topic. The newest are kept.
    pub items: usize,
    /// Maximum age of publications, in milliseconds. Older ones are deleted.
    pub age_ms: Millis,
}

impl Keep {
    /// Limits that no check reaches, so that all publications are kept.
    pub const PLENTY: Self = Self { items: 1_000_000, age_ms: 366 * 24 * 60 * 60 * 1000 };
    /// Limits that are so low that publications are deleted during a check.
    pub const LITTLE: Self = Self { items: 10, age_ms: 60_000 };
}
