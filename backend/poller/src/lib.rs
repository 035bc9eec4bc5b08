//! What an event source mapping does on AWS, on a desk: reads a table's stream, shard by shard and in order, and
//! invokes a function with batches of its records ("Using AWS Lambda with Amazon DynamoDB", with-ddb).
//!
//! # Layout
//!
//! * [`Poller`] follows every shard of a stream; the IO is there and in [`Stream`] and [`Target`].
//! * [`Shards`] says which shards may be read: a child not before its parent is at its end.
//! * [`Batch`] says what of a batch is to be tried again. [`event`] writes the event.

#![warn(missing_docs)]

pub use batch::{Batch, Outcome};
pub use poller::Poller;
pub use settings::{Settings, Start};
pub use shards::{Shard, Shards};
pub use stream::{Page, Stream, StreamError};
pub use target::Target;

mod batch;
pub mod event;
mod poller;
mod settings;
mod shards;
mod stream;
mod target;
