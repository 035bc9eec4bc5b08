//! The topics' logs.

use std::future::Future;

use shared::client::Producer;
use shared::publication::Item;
use shared::{Epoch, Filter, Millis, Position, Publication, Topic, TopicMeta, limits};

use super::unavailable::Unavailable;
use crate::disk::DiskTrouble;

/// Items to append to one topic in one step: all or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    /// Topic to append to.
    pub topic: Topic,
    /// Items in order; at least one. Already checked.
    pub items: Vec<Item>,
    /// Lets the log recognise a repeat of the request.
    pub producer: Option<Producer>,
    /// Metadata to merge into that of the topic.
    pub meta: Option<TopicMeta>,
    /// Time by the server's clock; also the `ts` of items that have none.
    pub received_at: Millis,
    /// The epoch to use if this is the first publication of a new log.
    pub new_epoch: Epoch,
    /// Name of the principal that publishes. A topic that this append creates is charged to the principal. Producers of
    /// other principals are different ones, even if they have the same id.
    pub principal: String,
    /// Largest number of topics that may be charged to the principal.
    pub principal_topics: usize,
}

/// Outcome of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Position of the last item.
    pub position: Position,
    /// True if the producer had sent this `seq` before; then `position` is the answer it got at that time, and nothing
    /// was added.
    pub repeated: bool,
}

/// An append that added nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// `seq` is lower than the producer's last one, so that the position of that request is no longer known. Either the
    /// producer has a bug, or two producers share an id.
    #[error("producer {producer:?} has already sent seq {last}; seq {seq} is too low, send a higher one")]
    StaleSequence {
        /// Id of the producer.
        producer: String,
        /// `seq` of the request.
        seq: u64,
        /// Highest `seq` of the producer so far.
        last: u64,
    },
    /// The topic remembers as many producers as it may, and none of them may be forgotten yet.
    #[error("the topic has had {limit} new producers in ten minutes, and remembers no more: try again in {} s", retry_after_ms.div_ceil(1000))]
    TooManyProducers {
        /// Largest number of producers.
        limit: usize,
        /// Time to wait before the next try, in milliseconds.
        retry_after_ms: u64,
    },
    /// The server has as many topics as it keeps.
    #[error("this server keeps at most {limit} topics")]
    TooManyTopics {
        /// Largest number of topics.
        limit: usize,
    },
    /// The principal has created as many topics as it may.
    #[error(
        "{principal} has {limit} topics, and may not have more: publish to those, or have some of them forgotten"
    )]
    TooManyTopicsOfPrincipal {
        /// Name of the principal.
        principal: String,
        /// Largest number of topics of one principal.
        limit: usize,
    },
    /// Each item is small enough, but together they are more than this store appends in one step.
    #[error("these publications have {size_bytes} bytes together; send at most {limit_bytes} in one request")]
    TooLarge {
        /// Size of the items as they would be stored, in bytes.
        size_bytes: usize,
        /// Largest size that one step appends, in bytes.
        limit_bytes: usize,
    },
    /// The disk of the store is full, or a write to it has failed. Topics can still be read.
    #[error(transparent)]
    Disk(#[from] DiskTrouble),
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl AppendError {
    /// Creates the error for a new producer that should try again after `retry_after_ms` milliseconds.
    pub fn too_many_producers(retry_after_ms: u64) -> Self {
        Self::TooManyProducers { limit: limits::PRODUCERS, retry_after_ms }
    }
}

/// The current state of a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Name of the topic.
    pub topic: Topic,
    /// Epoch of the log.
    pub epoch: Epoch,
    /// The newest publication.
    pub last: Publication,
    /// Metadata that its publishers have sent.
    pub meta: TopicMeta,
}

impl Head {
    /// The end of the log.
    pub fn position(&self) -> Position {
        Position::new(self.epoch.clone(), self.last.offset)
    }
}

/// The end of a topic's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEnd {
    /// Name of the topic.
    pub topic: Topic,
    /// Position of the newest publication.
    pub position: Position,
    /// Time at which that publication was received.
    pub received_at: Millis,
}

impl From<&Head> for LogEnd {
    fn from(head: &Head) -> Self {
        Self { topic: head.topic.clone(), position: head.position(), received_at: head.last.received_at }
    }
}

/// Returns at most `most` of these ends, in no particular order. They are the ends of the logs that were changed last.
pub fn newest_ends(mut ends: Vec<LogEnd>, most: usize) -> Vec<LogEnd> {
    if ends.len() > most {
        ends.select_nth_unstable_by_key(most, |end| std::cmp::Reverse(end.received_at));
        ends.truncate(most);
    }
    ends
}

/// The place in a log at which to begin reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFrom {
    /// The oldest items after this offset.
    After(u64),
    /// The newest items.
    Newest,
    /// The newest items among those received at this time or later.
    ReceivedSince(Millis),
}

/// A part of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Epoch of the log.
    pub epoch: Epoch,
    /// Publications in order of offset, without holes; at most as many as asked for.
    pub items: Vec<Publication>,
    /// Offset of the newest publication of the log, whether or not it is written to history yet.
    pub head: u64,
    /// Offset of the oldest publication that is still kept or not yet written to history; `head + 1` if there is none.
    pub oldest: u64,
}

/// The effect of an append, for history and fan-out. Changes of one topic are in the order of their offsets.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Topic of the log.
    pub topic: Topic,
    /// Epoch of the log.
    pub epoch: Epoch,
    /// Publications that were added, in order of offset.
    pub items: Vec<Publication>,
    /// The whole metadata of the topic, if the topic is new or this append changed it.
    pub meta: Option<TopicMeta>,
    /// True if the log ends with this change, because the topic was forgotten.
    pub ended: bool,
}

/// Stores the topics' logs: heads, and a history that is bounded by age and by count.
pub trait TopicLog: Send + Sync {
    /// Appends to a log in one atomic step, and returns once the items are durable. Offsets of a topic have no holes;
    /// concurrent appends to it get some order.
    fn append(&self, append: Append) -> impl Future<Output = Result<Appended, AppendError>> + Send;

    /// Writes a change to history; a repeat changes nothing. Does nothing if `append` writes history in the same step.
    fn record(&self, change: &Change) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// Forgets a topic with its head, its history and its producers, and returns true if there was such a topic. The next
    /// append begins a new log. The change that ends the log is delivered like the changes that appends make.
    fn forget(&self, topic: &Topic) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// The head of a topic; `None` if nobody has published to it.
    fn head(&self, topic: &Topic) -> impl Future<Output = Result<Option<Head>, Unavailable>> + Send;

    /// The heads of all topics that match, in order of name.
    fn heads(&self, filter: &Filter) -> impl Future<Output = Result<Vec<Head>, Unavailable>> + Send;

    /// Returns at most `limit` heads of topics that match, in order of name. They are those after the topic `after`, or the
    /// first ones if that is `None`. A store with many topics overrides this, so that it reads no more than it returns.
    fn page_of_heads(
        &self,
        filter: &Filter,
        after: Option<&Topic>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Head>, Unavailable>> + Send {
        async move {
            let heads = self.heads(filter).await?;
            let rest = heads.into_iter().filter(|head| after.is_none_or(|after| head.topic > *after));
            Ok(rest.take(limit).collect())
        }
    }

    /// Returns the ends of the logs of at most `most` topics that match, in no particular order. They are the logs that
    /// were changed last. A store that keeps heads in memory overrides this, so that no publication is copied.
    fn ends(
        &self,
        filter: &Filter,
        most: usize,
    ) -> impl Future<Output = Result<Vec<LogEnd>, Unavailable>> + Send {
        async move {
            let heads = self.heads(filter).await?;
            Ok(newest_ends(heads.iter().map(LogEnd::from).collect(), most))
        }
    }

    /// Reads at most `limit` publications; `None` if nobody has published to the topic. Publications that retention has
    /// dropped, by age at `now` or by count, are not returned.
    fn read(
        &self,
        topic: &Topic,
        from: ReadFrom,
        limit: usize,
        now: Millis,
    ) -> impl Future<Output = Result<Option<Page>, Unavailable>> + Send;
}
