//! Implements the ports of `backend-core` (its traits for storage and for posting to clients) over DynamoDB and the API
//! Gateway Management API. This crate contains no business decisions, and its public signatures contain no types of an
//! AWS SDK.
//!
//! # Layout
//!
//! * [`Aws`] contains the configuration from which everything else is created.
//! * [`DynamoConnections`], [`DynamoLog`] and [`DynamoBoards`] implement the ports over three tables, which [`tables`] describes.
//! * [`change`] reads the publications of a record from the stream of the topics table, and [`expired`] the topic that is to be
//!   forgotten if it is silent.
//! * [`ApiGatewayManagement`] posts to the connections of the stage at a [`ManagementEndpoint`].
//! * [`Functions`] invokes Lambda functions; [`Aws::parameter`] reads a secret.
//!
//! Pure code (items, expressions, retry schedules) and asynchronous code are in separate files.
//!
//! # Example
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use backend_aws::{Aws, LogTables, Retention};
//! use backend_core::ports::TopicLog;
//! use shared::Topic;
//!
//! let tables = LogTables { topics: "tickertape-topics".into(), history: "tickertape-history".into() };
//! let log = Aws::load().await.log(tables, Retention::default());
//! let head = log.head(&Topic::new("host/cpu")?).await?;
//! # Ok(())
//! # }
//! ```

#![warn(missing_docs)]

mod aws;
mod boards;
mod connections;
mod connector;
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
pub use boards::DynamoBoards;
pub use connections::DynamoConnections;
pub use functions::{Functions, InvokeError};
pub use image::{Image, ImageError};
pub use log::{DynamoLog, LogTables, Retention, change, expired};
pub use management::{ApiGatewayManagement, EndpointError, ManagementEndpoint};
pub use parameter::ParameterError;
