//! The embedded store: connections in memory, topics and history in one file.
//!
//! # Layout
//!
//! * [`EmbeddedLog`] keeps the topics' logs in `tickertape.redb` inside one directory. Appends are durable once they are
//!   acknowledged; appends that wait at the same time are committed together.
//! * [`MemoryConnections`] keeps connections and their subscriptions. A connection ends with the process, so that it is
//!   kept in memory only.
//!
//! # Why redb
//!
//! redb is pure Rust and ACID, with copy-on-write pages and checksums: a commit is one `fsync`, and a torn commit is undone
//! on opening. It has one writer and any number of readers that never wait for the writer, keeps everything in one file with
//! a documented, stable format, and checks the whole file on demand.
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
