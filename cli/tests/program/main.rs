//! Tests of the real program over real sockets. All of them are in one test program, so that only one has to be linked.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

mod bad_input;
mod boards;
mod by_hand;
mod chaos;
mod check_board;
mod clients;
mod compatibility;
mod cost;
mod digits;
#[cfg(target_os = "linux")]
mod emulate;
#[cfg(unix)]
mod files;
mod forget;
mod frame_every;
#[cfg(target_os = "linux")]
mod full_disk;
mod gaps;
mod hostile_server;
mod http;
mod kill;
#[cfg(unix)]
#[cfg(target_os = "linux")]
mod limits_table;
mod own_tls;
mod page;
#[cfg(unix)]
mod proxies;
mod recording;
mod redeploy;
mod security;
#[cfg(target_os = "linux")]
mod shares;
#[cfg(unix)]
mod shutdown;
mod slow_viewer;
mod support;
#[cfg(unix)]
mod terminal;
mod tls;
mod tokens;
