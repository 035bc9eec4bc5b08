//! A Tickertape client for Rust programs. It runs the protocol's state machine, the session of [`tickertape_session`],
//! over tokio sockets.
//!
//! * [`Target::find`] finds the server at an address, which is the URL of a WebSocket, or of a board whose `config.json` contains
//!   the WebSocket.
//! * [`Driver`] runs a session: it connects, reconnects, recovers what was missed, and reports events. Use it in programs that
//!   subscribe or publish for a long time.
//! * [`Conversation`] sends one request at a time over one socket, without reconnecting. [`history`] uses it to read a part of a
//!   topic's log.
//! * [`forget()`] deletes a topic with its history. [`save_board()`] saves a board document.
//!
//! Every operation returns a [`ClientError`] on failure. The documentation of its variants says how the caller should react.
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
mod api;
mod board;
pub mod clock;
mod connect_error;
mod conversation;
mod driver;
mod error;
mod forget;
pub mod history;
mod options;
mod request;
mod save_board;
mod socket;
mod target;
mod tls;
mod wire;

pub use address::Address;
pub use connect_error::{CertificateProblem, ConnectError};
pub use conversation::Conversation;
pub use driver::{Driver, Heard};
pub use error::ClientError;
pub use forget::forget;
pub use options::ConnectOptions;
pub use save_board::save_board;
pub use target::Target;
pub use wire::{Duplex, Wire};
