//! Tests of the Lambda handlers. They are called with events in AWS's format, and with fakes of the storage and of API
//! Gateway.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod authorizer;
mod broadcast;
mod ingest;
mod program;
mod secrecy;
mod support;
mod websocket;
