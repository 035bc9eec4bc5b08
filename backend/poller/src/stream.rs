//! The stream, read.

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodbstreams::operation::get_records::GetRecordsError;
use aws_sdk_dynamodbstreams::types::{Record, ShardIteratorType};

use crate::{Shard, Start};

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The place is too old to be read from: ask for a place anew.
    #[error("the place in the shard is too old")]
    Expired,
    /// Records from there on are gone: go on with the oldest there are.
    #[error("records are gone")]
    Trimmed,
    /// Try again.
    #[error("{reason}")]
    Unavailable {
        /// For the log.
        reason: String,
    },
}

/// A table's stream.
#[derive(Debug, Clone)]
pub struct Stream {
    client: Client,
    arn: String,
}

/// Where in a shard to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum From {
    Start(Start),
    After(String),
}

/// What was read.
#[derive(Debug)]
pub struct Page {
    /// In order.
    pub records: Vec<Record>,
    /// Where to go on; `None` is the shard's end.
    pub next: Option<String>,
}

impl Stream {
    /// The newest stream of a table; `None` if it has none yet.
    ///
    /// # Errors
    ///
    /// [`StreamError::Unavailable`]
    pub async fn of_table(client: Client, table: &str) -> Result<Option<Self>, StreamError> {
        let listed = client.list_streams().table_name(table).send().await.map_err(unavailable)?;
        // Labels are times: the greatest is the newest.
        let newest = listed.streams().iter().max_by_key(|stream| stream.stream_label());
        let arn = newest.and_then(|stream| stream.stream_arn()).map(str::to_owned);
        Ok(arn.map(|arn| Self { client, arn }))
    }

    /// Its name, for events.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// All shards there are, with those that are at their end.
    ///
    /// # Errors
    ///
    /// [`StreamError::Unavailable`]
    pub async fn shards(&self) -> Result<Vec<Shard>, StreamError> {
        let (mut shards, mut last) = (Vec::new(), None);
        loop {
            let page = self.client.describe_stream().stream_arn(&self.arn).set_exclusive_start_shard_id(last);
            let page = page.send().await.map_err(unavailable)?;
            let description = page.stream_description();
            let listed = description.map(|stream| stream.shards()).unwrap_or_default();
            shards.extend(listed.iter().filter_map(|shard| {
                Some(Shard {
                    id: shard.shard_id()?.to_owned(),
                    parent: shard.parent_shard_id().map(Into::into),
                })
            }));
            last = description.and_then(|stream| stream.last_evaluated_shard_id()).map(str::to_owned);
            if last.is_none() {
                return Ok(shards);
            }
        }
    }

    /// A place in a shard, good for 15 minutes.
    pub(crate) async fn place(&self, shard: &str, from: &From) -> Result<Option<String>, StreamError> {
        let (kind, number) = match from {
            From::Start(Start::TrimHorizon) => (ShardIteratorType::TrimHorizon, None),
            From::Start(Start::Latest) => (ShardIteratorType::Latest, None),
            From::After(number) => (ShardIteratorType::AfterSequenceNumber, Some(number.clone())),
        };
        let request = self.client.get_shard_iterator().stream_arn(&self.arn).shard_id(shard);
        let request = request.shard_iterator_type(kind).set_sequence_number(number);
        let answer = request.send().await.map_err(|error| {
            let is_trimmed =
                error.as_service_error().is_some_and(|error| error.is_trimmed_data_access_exception());
            if is_trimmed { StreamError::Trimmed } else { unavailable(error) }
        })?;
        Ok(answer.shard_iterator().map(str::to_owned))
    }

    /// What comes next, at most `limit` records.
    ///
    /// # Errors
    ///
    /// [`StreamError`]
    pub async fn read(&self, place: &str, limit: i32) -> Result<Page, StreamError> {
        let request = self.client.get_records().shard_iterator(place).limit(limit.clamp(1, 1000));
        let answer = request.send().await.map_err(|error| match error.as_service_error() {
            Some(GetRecordsError::ExpiredIteratorException(_)) => StreamError::Expired,
            Some(GetRecordsError::TrimmedDataAccessException(_)) => StreamError::Trimmed,
            Some(_) | None => unavailable(error),
        })?;
        Ok(Page { next: answer.next_shard_iterator, records: answer.records.unwrap_or_default() })
    }
}

fn unavailable<E: std::error::Error + 'static, R: std::fmt::Debug + 'static>(
    error: SdkError<E, R>,
) -> StreamError {
    StreamError::Unavailable { reason: DisplayErrorContext(error).to_string() }
}
