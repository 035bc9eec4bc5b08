//! Lambda on your desk: starts a function's `bootstrap`, serves it the Lambda Runtime API, and hands it the
//! events of the embedded gateway. Knows nothing of topics or boards.
//!
//! `FIDELITY.md` beside this crate lists what Lambda does, what this does, and the test that holds it.
//!
//! # Layout
//!
//! * [`Host`] has the functions: it finds a warm process or starts one, and tells how an invocation ended.
//! * [`Function`] says what a function is: its command, environment, time-out and concurrency.
//! * [`GatewayFunctions`] lets the embedded gateway call them; [`FunctionUrl`] lets HTTP; [`InvokeApi`] lets
//!   AWS's own SDKs.
//! * [`Log`] gets what functions print, and how long they took.

#![warn(missing_docs)]

pub use failure::{Failure, InvokeError};
pub use function::Function;
pub use function_url::{FunctionUrl, UrlRequest, UrlResponse};
pub use gateway::GatewayFunctions;
pub use host::Host;
pub use invoke_api::InvokeApi;
pub use limits::Limits;
pub use log::{Log, Report, TracingLog};
pub use retry::Retries;

mod environment;
mod failure;
mod fleet;
mod function;
mod function_url;
mod gateway;
mod host;
mod invocation;
mod invoke_api;
mod limits;
mod log;
mod pool;
mod retry;
mod runtime_api;
mod sandbox;
