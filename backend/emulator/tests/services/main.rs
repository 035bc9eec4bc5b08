//! Tests of tables, queues and event source mappings, with DynamoDB Local and moto, which `cargo xtask test` installs and names
//! in the environment.

#![cfg(unix)]

mod app;
mod end;
mod queues;
mod start;
mod streams;
mod support;
mod tables;
