//! The store of a server on one machine: the table of connections in memory, and topics, their history and boards
//! in one file.
//!
//! # Layout
//!
//! * [`EmbeddedLog`] keeps the topics' logs in `tickertape.redb` inside one directory. Appends are durable once they
//!   are acknowledged; appends that wait at the same time are committed together.
//! * [`MemoryConnections`] keeps connections and their subscriptions. A connection ends with the process, so it is kept
//!   only in memory.
//!
//! # Why redb
//!
//! redb is pure Rust and ACID, with copy-on-write pages and checksums. A commit is one `fsync`, and an incomplete
//! commit is undone when the file is opened. There is one writer, and any number of readers that never wait for the
//! writer. Everything is in one file with a documented, stable format, and the whole file can be checked on demand.
//!
//! # Example
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use backend_store::{EmbeddedLog, Retention};
//!
//! let (log, mut changes) = EmbeddedLog::open("data".as_ref(), Retention::default())?;
//! while let Some(commit) = changes.recv().await {
//!     println!("{} topics have changed", commit.len());
//! }
//! log.close().await;
//! # Ok(())
//! # }
//! ```

#![warn(missing_docs)]

mod connections;
mod log;
mod settings;

pub use connections::MemoryConnections;
pub use log::{EmbeddedLog, OpenError, Retention, Swept};
pub use settings::StoreSettings;
