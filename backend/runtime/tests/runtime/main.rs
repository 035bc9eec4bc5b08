//! The host from outside, with real processes. The functions it runs are this very program, started again: see
//! [`function`].

mod events;
mod failures;
mod fidelity;
mod function;
mod gateway;
mod init;
mod invocations;
mod invoke_api;
mod processes;
mod streams;
mod support;
