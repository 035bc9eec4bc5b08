//! Tests of `tickertape emulate` from outside: apps as people write them, in `apps/`, run by the real program, with real clients.
//!
//! `cargo xtask test` finds or installs Node.js, Python, DynamoDB Local and moto, and names them in the environment.

mod answers;
mod app;
mod board;
mod calls;
mod client;
mod closing;
mod events;
mod functions;
mod invoke;
mod management;
mod mistakes;
mod notices;
mod policies;
mod processes;
mod samples;
mod selection;
mod services;
mod site;
mod traffic;
