//! Tests of the adapters to AWS's HTTP services: the management port over the embedded gateway, and services that
//! answer as scripted.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod append;
mod conformance;
mod functions;
mod gateway;
mod management;
mod parameter;
mod scripted;
