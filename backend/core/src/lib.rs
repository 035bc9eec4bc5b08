//! Every decision of the Tickertape server, and the ports (traits) it needs.
//!
//! This crate holds no tokio, no axum, no AWS crate and no clock: time, randomness and IO are arguments, so
//! that the same handlers run in one process on a laptop and in Lambda.
//!
//! # Layout
//!
//! * [`event`]: what the gateway tells, and what it is answered.
//! * [`service`]: the one type that awaits, a file for each route.
//! * [`ports`]: what it needs of the world.
//! * [`message`], [`body`], [`query`]: reading what outsiders sent, each fault with its own words.
//! * [`ingest`], [`bucket`], [`rates`]: what may enter a log, and how fast.
//! * [`retention`]: how much of a log is kept.
//! * [`replay`], [`pack`], [`fanout`], [`occupancy`]: what leaves, and in which frames.
//! * [`token`], [`authorize`], [`principal`]: who is speaking.
//! * [`http`]: the HTTP API without its sockets.
//! * [`refusal`]: every fault as a code, words and an HTTP status.
//! * `testing` (feature): fakes of every port and the suite each implementation runs.

#![warn(missing_docs)]

pub mod authorize;
pub mod body;
pub mod bucket;
pub mod event;
pub mod fanout;
pub mod http;
pub mod ingest;
pub mod message;
pub mod occupancy;
pub mod pack;
pub mod ports;
pub mod principal;
pub mod query;
pub mod rates;
pub mod refusal;
pub mod replay;
pub mod retention;
pub mod service;
pub mod settings;
pub mod stats;
#[cfg(feature = "testing")]
pub mod testing;
pub mod token;

pub use event::{GatewayEvent, Reply};
pub use principal::Principal;
pub use refusal::Refusal;
pub use retention::Retention;
pub use service::Service;
pub use settings::{Access, ROTATE_IN_MS, Settings};
