//! Tests of the adapters to AWS's HTTP services. The adapter to the management API is tested with the embedded gateway.
//! Other services are replaced by a server with scripted answers.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod append;
mod conformance;
mod functions;
mod gateway;
mod management;
mod parameter;
mod scripted;
