//! Everything of an app that has an address: WebSocket APIs, which are gateways whose routes are those of the description, function
//! URLs and distributions.

pub mod bound_distribution;
mod cors;
pub mod deployed;
mod distribution;
pub mod distributions;
pub mod front;
pub mod functions;
pub mod mapping;
pub mod mock;
pub mod objects;
mod path_pattern;
pub mod ports;
pub mod refused;
pub mod service_call;
pub mod url_front;
pub mod urls;
