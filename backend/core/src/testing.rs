//! A fake of every port, and the conformance suites that every implementation runs (feature `testing`).
//!
//! An implementation runs a suite with [`conformance!`](crate::conformance), which makes one `#[tokio::test]` of each check.
//! A clone of a fake shares its state, so that a test keeps one and gives the service the other.

pub mod conformance;
mod connections;
mod log;
mod management;

pub use connections::FakeConnections;
pub use log::FakeLog;
pub use management::FakeManagement;

use shared::Millis;

/// Retention of a log under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Number of the newest publications of each topic that are kept.
    pub items: usize,
    /// Age of the oldest publications that are kept, in milliseconds.
    pub age_ms: Millis,
}

impl Keep {
    /// Keeps more than any check writes.
    pub const PLENTY: Self = Self { items: 1_000_000, age_ms: 366 * 24 * 60 * 60 * 1000 };
    /// Keeps so little that history is dropped during a check.
    pub const LITTLE: Self = Self { items: 10, age_ms: 60_000 };
}
