//! The one program people install: `tickertape serve`, `publish`, `pipe`, `host`, `watch`, …
//!
//! A library with a thin `main`, so that tests can use its parts. It parses the command line, calls the libraries and
//! prints: the server is `tickertape-server`, the client `tickertape-client`.
//!
//! # Layout
//!
//! * [`cli`]: the command line. [`command`]: one file for each command.
//! * [`pipe`]: turns lines of text into publications; pure.
//! * `client`: the connection of a command to its server.
//! * [`cost`]: what a load costs on AWS, pure.
//! * [`failure`], [`term`]: exit codes and what a person reads.

pub mod cli;
mod client;
pub mod command;
pub mod cost;
pub mod failure;
pub mod pipe;
pub mod term;
