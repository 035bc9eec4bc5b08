//! All parsers that are fuzzed, with a file for each or for a few similar ones.

mod board;
mod body;
mod config;
mod frame;
mod host;
mod image;
mod layout;
mod message;
mod pipe;
mod query;
mod recording;
mod rollup;
mod route;
mod session;
mod store;
mod stream;
mod template;
mod token;

use crate::target::Target;

/// All targets, which are the parsers that are fuzzed.
pub const ALL: [Target; 20] = [
    board::TARGET,
    body::TARGET,
    config::TARGET,
    frame::TARGET,
    host::TARGET,
    image::TARGET,
    layout::TARGET,
    message::CLIENT,
    message::SERVER,
    pipe::TARGET,
    query::TARGET,
    recording::TARGET,
    rollup::TARGET,
    route::TARGET,
    session::TARGET,
    store::TARGET,
    stream::TARGET,
    template::TARGET,
    token::JWKS,
    token::TARGET,
];

/// Returns the target with this name, or `None` if there is none.
pub fn named(name: &str) -> Option<Target> {
    ALL.into_iter().find(|target| target.name == name)
}
