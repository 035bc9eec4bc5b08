//! Makes the functions of an app runnable: finds code, layers and interpreters, and sets the environment.

pub mod all;
pub mod archive;
pub mod clients;
pub mod code;
pub mod copies;
pub mod debugger_ports;
pub mod environment;
pub mod files;
pub mod handler_file;
pub mod interpreter;
pub mod live_code;
pub mod packages;
pub mod prepare;
pub mod program;
pub mod runtime;
pub mod watch;
