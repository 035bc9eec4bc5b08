//! Tests of the Lambda handlers. They are called with events in AWS's format, over fakes of every port.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod authorizer;
mod broadcast;
mod ingest;
mod program;
mod secrecy;
mod support;
mod websocket;
