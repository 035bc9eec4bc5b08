//! What the four functions are made of. Each function is a file in `bin/`: a wiring diagram of what stands here, over the
//! adapters of `backend-aws`.
//!
//! * [`config`]: settings, from the environment.
//! * [`start`]: the beginning of every function: logs, settings, and a loud end if something is wrong.
//! * [`keys`]: the keys tokens are checked with, fetched anew when they may have changed.
//! * [`websocket`], [`authorizer`], [`ingest`], [`broadcast`]: an event in, an answer out, over any implementation
//!   of core's ports.
//! * [`metrics`], [`emf`]: what an invocation has done, as CloudWatch reads it.
//! * [`warm`]: connections made before the first event.

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
