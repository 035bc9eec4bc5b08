//! The checks on publications, which are the same whether they came by WebSocket or by HTTP.

use shared::client::{Producer, Publish};
use shared::data::DataError;
use shared::meta::MetaError;
use shared::publication::{Item, ItemError};
use shared::topic::TopicError;
use shared::{ErrorCode, Millis, Position, Topic, TopicMeta, limits};

use crate::ports::AppendError;
use crate::principal::Principal;
use crate::refusal::Refusal;

/// A request to append publications to one log: all or none.
#[derive(Debug, Clone, PartialEq)]
pub struct IngestRequest {
    /// Topic to append to.
    pub topic: Topic,
    /// Items in the order in which they are appended.
    pub items: Vec<Item>,
    /// Lets the log recognise a repeat of the request.
    pub producer: Option<Producer>,
    /// Metadata to merge into that of the topic.
    pub meta: Option<TopicMeta>,
}

impl IngestRequest {
    /// Checks that `principal` may append this at `now`, apart from its rate.
    ///
    /// # Errors
    ///
    /// The first fault; the cheapest checks come first.
    pub fn check(&self, principal: &Principal, now: Millis) -> Result<(), IngestError> {
        self.check_permission(principal, now)?;
        self.topic.check_reachable()?;
        self.check_count()?;
        check_producer(self.producer.as_ref())?;
        if let Some(meta) = &self.meta {
            meta.check()?;
        }
        self.check_items(now)
    }

    fn check_permission(&self, principal: &Principal, now: Millis) -> Result<(), IngestError> {
        if principal.is_expired(now) {
            return Err(IngestError::TokenExpired);
        }
        if !principal.may_publish(&self.topic) {
            return Err(IngestError::Forbidden {
                principal: principal.name.clone(),
                topic: self.topic.clone(),
            });
        }
        Ok(())
    }

    fn check_count(&self) -> Result<(), IngestError> {
        match self.items.len() {
            0 => Err(IngestError::Empty),
            items if items > limits::BATCH_ITEMS => {
                Err(IngestError::TooMany { items, limit: limits::BATCH_ITEMS })
            }
            _ => Ok(()),
        }
    }

    fn check_items(&self, now: Millis) -> Result<(), IngestError> {
        let of = self.items.len();
        for (index, item) in self.items.iter().enumerate() {
            item.check(now).map_err(|error| IngestError::Item { index, of, error })?;
        }
        Ok(())
    }
}

impl TryFrom<Publish> for IngestRequest {
    type Error = IngestError;

    fn try_from(publish: Publish) -> Result<Self, IngestError> {
        let Publish { id: _, topic, data, ts, items, producer, meta } = publish;
        let items = match data {
            Some(_) if !items.is_empty() => return Err(IngestError::DataAndItems),
            Some(data) => vec![Item { data, ts }],
            None => items,
        };
        Ok(Self { topic, items, producer, meta })
    }
}

fn check_producer(producer: Option<&Producer>) -> Result<(), IngestError> {
    let Some(Producer { id, seq, .. }) = producer else { return Ok(()) };
    if id.is_empty() || id.len() > limits::PRODUCER_BYTES {
        return Err(IngestError::Producer { bytes: id.len(), limit: limits::PRODUCER_BYTES });
    }
    if *seq > limits::PRODUCER_SEQ {
        return Err(IngestError::Sequence { seq: *seq, limit: limits::PRODUCER_SEQ });
    }
    Ok(())
}

/// The outcome of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// Topic of the log.
    pub topic: Topic,
    /// Position of the last publication.
    pub position: Position,
    /// Number of publications in the request.
    pub count: usize,
    /// True if the producer had sent the request before, so that nothing was added now.
    pub repeated: bool,
}

/// A refused request. Nothing was added, unless [`AppendError::Unavailable`] leaves that open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// The principal's token has expired.
    #[error("the token has expired")]
    TokenExpired,
    /// The principal may not publish here.
    #[error("{principal} may not publish to {topic}")]
    Forbidden {
        /// Name of the principal.
        principal: String,
        /// Topic of the request.
        topic: Topic,
    },
    /// The name of the topic has the segment `.` or `..`, which cannot be in a URL.
    #[error(transparent)]
    Topic(#[from] TopicError),
    /// The principal publishes faster than allowed.
    #[error("too many publications at once; try again in {retry_after_ms} ms")]
    RateLimited {
        /// Time to wait before the next try, in milliseconds.
        retry_after_ms: u64,
    },
    /// A request without publications.
    #[error("nothing to publish: send `data`, or `items` with at least one")]
    Empty,
    /// Both `data` and `items`.
    #[error("send either `data` or `items`, not both")]
    DataAndItems,
    /// A larger batch than allowed.
    #[error("a request can have at most {limit} publications; this one has {items}")]
    TooMany {
        /// Number of publications in the request.
        items: usize,
        /// Largest `seq` that is allowed.
        limit: usize,
    },
    /// One of the publications cannot be put into a log.
    #[error("{}{error}", ordinal(*index, *of))]
    Item {
        /// Index of the publication, from 0.
        index: usize,
        /// Number of publications in the request.
        of: usize,
        /// The fault of the item.
        error: ItemError,
    },
    /// The metadata is refused.
    #[error(transparent)]
    Meta(#[from] MetaError),
    /// The producer has no id, or one that is too long.
    #[error("a producer's id must have 1 to {limit} bytes; this one has {bytes}")]
    Producer {
        /// Length of the id in bytes.
        bytes: usize,
        /// Longest length allowed, in bytes.
        limit: usize,
    },
    /// The `seq` of a producer's request is too large.
    #[error("a producer's seq is at most {limit}; this one is {seq}")]
    Sequence {
        /// The `seq` of the request.
        seq: u64,
        /// Largest `seq` that is allowed.
        limit: u64,
    },
    /// The log did not append them.
    #[error(transparent)]
    Append(#[from] AppendError),
}

fn ordinal(index: usize, of: usize) -> String {
    if of == 1 { String::new() } else { format!("publication {} of {of}: ", index + 1) }
}

impl From<IngestError> for Refusal {
    fn from(error: IngestError) -> Self {
        let refusal = |code| Self::new(code, &error);
        match &error {
            IngestError::TokenExpired => refusal(ErrorCode::TokenExpired),
            IngestError::Forbidden { .. } => refusal(ErrorCode::Forbidden),
            IngestError::Topic(_) => refusal(ErrorCode::BadTopic),
            IngestError::RateLimited { retry_after_ms } => {
                refusal(ErrorCode::RateLimited).retry_after(*retry_after_ms)
            }
            IngestError::Empty | IngestError::DataAndItems | IngestError::Meta(_) => {
                refusal(ErrorCode::BadData)
            }
            IngestError::TooMany { .. } => refusal(ErrorCode::TooLarge),
            IngestError::Item { error: fault, .. } => refusal(item_code(fault)),
            IngestError::Producer { .. } | IngestError::Sequence { .. } => refusal(ErrorCode::Malformed),
            IngestError::Append(AppendError::TooManyProducers { retry_after_ms, .. }) => {
                refusal(ErrorCode::Unavailable).retry_after(*retry_after_ms)
            }
            IngestError::Append(AppendError::StaleSequence { .. }) => refusal(ErrorCode::StaleSequence),
            IngestError::Append(
                AppendError::TooManyTopics { .. } | AppendError::TooManyTopicsOfPrincipal { .. },
            ) => refusal(ErrorCode::TooManyTopics),
            IngestError::Append(AppendError::Disk(trouble)) => trouble.into(),
            IngestError::Append(AppendError::TooLarge { .. }) => refusal(ErrorCode::TooLarge),
            IngestError::Append(AppendError::Unavailable(unavailable)) => unavailable.clone().into(),
        }
    }
}

fn item_code(error: &ItemError) -> ErrorCode {
    match error {
        ItemError::Data(DataError::TooLarge { .. }) => ErrorCode::TooLarge,
        ItemError::Data(
            DataError::Missing
            | DataError::NotJson { .. }
            | DataError::TooDeep { .. }
            | DataError::NumberOutOfRange { .. }
            | DataError::LoneSurrogate { .. }
            | DataError::DuplicateKey { .. },
        ) => ErrorCode::BadData,
        ItemError::Timestamp { .. } => ErrorCode::BadTimestamp,
    }
}
