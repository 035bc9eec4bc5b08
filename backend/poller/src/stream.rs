//! Reads the stream of a table.

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodbstreams::operation::get_records::GetRecordsError;
use aws_sdk_dynamodbstreams::types::{Record, ShardIteratorType};

use crate::{Shard, Start};

/// The reason why no records were read.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The shard iterator is too old. The caller has to get a new one.
    #[error("the position for reading the stream (its shard iterator) has expired: get a new one")]
    Expired,
    /// The records at the requested position were deleted. The caller has to continue at the oldest record that exists.
    #[error("the records of the stream at this position were deleted: continue at the oldest record")]
    Trimmed,
    /// The request failed. The caller may try again.
    #[error("the stream cannot be read: {reason}")]
    Unavailable {
        /// Description of the error, for the log.
        reason: String,
    },
}

/// The stream of one table.
#[derive(Debug, Clone)]
pub struct Stream {
    client: Client,
    arn: String,
}

/// Position in a shard at which reading begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum From {
    Start(Start),
    After(String),
}

/// The result of one read.
#[derive(Debug)]
pub struct Page {
    /// The records, in the order of the shard.
    pub records: Vec<Record>,
    /// Shard iterator for the next read, or `None` at the end of the shard.
    pub next: Option<String>,
}

impl Stream {
    /// Finds the newest stream of a table. Returns `None` if the table has no stream.
    ///
    /// # Errors
    ///
    /// [`StreamError::Unavailable`] if the request fails.
    pub async fn of_table(client: Client, table: &str) -> Result<Option<Self>, StreamError> {
        let listed = client.list_streams().table_name(table).send().await.map_err(unavailable)?;
        // The labels of streams are timestamps, so that the greatest label belongs to the newest stream.
        let newest = listed.streams().iter().max_by_key(|stream| stream.stream_label());
        let arn = newest.and_then(|stream| stream.stream_arn()).map(str::to_owned);
        Ok(arn.map(|arn| Self { client, arn }))
    }

    /// Returns the ARN of the stream, which is a field of every event.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Returns all shards of the stream, including closed ones.
    ///
    /// # Errors
    ///
    /// [`StreamError::Unavailable`] if the request fails.
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

    /// Returns a shard iterator for a position. It is valid for 15 minutes.
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

    /// Reads the next records at the shard iterator `place`, at most `limit`.
    ///
    /// # Errors
    ///
    /// [`StreamError`] if no records could be read.
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
