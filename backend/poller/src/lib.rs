//! Passes the stream of a DynamoDB table to a function on this machine, as an event source mapping does on AWS. It reads the
//! stream shard by shard, in order, and invokes the function with batches of records ("Using AWS Lambda with Amazon DynamoDB",
//! with-ddb).
//!
//! # Layout
//!
//! * [`Poller`] reads every shard of a stream and invokes the function. IO happens only in it, in [`Stream`] and in [`Target`].
//! * [`Shards`] decides which shards may be read: a child only after its parent was read to the end.
//! * [`Batch`] decides which records of a batch are tried again. [`event`] builds the event.

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
