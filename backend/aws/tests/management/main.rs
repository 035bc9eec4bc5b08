//! The management API: the port's suite against our own gateway, and what a gateway may answer beside that.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod answers;
mod conformance;
mod gateway;
mod scripted;
