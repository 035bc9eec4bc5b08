//! Tests of the storage traits of `backend-core` over DynamoDB Local.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

#[path = "../support/mod.rs"]
mod support;

mod conformance;
mod connections;
mod log;
