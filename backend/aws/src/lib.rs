//! DynamoDB and the API Gateway Management API behind the ports of backend-core. No decisions are made here, and
//! no type of an SDK appears in a signature.
//!
//! # Layout
//!
//! * [`Aws`] holds the configuration that everything else is made from.
//! * [`DynamoConnections`] and [`DynamoLog`] are the ports over three tables, described by [`tables`].
//! * [`change`] reads what the stream of the topics table tells.
//! * [`ApiGatewayManagement`] posts to connections at a [`ManagementEndpoint`].
//! * [`Functions`] invokes other functions; [`Aws::parameter`] reads a secret.
//!
//! What is pure (items, expressions, schedules) stands in files of its own, apart from what awaits.

#![warn(missing_docs)]

mod aws;
mod connections;
mod functions;
mod image;
mod item;
mod local;
mod log;
mod management;
mod parameter;
mod pause;
mod request;
pub mod tables;

pub use aws::Aws;
pub use connections::DynamoConnections;
pub use functions::{Functions, InvokeError};
pub use image::{Image, ImageError};
pub use log::{DynamoLog, LogTables, Retention, change};
pub use management::{ApiGatewayManagement, EndpointError, ManagementEndpoint};
pub use parameter::ParameterError;
