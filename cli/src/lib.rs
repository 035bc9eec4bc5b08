//! The one program people install: `tickertape serve`, `publish`, `pipe`, `host`, `watch`, …
//!
//! A library with a thin `main`, so that tests can use its parts. It holds no decision about topics,
//! connections or recovery: those are in `backend-core` and `shared`.
//!
//! # Layout
//!
//! * [`cli`]: what may be typed. [`command`]: one file for each command.
//! * [`pipe`]: from lines of text to publications, pure. [`host`]: from this machine's state to publications.
//! * [`client`]: the shell of `tickertape_session`: sockets and clocks. [`serve`]: the server's wiring.
//! * [`cost`]: what a load costs on AWS, pure.
//! * [`failure`], [`term`]: exit codes and what a person reads.

pub mod cli;
pub mod client;
pub mod command;
pub mod cost;
pub mod failure;
pub mod host;
pub mod pipe;
pub mod serve;
pub mod term;
