//! What may enter a log: checked the same whether it came by WebSocket or by HTTP.

use shared::client::{Producer, Publish};
use shared::meta::MetaError;
use shared::publication::{DataError, Item};
use shared::{ErrorCode, Millis, Position, Topic, TopicMeta, limits};

use crate::ports::AppendError;
use crate::principal::Principal;
use crate::refusal::Refusal;

/// Publications on their way into one log, all or none.
#[derive(Debug, Clone, PartialEq)]
pub struct IngestRequest {
    /// Where to.
    pub topic: Topic,
    /// In order.
    pub items: Vec<Item>,
    /// Makes a repeat harmless.
    pub producer: Option<Producer>,
    /// Put over the topic's metadata.
    pub meta: Option<TopicMeta>,
}

impl IngestRequest {
    /// Whether `principal` may append this at `now`. Rates are not looked at.
    ///
    /// # Errors
    ///
    /// The first fault, cheapest checks first.
    pub fn check(&self, principal: &Principal, now: Millis) -> Result<(), IngestError> {
        self.check_permission(principal, now)?;
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
        if publish.data.is_some() && !publish.items.is_empty() {
            return Err(IngestError::DataAndItems);
        }
        let (topic, producer, meta) = (publish.topic.clone(), publish.producer.clone(), publish.meta.clone());
        Ok(Self { topic, items: publish.into_items(), producer, meta })
    }
}

fn check_producer(producer: Option<&Producer>) -> Result<(), IngestError> {
    match producer.map(|producer| producer.id.len()) {
        Some(bytes) if bytes == 0 || bytes > limits::PRODUCER_BYTES => {
            Err(IngestError::Producer { bytes, limit: limits::PRODUCER_BYTES })
        }
        Some(_) | None => Ok(()),
    }
}

/// Where publications landed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// Whose log.
    pub topic: Topic,
    /// The place of the last one.
    pub position: Position,
    /// How many there were.
    pub count: usize,
    /// Whether the producer had sent them before, so that nothing was added now.
    pub repeated: bool,
}

/// Why publications were not taken. Nothing was added, unless [`AppendError::Unavailable`] leaves that open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// The principal's token is over.
    #[error("the token's time is over")]
    TokenExpired,
    /// The principal may not publish here.
    #[error("{principal} may not publish to {topic}")]
    Forbidden {
        /// Who asked.
        principal: String,
        /// Where to.
        topic: Topic,
    },
    /// Faster than allowed.
    #[error("too many publications at once; try again in {retry_after_ms} ms")]
    RateLimited {
        /// When to try again.
        retry_after_ms: u64,
    },
    /// Nothing to publish.
    #[error("nothing to publish: send `data`, or `items` with at least one")]
    Empty,
    /// Both ways to say what to publish.
    #[error("send either `data` or `items`, not both")]
    DataAndItems,
    /// A larger batch than allowed.
    #[error("a request has at most {limit} publications; this one has {items}")]
    TooMany {
        /// Found.
        items: usize,
        /// Allowed.
        limit: usize,
    },
    /// One of the publications cannot stand in a log.
    #[error("{}{error}", ordinal(*index, *of))]
    Item {
        /// Which, from 0.
        index: usize,
        /// Of how many.
        of: usize,
        /// What is wrong with it.
        error: DataError,
    },
    /// The metadata is refused.
    #[error(transparent)]
    Meta(#[from] MetaError),
    /// The producer has no name, or too long a one.
    #[error("a producer's id has 1 to {limit} bytes; this one has {bytes}")]
    Producer {
        /// Found.
        bytes: usize,
        /// Allowed.
        limit: usize,
    },
    /// The log did not take them.
    #[error(transparent)]
    Append(#[from] AppendError),
}

fn ordinal(index: usize, of: usize) -> String {
    if of == 1 { String::new() } else { format!("publication {} of {of}: ", index + 1) }
}

impl From<IngestError> for Refusal {
    fn from(error: IngestError) -> Self {
        let told = |code| Self::new(code, &error);
        match &error {
            IngestError::TokenExpired => told(ErrorCode::TokenExpired),
            IngestError::Forbidden { .. } => told(ErrorCode::Forbidden),
            IngestError::RateLimited { retry_after_ms } => {
                told(ErrorCode::RateLimited).retry_after(*retry_after_ms)
            }
            IngestError::Empty | IngestError::DataAndItems | IngestError::Meta(_) => told(ErrorCode::BadData),
            IngestError::TooMany { .. } => told(ErrorCode::TooLarge),
            IngestError::Item { error: fault, .. } => told(data_code(fault)),
            IngestError::Producer { .. } => told(ErrorCode::Malformed),
            IngestError::Append(AppendError::StaleSequence { .. }) => told(ErrorCode::StaleSequence),
            IngestError::Append(AppendError::TooManyTopics { .. }) => told(ErrorCode::TooManyTopics),
            IngestError::Append(AppendError::TooLarge { .. }) => told(ErrorCode::TooLarge),
            IngestError::Append(AppendError::Unavailable(unavailable)) => unavailable.clone().into(),
        }
    }
}

fn data_code(error: &DataError) -> ErrorCode {
    match error {
        DataError::Missing | DataError::TooDeep { .. } => ErrorCode::BadData,
        DataError::TooLarge { .. } => ErrorCode::TooLarge,
        DataError::Timestamp { .. } => ErrorCode::BadTimestamp,
    }
}
