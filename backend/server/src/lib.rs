//! The server of one machine: `backend-core` with the embedded store, the embedded gateway and the web page.
//!
//! This crate only connects these parts. Decisions are made in `backend-core`, and `apigw-websocket` imitates API
//! Gateway. The crate reads no command line and handles no signals: [`Server::open`] takes a [`Config`], and
//! [`Server::run`] takes a listener and a future that resolves when the server should stop.
//!
//! # Layout
//!
//! * [`Server`], [`Config`], [`ServerError`]: the types that a program needs in order to run a server.
//! * [`Tls`]: the settings of a listener that decrypts TLS, for a server without a reverse proxy.
//! * [`Publisher`]: publishes from the process of the server.
//! * [`Replay`]: a server of the page and of a recording, which the page plays back.
//! * [`SecretFile`], [`create_secret`]: the file with the secret that signs tokens.
//! * `http`, `front`, `site`: HTTP requests, and the files of the page.
//! * [`LimitsOf`]: the limits of AWS, or of this machine.
//! * `functions`, `management`: the handlers of the gateway's events, and the messages to clients.
//! * `broadcaster`, `housekeeping`, `free_memory`, [`host`], `host_feed`, `shutdown`: tasks that run beside the server.

#![warn(missing_docs)]

mod app;
mod boards;
mod broadcaster;
mod clock;
mod config;
mod error;
mod free_memory;
mod front;
mod functions;
mod gateway_api;
pub mod host;
mod host_feed;
mod housekeeping;
mod http;
mod limits;
mod management;
mod notify;
mod permissions;
mod publisher;
mod replay;
mod secret_file;
mod server;
mod shutdown;
mod site;
mod stamp;
mod tls;

pub use boards::BoardFileError;
pub use config::{Config, PageConfig};
pub use error::ServerError;
pub use free_memory::limit_arenas;
pub use gateway_api::{STAGE, reachable};
pub use limits::{LimitsOf, MostHandshakes};
pub use notify::Notify;
pub use publisher::Publisher;
pub use replay::Replay;
pub use secret_file::{SecretError, SecretFile, create_secret, read_secret};
pub use server::Server;
pub use tls::{Tls, TlsError, TlsListener};
