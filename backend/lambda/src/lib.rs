//! The parts of the four Lambda functions. Each function is a file in `bin/`, which connects what is here with the
//! adapters of `backend-aws`.
//!
//! * [`config`]: settings, from the environment.
//! * [`start`]: the start of every function: logs, and an error message if something is wrong.
//! * [`keys`]: the keys that tokens are checked with, fetched again when they may have changed.
//! * [`websocket`], [`authorizer`], [`ingest`], [`broadcast`]: the handlers. Each takes an event and
//!   returns a response, over any implementation of the ports of `backend-core`.
//! * [`metrics`], [`emf`]: the metrics of an invocation, as CloudWatch reads them.
//! * [`warm`]: connections to AWS that are opened before the first event.

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
