//! Tests of the host with real processes. The functions are this test program, started as a child: see [`function`].

mod api;
mod capacity;
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
