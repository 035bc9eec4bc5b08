//! The server of one machine: `backend-core` over the embedded store and the embedded gateway, with the page.
//!
//! This crate is wiring. Decisions are made in `backend-core`; API Gateway's behaviour is in `apigw-websocket`. It knows
//! neither a command line nor signals: [`Server::open`] takes a [`Config`], and [`Server::run`] a listener and a future
//! that resolves when the server should stop.
//!
//! # Layout
//!
//! * [`Server`], [`Config`], [`ServerError`]: what a program needs in order to run a server.
//! * [`Tls`]: the settings of a listener that decrypts TLS, for a server without a reverse proxy.
//! * [`LambdaServer`]: the same front with real Lambda functions behind it, instead of the functions in this process.
//! * [`SecretFile`], [`create_secret`]: the file of the secret that signs tokens.
//! * `http`, `front`, `site`: HTTP requests, and the files of the page.
//! * [`LimitsOf`]: the limits of AWS, or of this machine.
//! * `functions`, `management`: the gateway's functions and the way back to clients, over the service.
//! * `broadcaster`, `housekeeping`, [`host`], `host_feed`, `chaos`, `shutdown`: tasks that run beside it.

#![warn(missing_docs)]

mod app;
mod broadcaster;
mod chaos;
mod clock;
mod config;
mod error;
mod front;
mod functions;
mod gateway_api;
pub mod host;
mod host_feed;
mod housekeeping;
mod http;
mod key;
mod lambda;
mod limits;
mod management;
mod notify;
mod permissions;
mod secret_file;
mod server;
mod shutdown;
mod site;
mod stamp;
mod tls;

pub use config::{Config, PageConfig};
pub use error::ServerError;
pub use gateway_api::{STAGE, reachable};
pub use lambda::{FunctionSettings, LambdaServer};
pub use limits::LimitsOf;
pub use notify::Notify;
pub use secret_file::{SecretError, SecretFile, create_secret, read_secret};
pub use server::Server;
pub use tls::{Tls, TlsError, TlsListener};
