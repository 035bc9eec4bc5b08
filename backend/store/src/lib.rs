//! The embedded store: connections in memory, topics and history in one file.
//!
//! # Layout
//!
//! * [`EmbeddedLog`] keeps topics' logs in `tickertape.redb` inside one directory. Appends are durable when
//!   acknowledged; those that wait together are committed together.
//! * [`MemoryConnections`] keeps who is connected and what they watch. Connections die with the process, so
//!   memory is the honest place for them.
//!
//! # Why redb
//!
//! It is pure Rust, ACID with copy-on-write pages and checksums (a commit is one `fsync`, a torn one is
//! undone on opening), has one writer and any number of readers that never wait for it, keeps everything in
//! one file with a documented, stable format, and checks that whole file on demand.

#![warn(missing_docs)]

mod connections;
mod log;

pub use connections::MemoryConnections;
pub use log::{EmbeddedLog, OpenError, Retention, Swept};
