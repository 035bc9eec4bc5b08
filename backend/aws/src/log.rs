//! Topics and history in two tables.

mod batch;
mod head;
mod meta;
mod names;
mod retention;

use aws_sdk_dynamodb::Client;
use backend_core::ports::{
    Append, AppendError, Appended, Change, Head, Page, ReadFrom, TopicLog, Unavailable,
};
use shared::{Filter, Millis, Topic};

pub use head::change;
pub use retention::Retention;

/// Where a log is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogTables {
    /// Heads and catalogue.
    pub topics: String,
    /// What was published.
    pub history: String,
}

/// The topics' logs in DynamoDB.
#[derive(Debug, Clone)]
pub struct DynamoLog {
    client: Client,
    tables: LogTables,
    retention: Retention,
}

impl DynamoLog {
    pub(crate) fn new(client: Client, tables: LogTables, retention: Retention) -> Self {
        Self { client, tables, retention }
    }
}

impl TopicLog for DynamoLog {
    async fn append(&self, _append: Append) -> Result<Appended, AppendError> {
        Err(Unavailable::new("being built").into())
    }

    async fn record(&self, _change: &Change) -> Result<(), Unavailable> {
        Err(Unavailable::new("being built"))
    }

    async fn head(&self, _topic: &Topic) -> Result<Option<Head>, Unavailable> {
        Err(Unavailable::new("being built"))
    }

    async fn heads(&self, _filter: &Filter) -> Result<Vec<Head>, Unavailable> {
        Err(Unavailable::new("being built"))
    }

    async fn read(
        &self,
        _topic: &Topic,
        _from: ReadFrom,
        _limit: usize,
        _now: Millis,
    ) -> Result<Option<Page>, Unavailable> {
        Err(Unavailable::new("being built"))
    }
}
