//! AWS's HTTP services: the management port's suite against our own gateway, and what services may answer beside that.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod append;
mod conformance;
mod functions;
mod gateway;
mod management;
mod parameter;
mod scripted;
