//! The parts of Tickertape's four Lambda functions. The program of each function is a file in `bin/`, which connects a
//! handler of this crate with the implementations of storage and management API in `backend-aws`.
//!
//! * [`config`]: the settings, which are read from environment variables.
//! * [`start`]: sets up logging when a function starts, and reports the error if it cannot start.
//! * [`keys`]: the keys that tokens are checked with. They are fetched again when a token was signed with an unknown
//!   key.
//! * [`websocket`], [`authorizer`], [`ingest`], [`broadcast`]: the handlers. Each takes an event and returns a
//!   response. They are generic over the ports (traits for storage and for posting to clients) of `backend-core`.
//! * [`metrics`], [`emf`]: the metrics of an invocation, in CloudWatch's format.
//! * [`warm`]: opens the connections to AWS before the first event.

#![warn(missing_docs)]

pub mod authorizer;
pub mod broadcast;
pub mod clock;
pub mod config;
pub mod emf;
mod event;
pub mod ingest;
pub mod keys;
pub mod metrics;
pub mod start;
pub mod warm;
pub mod websocket;
