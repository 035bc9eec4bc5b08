//! The traits that a platform implements for the service: a table of connections, a store of logs, a store of boards, and
//! the sending of messages.
//!
//! Each trait has two implementations (one embedded in the server, and one on AWS) and a fake for tests. All three pass
//! the same conformance suite (feature `testing`).

pub mod boards;
pub mod connection_id;
pub mod connections;
pub mod log;
pub mod management;
pub mod unavailable;

pub use boards::{BoardEntry, BoardError, Boards, Expected, StoredBoard};
pub use connection_id::ConnectionId;
pub use connections::{Connection, Connections, SubscribeError};
pub use log::{
    Append, AppendError, Appended, Change, ForgetSilent, Head, LogEnd, Page, ReadFrom, TopicLog, newest_ends,
};
pub use management::{Management, PostError};
pub use unavailable::Unavailable;
