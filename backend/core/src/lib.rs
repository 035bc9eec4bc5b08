//! The logic of the Tickertape server, which accepts JSON publications to named topics and sends them to subscribers
//! over WebSockets. Everything that it needs from a platform is behind traits, which are called ports.
//!
//! This crate depends on neither tokio, axum nor an AWS crate, and reads no clock: time, randomness and IO are
//! arguments, so that the same handlers run in one process on a laptop and in Lambda.
//!
//! ```
//! # async fn example<C, L, M>(connections: C, log: L, management: M)
//! # where
//! #     C: backend_core::ports::Connections,
//! #     L: backend_core::ports::TopicLog,
//! #     M: backend_core::ports::Management,
//! # {
//! use backend_core::event::Connect;
//! use backend_core::ports::ConnectionId;
//! use backend_core::{Access, GatewayEvent, Service, Settings};
//!
//! let service = Service::new(connections, log, management, Settings::new(Access::Open, || 4));
//! let connect = Connect { connection: ConnectionId::new("c1"), principal: None, protocols: Vec::new() };
//! let reply = service.handle(GatewayEvent::Connect(connect), 1_800_000_000_000).await;
//! assert_eq!(reply.status, 200);
//! # }
//! ```
//!
//! # Layout
//!
//! * [`event`]: the events of the gateway and the replies to them.
//! * [`service`]: the type that handles all events and requests, with a file for each kind of request. It is the only
//!   part that awaits.
//! * [`ports`]: the traits that a platform implements, for storage and for sending messages.
//! * [`message`], [`body`], [`query`]: parsers of requests, with a precise error for each fault.
//! * [`ingest`]: checks of publications. [`payer`], [`bucket`], [`rates`]: rate limits of requests of any kind.
//! * [`producers`]: detection of repeated publications.
//! * [`retention`], [`trusted_time`]: the bounds of a topic's history, and the clock by which they are applied.
//! * [`disk`], [`shares`]: the space on the disk of a store, and the topics that lose history when the space is used
//!   up.
//! * [`rollup`], [`stretch`]: the past in buckets, and the reading of a stretch of it.
//! * [`replay`], [`pack`], [`fanout`], [`occupancy`]: the contents of frames and their recipients.
//! * `conflation`: the publications that a viewer gets who asks for only some of them.
//! * [`token`], [`authorize`], [`principal`]: authentication and permissions.
//! * [`turns`]: limits on reading the ends of logs for `pong`, for a store whose reads cost money.
//! * [`http`]: the HTTP API without its sockets.
//! * [`refusal`]: the error that a client is sent: a code, a message and an HTTP status.
//! * [`lock`]: locks that survive a panic.
//! * `testing` (feature): a fake of every port and the test suite that each implementation runs.

#![warn(missing_docs)]

pub mod authorize;
pub mod body;
pub mod bucket;
pub mod conditions;
mod conflation;
pub mod disk;
pub mod event;
pub mod fair;
pub mod fanout;
pub mod http;
pub mod ingest;
pub mod lock;
pub mod message;
pub mod occupancy;
pub mod pack;
pub mod payer;
mod permission;
pub mod ports;
pub mod principal;
pub mod producers;
pub mod query;
pub mod rates;
pub mod refusal;
pub mod replay;
pub mod retention;
pub mod rollup;
pub mod service;
pub mod settings;
pub mod shared_rate;
pub mod shares;
pub mod stats;
pub mod stretch;
#[cfg(feature = "testing")]
pub mod testing;
pub mod token;
pub mod trusted_time;
pub mod turns;

pub use disk::{DiskTrouble, Space};
pub use event::{GatewayEvent, Reply};
pub use principal::Principal;
pub use refusal::Refusal;
pub use retention::Retention;
pub use service::Service;
pub use settings::{Access, ROTATE_IN_MS, Settings};
