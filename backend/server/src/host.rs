//! The metrics of this machine: CPU, memory, load, network, disks and processes. Each is published to a topic of its
//! own.
//!
//! [`Probe`] reads the operating system's counters into a [`Snapshot`], and the pure function [`publications()`]
//! converts the snapshot to publications. The server and the command `tickertape host` use this module.

mod disks;
mod interfaces;
pub mod probe;
pub mod publications;
pub mod snapshot;

pub use probe::Probe;
pub use publications::{HostPublication, publications};
pub use snapshot::Snapshot;

/// Time between two publications of the metrics, in milliseconds.
pub const EVERY_MS: u64 = 1_000;
