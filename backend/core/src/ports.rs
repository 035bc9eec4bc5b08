//! The traits that a platform implements for the service.
//!
//! Each trait has two implementations (embedded and AWS), a fake, and a conformance suite that all three pass (feature
//! `testing`).

pub mod connection_id;
pub mod connections;
pub mod log;
pub mod management;
pub mod unavailable;

pub use connection_id::ConnectionId;
pub use connections::{Connection, Connections, SubscribeError};
pub use log::{Append, AppendError, Appended, Change, Head, LogEnd, Page, ReadFrom, TopicLog, newest_ends};
pub use management::{Management, PostError};
pub use unavailable::Unavailable;
