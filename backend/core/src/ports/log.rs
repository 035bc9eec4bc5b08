//! The topics' logs.

use std::future::Future;
use std::sync::Arc;

use shared::client::Producer;
use shared::publication::Item;
use shared::{Epoch, Filter, Millis, Position, Publication, Topic, TopicMeta};

use super::Unavailable;

/// What is to be added to one topic, as one: all or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    /// Where to.
    pub topic: Topic,
    /// In order; at least one. Already checked.
    pub items: Vec<Item>,
    /// Makes a repeat harmless.
    pub producer: Option<Producer>,
    /// Put over the topic's metadata.
    pub meta: Option<TopicMeta>,
    /// The server's clock; also the `ts` of items that have none.
    pub received_at: Millis,
    /// The epoch to use if this is the first publication of a new log.
    pub new_epoch: Epoch,
}

/// Where an append landed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The place of the last item.
    pub position: Position,
    /// Whether the producer had sent this `seq` before; then `position` is what it was told then, and
    /// nothing was added.
    pub repeated: bool,
}

/// Why nothing was added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// `seq` is lower than the producer's last one, so the position it got then is no longer known. The
    /// producer has a bug, or two share an id.
    #[error("producer {producer:?} has already sent seq {last}; {seq} comes too late")]
    StaleSequence {
        /// The producer's id.
        producer: String,
        /// As sent.
        seq: u64,
        /// The highest taken so far.
        last: u64,
    },
    /// The server keeps no more topics: publish to an existing one.
    #[error("this server keeps at most {limit} topics")]
    TooManyTopics {
        /// How many it keeps.
        limit: usize,
    },
    /// Together more than this store takes in one step, though each is small enough: send fewer at once.
    #[error(
        "these publications have {size_bytes} bytes together; at most {limit_bytes} are taken at once here"
    )]
    TooLarge {
        /// As they would be stored.
        size_bytes: usize,
        /// What one step takes.
        limit_bytes: usize,
    },
    /// Try later.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A topic at this moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Its name.
    pub topic: Topic,
    /// Which log.
    pub epoch: Epoch,
    /// The newest publication.
    pub last: Publication,
    /// What its publishers told about it.
    pub meta: TopicMeta,
}

impl Head {
    /// The end of the log.
    pub fn position(&self) -> Position {
        Position::new(self.epoch.clone(), self.last.offset)
    }
}

/// Where to begin reading a log.
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
    /// Which log.
    pub epoch: Epoch,
    /// In order of offset, without holes, at most as many as asked for.
    pub items: Vec<Publication>,
    /// Offset of the newest publication of the log, whether or not it is written to history yet.
    pub head: u64,
    /// Offset of the oldest publication still kept, or not yet written to history; `head + 1` if there is
    /// none.
    pub oldest: u64,
}

/// What an append changed, for history and fan-out. Changes of one topic come in the order of their offsets.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Whose log.
    pub topic: Topic,
    /// Which log.
    pub epoch: Epoch,
    /// What was added, in order of offset.
    pub items: Vec<Publication>,
    /// The topic's whole metadata, if the topic is new or this append changed it.
    pub meta: Option<TopicMeta>,
}

/// The topics' logs: heads, and a history kept by age and by count.
pub trait TopicLog: Send + Sync {
    /// Adds to a log in one atomic step, and returns when it is durable. Offsets of a topic have no holes;
    /// concurrent appends to it are put in some order.
    fn append(&self, append: Append) -> impl Future<Output = Result<Appended, AppendError>> + Send;

    /// Writes to history what was appended; a repeat changes nothing. Does nothing where `append` already
    /// did it in the same step.
    fn record(&self, change: &Change) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// A topic's head; `None` if nobody has published to it.
    fn head(&self, topic: &Topic) -> impl Future<Output = Result<Option<Head>, Unavailable>> + Send;

    /// The heads of all topics that match, in order of name.
    fn heads(&self, filter: &Filter) -> impl Future<Output = Result<Vec<Head>, Unavailable>> + Send;

    /// Reads at most `limit` publications; `None` if nobody has published to the topic. What history has
    /// dropped, by age at `now` or by count, is not returned.
    fn read(
        &self,
        topic: &Topic,
        from: ReadFrom,
        limit: usize,
        now: Millis,
    ) -> impl Future<Output = Result<Option<Page>, Unavailable>> + Send;
}

impl<T: TopicLog> TopicLog for Arc<T> {
    fn append(&self, append: Append) -> impl Future<Output = Result<Appended, AppendError>> + Send {
        T::append(self, append)
    }

    fn record(&self, change: &Change) -> impl Future<Output = Result<(), Unavailable>> + Send {
        T::record(self, change)
    }

    fn head(&self, topic: &Topic) -> impl Future<Output = Result<Option<Head>, Unavailable>> + Send {
        T::head(self, topic)
    }

    fn heads(&self, filter: &Filter) -> impl Future<Output = Result<Vec<Head>, Unavailable>> + Send {
        T::heads(self, filter)
    }

    fn read(
        &self,
        topic: &Topic,
        from: ReadFrom,
        limit: usize,
        now: Millis,
    ) -> impl Future<Output = Result<Option<Page>, Unavailable>> + Send {
        T::read(self, topic, from, limit, now)
    }
}
