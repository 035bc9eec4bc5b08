//! Every decision of the Tickertape server, and the ports (traits) it needs.
//!
//! This crate holds no tokio, no axum, no AWS crate and no clock: time, randomness and IO are arguments, so
//! that the same handlers run in one process on a laptop and in Lambda.

#![warn(missing_docs)]

pub mod ports;
pub mod principal;
