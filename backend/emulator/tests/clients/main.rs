//! Tests of the runtime clients: each runs code of an app in a real Node or Python, with the host of functions as its Runtime API.

#![cfg(unix)]

mod desk;
mod node;
mod node_logs;
mod node_modules;
mod python;
mod redirect;
mod support;
