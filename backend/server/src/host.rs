//! This machine's metrics: CPU, memory, load, network, disks and processes, each a topic.
//!
//! [`Probe`] reads the operating system's counters into a [`Snapshot`], and the pure function [`publications()`] turns
//! that into publications. The server and the command `tickertape host` use this module.

pub mod probe;
pub mod publications;
pub mod snapshot;

pub use probe::Probe;
pub use publications::{HostPublication, publications};
pub use snapshot::Snapshot;

/// Time between two publications of a topic, in milliseconds.
pub const EVERY_MS: u64 = 1_000;
