//! This machine's pulse: CPU, memory, load, network, disks and processes, each a topic.
//!
//! [`Probe`] asks the operating system, [`Snapshot`] is its answer, and [`publications()`] is the pure way from
//! there to what a panel shows. Used by `serve` and by `tickertape host`.

pub mod probe;
pub mod publications;
pub mod snapshot;

pub use probe::Probe;
pub use publications::{HostPublication, publications};
pub use snapshot::Snapshot;

/// How often each topic speaks, in milliseconds.
pub const EVERY_MS: u64 = 1_000;
