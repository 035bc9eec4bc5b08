//! The program `tickertape`: `serve`, `publish`, `pipe`, `host`, `watch` and others.
//!
//! It is a library with a small `main`, so that tests can use its parts. It parses the command line, calls libraries (`tickertape-server`,
//! `tickertape-client`, `tickertape-inputs` and `serverless-emulator`), and prints.
//!
//! # Layout
//!
//! * [`cli`]: the command line. [`command`]: one file for each command.
//! * `client`: the connection of a command to its server.
//! * [`cost`]: estimates the cost of a load on AWS; pure.
//! * [`error`], [`term`]: exit codes, and messages for people.

pub mod cli;
mod client;
pub mod command;
pub mod cost;
pub mod error;
pub mod term;
