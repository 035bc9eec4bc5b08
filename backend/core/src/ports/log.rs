//! The trait for the store of logs. Each topic has a log of publications.

use std::future::Future;
use std::ops::Range;

use shared::client::Producer;
use shared::publication::Item;
use shared::{Epoch, Filter, Millis, Position, Publication, Topic, TopicMeta, limits};

use super::unavailable::Unavailable;
use crate::disk::DiskTrouble;
use crate::rollup::{Block, Level};

/// A request to append publications to one topic's log in one step: either all of them or none.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    /// Topic to whose log the publications are appended.
    pub topic: Topic,
    /// Publications in order, at least one. They have passed all checks.
    pub items: Vec<Item>,
    /// Id of the publisher and number of the request, by which the log recognises a request that was sent twice; `None`
    /// if such a request need not be recognised.
    pub producer: Option<Producer>,
    /// Metadata to merge into the topic's metadata; `None` to leave the topic's metadata unchanged.
    pub meta: Option<TopicMeta>,
    /// Time by the server's clock at which the publications were received. It is also the `ts` of publications that
    /// have none.
    pub received_at: Millis,
    /// Epoch (identifier) that the topic's log gets if the topic does not exist yet.
    pub new_epoch: Epoch,
    /// Name of the principal (the authenticated sender). If this append creates the topic, it counts towards the number
    /// of topics that the principal may create. The id in `producer` belongs to the principal: the same id of another
    /// principal is a different producer.
    pub principal: String,
    /// Maximum number of topics that the principal may create.
    pub principal_topics: usize,
}

/// The result of a successful append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Position (epoch and offset) of the last publication of the request.
    pub position: Position,
    /// True if the log had received the same request before, with the same `seq` of the same producer. Then nothing was
    /// appended, and `position` is the position from the first time.
    pub repeated: bool,
}

/// The reason why an append failed. Nothing was appended, but after `Unavailable` this is not certain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The `seq` of the request is lower than the last `seq` of the same producer, so that the result of the earlier
    /// request with this `seq` is no longer stored. Either the producer has a bug, or two producers use the same id.
    #[error("producer {producer:?} has already sent seq {last}, so seq {seq} is too low: send a higher seq")]
    StaleSequence {
        /// Id of the producer that sent the request.
        producer: String,
        /// The `seq` that the request has.
        seq: u64,
        /// Highest `seq` that the producer has sent so far.
        last: u64,
    },
    /// The producer is new, but the topic already stores the last requests of the maximum number of producers, and none
    /// of these may be deleted yet.
    #[error(
        "this topic has received too many new producer ids in ten minutes: send an id that it already knows, or try again in {} s",
        retry_after_ms.div_ceil(1000)
    )]
    TooManyProducers {
        /// Maximum number of producers of a topic.
        limit: usize,
        /// Time to wait before the next try, in milliseconds.
        retry_after_ms: u64,
    },
    /// The topic is new, but the server already has the maximum number of topics.
    #[error(
        "this server already has {limit} topics, which is the maximum: publish to one of these, or delete some with `tickertape forget`"
    )]
    TooManyTopics {
        /// Maximum number of topics of the server.
        limit: usize,
    },
    /// The topic is new, but the principal has already created the maximum number of topics.
    #[error(
        "{principal} has created {limit} topics, which is the maximum: publish to one of these, or delete some with `tickertape forget`"
    )]
    TooManyTopicsOfPrincipal {
        /// Name of the principal (authenticated sender) that has created too many topics.
        principal: String,
        /// Maximum number of topics that one principal may create.
        limit: usize,
    },
    /// Each publication is small enough, but all together are larger than this store can append in one step.
    #[error(
        "these publications have {size_bytes} bytes together: send at most {limit_bytes} bytes in one request"
    )]
    TooLarge {
        /// Size of the publications in bytes, as they would be stored.
        size_bytes: usize,
        /// Maximum size of one append in bytes.
        limit_bytes: usize,
    },
    /// The disk of the store is full, or a write to it has failed. Topics can still be read.
    #[error(transparent)]
    Disk(#[from] DiskTrouble),
    /// The store cannot be reached or does not work. The append may or may not have been carried out.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl AppendError {
    /// Creates the error for a new producer for which the topic has no room. It should try again after `retry_after_ms`
    /// milliseconds.
    pub fn too_many_producers(retry_after_ms: u64) -> Self {
        Self::TooManyProducers { limit: limits::PRODUCERS, retry_after_ms }
    }
}

/// The current state of a topic: its epoch, its newest publication and its metadata.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Name of the topic.
    pub topic: Topic,
    /// Epoch of the topic's log: an identifier of the log, which changes if the log is deleted and begins anew.
    pub epoch: Epoch,
    /// The newest publication of the topic.
    pub last: Publication,
    /// Metadata that the topic's publishers have sent.
    pub meta: TopicMeta,
}

impl Head {
    /// Returns the position of the newest publication, which is the end of the topic's log.
    pub fn position(&self) -> Position {
        Position::new(self.epoch.clone(), self.last.offset)
    }
}

/// The position at which a topic's log ends, without the publication at that position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEnd {
    /// Name of the topic.
    pub topic: Topic,
    /// Position (epoch and offset) of the newest publication.
    pub position: Position,
    /// Time at which the newest publication was received.
    pub received_at: Millis,
}

impl From<&Head> for LogEnd {
    fn from(head: &Head) -> Self {
        Self { topic: head.topic.clone(), position: head.position(), received_at: head.last.received_at }
    }
}

/// Returns those of `ends` that belong to the most recently changed logs, at most `most`, in no particular order.
pub fn newest_ends(mut ends: Vec<LogEnd>, most: usize) -> Vec<LogEnd> {
    if ends.len() > most {
        ends.select_nth_unstable_by_key(most, |end| std::cmp::Reverse(end.received_at));
        ends.truncate(most);
    }
    ends
}

/// The place in a log at which a read begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFrom {
    /// Reads the oldest publications with an offset higher than this one.
    After(u64),
    /// Reads the newest publications.
    Newest,
    /// Reads the newest of those publications that were received at this time or later.
    ReceivedSince(Millis),
}

/// The result of reading a part of a topic's log.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Epoch of the topic's log: an identifier of the log, which changes if the log is deleted and begins anew.
    pub epoch: Epoch,
    /// Publications in order of offset, at most as many as requested. No offset between the first and the last one is
    /// missing.
    pub items: Vec<Publication>,
    /// Offset of the newest publication of the log, even if it is not yet in history. On AWS, a publication is appended
    /// to the log first and written to history a little later.
    pub head: u64,
    /// Offset of the oldest publication that can still be read or will be readable soon: those in history, and those
    /// that are being written to it. It is `head + 1` if there is no such publication. If the publications with which a read after an
    /// offset would begin were lost, the offset of the first one after them.
    pub oldest: u64,
    /// True if the page ends early because the publications after it were lost before they were written to history. Reading after the
    /// last one of the page goes on after the lost ones.
    pub ends_at_loss: bool,
}

/// The effect of one append: the publications that it added to a topic's log. A change is written to history and then
/// sent to the subscribers. The changes of one topic are in the order of their offsets.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Topic to whose log the publications were appended.
    pub topic: Topic,
    /// Epoch of the topic's log: an identifier of the log, which changes if the log is deleted and begins anew.
    pub epoch: Epoch,
    /// Publications that were appended, in order of offset.
    pub items: Vec<Publication>,
    /// All metadata of the topic; `None` if the append neither created the topic nor changed its metadata.
    pub meta: Option<TopicMeta>,
    /// True if the log ends with this change, because the topic was deleted.
    pub ended: bool,
}

/// Deletes topics to which nobody has published for long, on a platform without a process that always runs and could
/// look for them. The platform calls this trait for one topic at a time, about a week after the topic's first
/// publication and after each earlier call.
pub trait ForgetSilent: Send + Sync {
    /// Deletes a topic, as [`TopicLog::forget`] does, if [`Retention::forgets`](crate::Retention::forgets) returns true
    /// for it. Returns true if the topic was deleted. Otherwise the platform calls this method again later.
    fn forget_if_silent(
        &self,
        topic: &Topic,
        now: Millis,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;
}

/// Stores the logs of all topics. For each topic, it stores the head (the newest publication and the metadata) and a
/// history that is bounded by age and by number of publications.
pub trait TopicLog: Send + Sync {
    /// Appends publications to a log in one atomic step, and returns once they are durable. The offsets of a topic are
    /// consecutive. Concurrent appends to the same topic are carried out one after the other, in any order.
    fn append(&self, append: Append) -> impl Future<Output = Result<Appended, AppendError>> + Send;

    /// Writes a change to history. Writing the same change again has no effect. An implementation whose `append`
    /// already writes history does nothing here.
    fn record(&self, change: &Change) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// Deletes a topic with its head, its history and its producers. Returns true if the topic existed. The next append
    /// to the topic begins a new log. The end of the old log is delivered as a [`Change`], like the changes that
    /// appends make.
    fn forget(&self, topic: &Topic) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// Returns the head of a topic: its newest publication and its metadata. Returns `None` if the topic does not
    /// exist.
    fn head(&self, topic: &Topic) -> impl Future<Output = Result<Option<Head>, Unavailable>> + Send;

    /// Returns the heads of all topics that match `filter`, in order of name.
    fn heads(&self, filter: &Filter) -> impl Future<Output = Result<Vec<Head>, Unavailable>> + Send;

    /// Returns the heads of at most `limit` topics that match `filter`, in order of name, beginning after the topic
    /// `after`. If `after` is `None`, begins with the first topic. A store with many topics overrides this, so that it
    /// reads no more than it returns.
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

    /// Returns the ends of logs (the positions of their newest publications) of at most `most` topics that match
    /// `filter`, in no particular order. If more topics match, these are the topics that were published to last. A
    /// store that keeps heads in memory overrides this, so that it copies no publications.
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

    /// Reads at most `limit` publications of a topic's log, or returns `None` if the topic does not exist. Publications
    /// that are too old at `now`, or beyond the number that is kept, are not returned.
    fn read(
        &self,
        topic: &Topic,
        from: ReadFrom,
        limit: usize,
        now: Millis,
    ) -> impl Future<Output = Result<Option<Page>, Unavailable>> + Send;

    /// Reads at most `limit` blocks of rollup of the log `epoch`, with their indices, in order. Blocks that do not exist are left out:
    /// those that are not complete, were not computed yet, or contain only publications that are too old at `now`. Blocks of a log that
    /// has ended may be returned until they are deleted.
    ///
    /// A store without rollups does not override this. Then all buckets are computed from publications.
    fn blocks(
        &self,
        topic: &Topic,
        epoch: &Epoch,
        level: Level,
        indices: Range<u64>,
        limit: usize,
        now: Millis,
    ) -> impl Future<Output = Result<Vec<(u64, Block)>, Unavailable>> + Send {
        let _ = (topic, epoch, level, indices, limit, now);
        std::future::ready(Ok(Vec::new()))
    }

    /// Reads at most `limit` publications of the log `epoch` after the offset `after`, in order of offset. Buckets are computed from them,
    /// and publications are searched among them by their time of receipt. Unlike [`TopicLog::read`], this may return publications beyond
    /// the number that is kept, if they are still stored, and it goes on after publications that were lost. Publications that are too old
    /// at `now` are not returned. Returns nothing if the topic has another epoch.
    ///
    /// A store whose publications can be lost overrides this.
    fn stored(
        &self,
        topic: &Topic,
        epoch: &Epoch,
        after: u64,
        limit: usize,
        now: Millis,
    ) -> impl Future<Output = Result<Vec<Publication>, Unavailable>> + Send {
        async move {
            let page = self.read(topic, ReadFrom::After(after), limit, now).await?;
            Ok(page.filter(|page| page.epoch == *epoch).map(|page| page.items).unwrap_or_default())
        }
    }
}
