//! The checks of requests to publish. They are the same for WebSocket and HTTP.

use shared::client::{Producer, Publish};
use shared::data::DataError;
use shared::meta::MetaError;
use shared::publication::{Item, ItemError};
use shared::topic::TopicError;
use shared::{ErrorCode, Millis, Position, Topic, TopicMeta, limits};

use crate::ports::AppendError;
use crate::principal::Principal;
use crate::refusal::Refusal;

/// A request to append publications to the log of one topic. Either all of them are appended or none.
#[derive(Debug, Clone, PartialEq)]
pub struct IngestRequest {
    /// Topic to whose log the publications are appended.
    pub topic: Topic,
    /// Publications in the order in which they are appended.
    pub items: Vec<Item>,
    /// Id of the publisher and number of the request, by which the log recognises a request that was sent twice; `None`
    /// if such a request need not be recognised.
    pub producer: Option<Producer>,
    /// Metadata to merge into the topic's metadata; `None` to leave the topic's metadata unchanged.
    pub meta: Option<TopicMeta>,
}

impl IngestRequest {
    /// Checks everything about the request except the rate of its sender: the token, the permission, the name of the
    /// topic, the size, the metadata and each publication.
    ///
    /// # Errors
    ///
    /// The first fault that is found. The cheapest checks are made first.
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

/// The result of a request whose publications are in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// Topic to whose log the publications were appended.
    pub topic: Topic,
    /// Position (epoch and offset) of the last publication of the request.
    pub position: Position,
    /// Number of publications in the request.
    pub count: usize,
    /// True if the log had received the same request before. Nothing was appended this time.
    pub repeated: bool,
}

/// The reason why publications were not appended. After [`AppendError::Unavailable`] it is not certain that nothing was
/// appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// The token of the sender has expired.
    #[error("the token has expired: send a new token")]
    TokenExpired,
    /// The token of the sender does not allow publishing to this topic.
    #[error(
        "{principal} may not publish to {topic}: its token needs a filter in `publish` that matches the topic"
    )]
    Forbidden {
        /// Name of the sender, from the token.
        principal: String,
        /// Topic that the sender may not publish to.
        topic: Topic,
    },
    /// The name of the topic has the segment `.` or `..`, which cannot be in a URL.
    #[error(transparent)]
    Topic(#[from] TopicError),
    /// The sender publishes more, or more data, per second than its rate limits allow.
    #[error("too many publications, or too much data, were sent at once: try again in {retry_after_ms} ms")]
    RateLimited {
        /// Time to wait before the next try, in milliseconds.
        retry_after_ms: u64,
    },
    /// The request contains no publications.
    #[error("there is nothing to publish: send `data`, or at least one item in `items`")]
    Empty,
    /// The request contains both `data` (one publication) and `items` (a batch), of which only one is allowed.
    #[error("the request has both `data` and `items`: send only one of them")]
    DataAndItems,
    /// The request contains more publications than allowed.
    #[error(
        "a request can have at most {limit} publications, and this one has {items}: divide it into several requests"
    )]
    TooMany {
        /// Number of publications in the request.
        items: usize,
        /// Largest number of publications that one request may contain.
        limit: usize,
    },
    /// One of the publications is not valid.
    #[error("{}{error}", ordinal(*index, *of))]
    Item {
        /// Index of the publication in the request, from 0.
        index: usize,
        /// Number of publications in the request.
        of: usize,
        /// The reason why the publication is not valid.
        error: ItemError,
    },
    /// The metadata of the topic is not valid.
    #[error(transparent)]
    Meta(#[from] MetaError),
    /// The publisher's id is empty or too long.
    #[error("the id of a producer must have 1 to {limit} bytes, and this one has {bytes}: choose another id")]
    Producer {
        /// Length of the publisher's id in bytes.
        bytes: usize,
        /// Maximum length of a publisher's id in bytes.
        limit: usize,
    },
    /// The number of the request (`seq`) is too large.
    #[error(
        "the seq of a producer can be at most {limit}, and this one is {seq}: begin again with another producer id"
    )]
    Sequence {
        /// The number (`seq`) that the request has.
        seq: u64,
        /// Largest number (`seq`) that a request may have.
        limit: u64,
    },
    /// The log refused the append or could not carry it out.
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
