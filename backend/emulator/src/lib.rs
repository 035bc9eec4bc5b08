#![doc = include_str!("../README.md")]
//!
//! # Layout
//!
//! * [`Project`] finds the description, and reads the app.
//! * [`Emulator`] prepares and runs an app, by [`Settings`]. A [`Watcher`] receives everything that happens.
//! * `api`: gateways and what handles the events of their routes, function URLs and distributions.
//! * `functions`: code, layers, interpreters, environment, and the runtime clients of `clients/`.
//! * [`data`]: tables, queues and event source mappings.
//! * `vtl`: mapping templates.
//! * `desk`: the answers to functions' calls of AWS, over TLS.

#![warn(missing_docs)]

mod addresses;
mod ahead;
mod api;
pub mod data;
mod desk;
mod emulator;
mod error;
mod functions;
mod local_names;
mod machine;
mod not_done;
mod once;
mod project;
mod reload;
mod serving;
mod settings;
mod vtl;
mod watcher;

pub use addresses::{Addresses, ApiAddress, DistributionAddress, FunctionAddress, ServiceAddresses};
pub use emulator::Emulator;
pub use error::StartError;
pub use project::Project;
pub use settings::{Credentials, FunctionEnvironment, Settings};
pub use watcher::Watcher;
