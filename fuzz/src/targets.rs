//! The parsers that are fuzzed, a file for each.

mod body;
mod frame;
mod host;
mod message;
mod pipe;
mod query;
mod route;
mod session;
mod store;
mod stream;
mod token;

use crate::target::Target;

/// All targets.
pub const ALL: [Target; 13] = [
    body::TARGET,
    frame::TARGET,
    host::TARGET,
    message::CLIENT,
    message::SERVER,
    pipe::TARGET,
    query::TARGET,
    route::TARGET,
    session::TARGET,
    store::TARGET,
    stream::TARGET,
    token::JWKS,
    token::TARGET,
];

/// Returns the target of this name.
pub fn named(name: &str) -> Option<Target> {
    ALL.into_iter().find(|target| target.name == name)
}
