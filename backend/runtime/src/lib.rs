#![doc = include_str!("../README.md")]
//!
//! # Layout
//!
//! * [`Host`] runs functions: it takes a warm process or starts a new one, and returns the function's answer or error.
//! * [`Function`] is the configuration of a function: its program, environment, time-out and concurrency.
//! * [`GatewayFunctions`] makes functions callable from a WebSocket gateway, [`FunctionUrl`] by HTTP, and [`InvokeApi`]
//!   by the AWS SDKs.
//! * [`Log`] receives the lines that functions print ([`LogLine`]), and a [`Report`] of each invocation.

#![warn(missing_docs)]

pub use event_report::{EventEnd, EventReport};
pub use function::Function;
pub use function_error::{FunctionError, InvokeError};
pub use function_url::{FunctionUrl, UrlRequest, UrlResponse};
pub use gateway::GatewayFunctions;
pub use host::Host;
pub use invoke_api::InvokeApi;
pub use limits::Limits;
pub use log::{Log, LogLine, Report, StartReport, TracingLog};
pub use retry::Retries;

mod environment;
mod event_report;
mod fleet;
mod fleets;
mod function;
mod function_error;
mod function_url;
mod gateway;
mod host;
mod invocation;
mod invoke_api;
mod limits;
mod log;
mod patience;
mod places;
mod pool;
mod proxy_response;
mod retry;
mod runtime_api;
mod sandbox;
mod shared;
mod sweeper;
