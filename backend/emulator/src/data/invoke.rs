//! The way by which mappings call functions.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use lambda_host::{Host, InvokeError};

/// The answer of a function that will be there later.
pub type Invocation<'a> = Pin<Box<dyn Future<Output = Result<Bytes, InvokeError>> + Send + 'a>>;

/// Invokes functions by name.
pub trait Invoke: Send + Sync + 'static {
    /// Invokes a function with an event, which is JSON, and waits for its answer.
    fn invoke<'a>(&'a self, function: &'a str, event: Bytes) -> Invocation<'a>;
}

impl Invoke for Host {
    fn invoke<'a>(&'a self, function: &'a str, event: Bytes) -> Invocation<'a> {
        Box::pin(Host::invoke(self, function, event))
    }
}
