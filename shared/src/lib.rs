//! The protocol of Tickertape, which client and server share: messages, topics, positions, limits, error codes and
//! freshness.
//!
//! This crate performs no IO, reads no clock and draws no random numbers: times and seeds are arguments. It builds for wasm32.
//!
//! # Layout
//!
//! * [`topic`], [`filter`], [`position`], [`publication`], [`data`], [`meta`]: the types of which messages are made. Topics and
//!   filters are checked when they are created.
//! * [`bucket`]: a stretch of the past, reduced to a few numbers.
//! * [`client`], [`server`]: the messages of each direction, one enum each. Together they are the protocol (`PROTOCOL.md`).
//! * [`code`]: stable numbers for errors and disconnects, and the reaction to each.
//! * [`handshake`]: the sub-protocols and headers of the handshake, which comes before the first message.
//! * [`timestamp`]: the formats of a publisher's time stamp.
//! * [`limits`]: every limit, with unit, source and consequence.
//! * [`board`]: documents that say which topics stand where on a board.
//! * [`recording`]: files from which a board can be played back.
//! * [`freshness`], [`cadence`]: whether the data in a panel of the board is up to date.

#![warn(missing_docs)]

pub mod board;
pub mod board_config;
pub mod bucket;
pub mod cadence;
pub mod client;
pub mod code;
pub mod data;
pub mod filter;
pub mod freshness;
pub mod handshake;
pub mod limits;
pub mod meta;
pub mod position;
pub mod publication;
mod read;
pub mod recording;
pub mod server;
pub mod timestamp;
pub mod topic;
mod write;

pub use bucket::Bucket;
pub use client::ClientMessage;
pub use code::{Advice, DisconnectCode, ErrorCode};
pub use data::Data;
pub use filter::Filter;
pub use freshness::Freshness;
pub use meta::TopicMeta;
pub use position::{Epoch, Position};
pub use publication::Publication;
pub use server::ServerMessage;
pub use topic::Topic;

/// Milliseconds since the Unix epoch.
pub type Millis = i64;
