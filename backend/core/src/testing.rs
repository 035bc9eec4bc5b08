//! Fakes of every port, and the suite each implementation runs (feature `testing`).
//!
//! An implementation runs a suite by [`conformance!`](crate::conformance), which makes one `#[tokio::test]`
//! of each check.

pub mod conformance;
mod connections;
mod log;
mod management;

pub use connections::FakeConnections;
pub use log::FakeLog;
pub use management::FakeManagement;

use std::sync::{Mutex, MutexGuard, PoisonError};

use shared::Millis;

/// How much history a log under test keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// The newest so many publications of each topic.
    pub items: usize,
    /// Those received at most so long ago, in milliseconds.
    pub age_ms: Millis,
}

impl Keep {
    /// More than any check writes.
    pub const PLENTY: Self = Self { items: 1_000_000, age_ms: 366 * 24 * 60 * 60 * 1000 };
    /// So little that history is dropped while a check looks on.
    pub const LITTLE: Self = Self { items: 10, age_ms: 60_000 };
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
