//! A Tickertape client for Rust programs: the session of [`tickertape_session`] over tokio sockets.
//!
//! * [`Target::find`] turns an address into a server: a WebSocket URL, or a board's URL, whose `config.json` names the
//!   WebSocket.
//! * [`Driver`] runs a session: it connects, reconnects, recovers what was missed, and reports events. Programs that
//!   subscribe or publish for long use it.
//! * [`Conversation`] asks one question at a time over one socket, without reconnecting. [`history`] reads a part of a
//!   topic's log with it.
//!
//! Every operation ends in a [`ClientError`], whose variants say what the caller should do.
//!
//! # Example
//!
//! ```no_run
//! use tickertape_client::{ConnectOptions, Driver, Target};
//! use tickertape_session::{Event, Settings};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let target = Target::find(&ConnectOptions::new("http://127.0.0.1:8080")).await?;
//! let mut driver = Driver::open(target, Settings::default());
//! let filter = "host/*".parse()?;
//! driver.command(|session, now| session.subscribe(filter, None, now));
//! loop {
//!     if let Event::Publications { topic, items, .. } = driver.next().await? {
//!         println!("{topic}: {} new", items.len());
//!     }
//! }
//! # }
//! ```

#![warn(missing_docs)]

mod address;
mod board;
pub mod clock;
mod connect_error;
mod conversation;
mod driver;
mod error;
pub mod history;
mod options;
mod socket;
mod target;
mod tls;
mod wire;

pub use address::Address;
pub use connect_error::{CertificateProblem, ConnectError};
pub use conversation::Conversation;
pub use driver::Driver;
pub use error::ClientError;
pub use options::ConnectOptions;
pub use target::Target;
pub use wire::{Duplex, Wire};
