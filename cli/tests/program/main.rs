//! Tests of the real program over real sockets. All of them are in one test program, so that only one has to be linked.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

mod bad_input;
mod by_hand;
mod chaos;
mod clients;
mod compatibility;
mod cost;
mod digits;
#[cfg(unix)]
mod files;
mod forget;
#[cfg(target_os = "linux")]
mod full_disk;
mod gaps;
mod hostile_server;
mod http;
mod kill;
#[cfg(unix)]
mod lambda;
#[cfg(target_os = "linux")]
mod limits_table;
mod own_tls;
mod page;
#[cfg(unix)]
mod proxies;
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
