//! Stores the topics' logs in two DynamoDB tables. The table `topics` contains the state of each topic, and the table
//! `history` contains the publications.
//!
//! | item | key | attributes |
//! |---|---|---|
//! | a topic's head | topics `T#{topic}`, `#` | epoch, offset, last append, metadata, last `seq` of each producer |
//! | a topic's name | topics `CATALOGUE`, `{topic}` | none |
//! | a topic's alarm | topics `SILENCE#{topic}`, `#` | time at which DynamoDB deletes it; see [`silence`] |
//! | the number of topics | topics `CATALOGUE`, `#` | a number, which is limited |
//! | the number of a principal's topics | topics `OWNER#{principal}`, `#` | a number, which is limited |
//! | a block of rollup | history `{topic}#{epoch}#{level}`, last offset | the block; see [`rollup`] |
//! | publications | history `{topic}#{epoch}`, last offset | publications up to that offset |
//!
//! The head of a topic is the state of its log after the last append. An append adds one or more publications to a log.
//! It is one `UpdateItem` of the head. The table's stream delivers the change, [`change`] reads it, and
//! [`TopicLog::record`] writes it to history.
//!
//! The names of topics (the catalogue) are in the topics table, because its sort key allows a query by prefix. The
//! stream delivers changes of these rows, too.
//!
//! A producer is a publisher that numbers its requests, so that a repeated request is not appended twice. The number is
//! called `seq`. A head has three maps with an entry for each producer: `seqs` contains the `seq` of its last request,
//! `landed` the offset of the last publication of that request, and `until` the time from which the producer may be
//! forgotten. The maps are separate because an update cannot compute a value inside a map that it writes.

mod alarm;
mod append;
mod batch;
mod catalogue;
mod head;
mod meta;
mod names;
mod part;
mod producer;
mod read;
mod retry;
mod rollup;
mod run;
mod silence;

use std::ops::Range;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use backend_core::ports::{
    Append, AppendError, Appended, Change, Head, Page, ReadFrom, TopicLog, Unavailable,
};
use backend_core::rollup::{Block, Level};
use shared::{Epoch, Filter, Millis, Publication, Topic};

pub use alarm::expired;
pub use backend_core::Retention;
pub use head::change;

use crate::item::{Item, number, text};
use crate::pause;
use crate::request::{self, RETRIES, TransactionOutcome, get_all, query_all, transact, unavailable};
use append::{Attempt, Next, Update};
use head::StoredHead;
use names::{COUNT, ENDED, ITEMS, LOG, ONLY, PK, RECEIVED_AT, SK};
use read::{Log, Query};
use retry::RetryIfRefused;

/// Names of the tables that contain the topics' logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogTables {
    /// Name of the table of heads (the state of each topic's log after its last append) and of the catalogue (the
    /// topics' names).
    pub topics: String,
    /// Name of the table of publications.
    pub history: String,
}

/// Stores the topics' logs in two DynamoDB tables. It implements the trait `TopicLog`.
#[derive(Debug, Clone)]
pub struct DynamoLog {
    client: Client,
    /// A client that does not retry a request that DynamoDB may have executed. It is used for appends without a
    /// producer, which cannot be recognised as repeated.
    once: Client,
    tables: LogTables,
    retention: Retention,
}

/// Maximum size of the publications of one append as they are stored, in bytes. They are a part of the topic's head,
/// which is one item. An item has at most 400 KB (Amazon DynamoDB Developer Guide, "Quotas"), and the head also
/// contains up to 26 KB of metadata and up to [`shared::limits::TOPIC_PRODUCERS`] producers of about 120 bytes each.
const APPEND_BYTES: usize = 320_000;
/// Maximum number of attempts to make one append. The first attempts may be refused because the topic is new, because
/// the metadata is new, and because there are too many producers. Concurrent appends to the same topic cause a few more
/// attempts.
const ROUNDS: u32 = 12;

/// The result of one attempt to append publications. An attempt is an update of the topic's head (its state after the
/// last append), and the decision about the next step.
enum Round {
    Done(Appended),
    /// The append has to be attempted again at once, with this variant of the update.
    Again(Attempt),
    /// The append has to be attempted again after a pause.
    Later,
}

/// The result of the conditional update of a topic's head, which is the item with the state of its log.
enum Updated {
    Added(Appended),
    /// The update was refused, because its condition did not hold. Contains the item that stores the topic's state (its
    /// head), or `None` if there is no such item.
    Refused(Option<Item>),
    Postponed,
}

impl DynamoLog {
    pub(crate) fn new(client: Client, tables: LogTables, retention: Retention) -> Self {
        let once = client.config().to_builder().retry_classifier(RetryIfRefused).build();
        Self { client, once: Client::from_conf(once), tables, retention }
    }

    async fn round(&self, append: &Append, items: &str, attempt: &Attempt) -> Result<Round, AppendError> {
        let head = match self.update(append, items, attempt).await? {
            Updated::Added(appended) => return Ok(Round::Done(appended)),
            Updated::Postponed => return Ok(Round::Later),
            Updated::Refused(head) => head,
        };
        match append::after_refusal(head.as_ref(), append, attempt)? {
            Next::Repeated(appended) => Ok(Round::Done(appended)),
            Next::Try(next) => Ok(Round::Again(next)),
            Next::Register => self.register(append).await,
            Next::Delete => self.delete_ended(&append.topic, head.as_ref()).await,
        }
    }

    async fn update(&self, append: &Append, items: &str, attempt: &Attempt) -> Result<Updated, Unavailable> {
        let update = Update::new(append, items, attempt);
        let client = if append.producer.is_some() { &self.client } else { &self.once };
        let request = client
            .update_item()
            .table_name(&self.tables.topics)
            .set_key(Some(head::key(&append.topic)))
            .update_expression(update.expression())
            .condition_expression(update.condition())
            .set_expression_attribute_names(Some(update.names))
            .set_expression_attribute_values(Some(update.values))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let error = match request.send().await {
            Ok(written) => {
                let position = head::position(&written.attributes.unwrap_or_default())?;
                return Ok(Updated::Added(Appended { position, repeated: false }));
            }
            Err(error) => error,
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                self.refused(&append.topic, refused.item()).await
            }
            Some(UpdateItemError::TransactionConflictException(_)) => Ok(Updated::Postponed),
            Some(_) | None => Err(unavailable(error)),
        }
    }

    /// Returns the result of an update that was refused, with the item that stores the topic's state (its head). `item`
    /// is the one that DynamoDB returned with the refusal. A DynamoDB Local from before 2023 returns none, so the item
    /// is then read.
    async fn refused(&self, topic: &Topic, item: Option<&Item>) -> Result<Updated, Unavailable> {
        Ok(Updated::Refused(match request::existing(item) {
            Some(head) => Some(head.clone()),
            None => self.head_item(topic).await?,
        }))
    }

    async fn register(&self, append: &Append) -> Result<Round, AppendError> {
        let writes = catalogue::register(&self.tables.topics, append);
        match transact(&self.client, writes.map_err(Unavailable::new)?).await? {
            TransactionOutcome::Committed => {}
            TransactionOutcome::Postponed => return Ok(Round::Later),
            TransactionOutcome::ConditionFailed(verdicts) => catalogue::refused(&verdicts, append)?,
        }
        Ok(Round::Again(Attempt { writes_meta: append.meta.is_some(), room: None }))
    }

    /// Deletes a topic that is marked as deleted by an attribute of its head, the tombstone. It deletes the head (the
    /// item with the topic's state) and the topic's name in the catalogue.
    async fn delete_ended(&self, topic: &Topic, head: Option<&Item>) -> Result<Round, AppendError> {
        let Some(head) = head else { return Ok(Round::Again(Attempt::default())) };
        let writes = catalogue::delete(&self.tables.topics, topic, head).map_err(Unavailable::new)?;
        Ok(match transact(&self.client, writes).await? {
            TransactionOutcome::Postponed => Round::Later,
            // If the condition failed, another request has deleted the topic.
            TransactionOutcome::Committed | TransactionOutcome::ConditionFailed(_) => {
                Round::Again(Attempt::default())
            }
        })
    }

    /// Deletes the head and the name of a topic whose head has a tombstone, and tries that several times.
    async fn delete_tombstone(&self, topic: &Topic, head: &Item) -> Result<(), Unavailable> {
        for attempt in 1..=ROUNDS {
            match self.delete_ended(topic, Some(head)).await.map_err(Unavailable::new)? {
                Round::Again(_) | Round::Done(_) => return Ok(()),
                Round::Later => {
                    pause::sleep(RETRIES, attempt).await;
                }
            }
        }
        Err(Unavailable::new("appends keep changing the same topic; try again later"))
    }

    /// Marks a topic as deleted by a tombstone, which is an attribute of its head (the item with the topic's state).
    /// The table's stream thereby delivers the end of the log. With `last`, it does so only if the last publication was
    /// received at that time. Returns the head, or `None` if there is no such topic.
    async fn end(&self, topic: &Topic, last: Option<Millis>) -> Result<Option<Item>, Unavailable> {
        let condition = match last {
            Some(_) => "attribute_exists(#items) AND #received_at = :last",
            None => "attribute_exists(#items)",
        };
        let request = self
            .client
            .update_item()
            .table_name(&self.tables.topics)
            .set_key(Some(head::key(topic)))
            .update_expression("SET #ended = :ended")
            .condition_expression(condition)
            .expression_attribute_names("#ended", ENDED)
            .expression_attribute_names("#items", ITEMS)
            .expression_attribute_values(":ended", AttributeValue::Bool(true))
            .return_values(ReturnValue::AllNew);
        let request = match last {
            Some(last) => request
                .expression_attribute_names("#received_at", RECEIVED_AT)
                .expression_attribute_values(":last", number(last)),
            None => request,
        };
        match request.send().await {
            Ok(written) => Ok(written.attributes),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(None),
                Some(_) | None => Err(unavailable(error)),
            },
        }
    }

    async fn head_item(&self, topic: &Topic) -> Result<Option<Item>, Unavailable> {
        let get = self.client.get_item().table_name(&self.tables.topics).set_key(Some(head::key(topic)));
        Ok(get.consistent_read(true).send().await.map_err(unavailable)?.item)
    }

    async fn stored_head(&self, topic: &Topic) -> Result<Option<StoredHead>, Unavailable> {
        match self.head_item(topic).await? {
            Some(item) => Ok(StoredHead::read(&item)?),
            None => Ok(None),
        }
    }

    /// Returns all topics whose name begins with `prefix`, sorted by name.
    async fn topics(&self, prefix: &str) -> Result<Vec<Topic>, Unavailable> {
        let is_all = prefix.is_empty();
        let condition =
            if is_all { "#pk = :pk AND #sk > :sk" } else { "#pk = :pk AND begins_with(#sk, :sk)" };
        let query = self
            .client
            .query()
            .table_name(&self.tables.topics)
            .consistent_read(true)
            .key_condition_expression(condition)
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", catalogue::partition())
            .expression_attribute_values(":sk", text(if is_all { ONLY } else { prefix }));
        let rows = query_all(query).await?;
        Ok(rows.iter().map(catalogue::read).collect::<Result<_, _>>()?)
    }

    /// Returns at most `limit` topics whose name begins with `prefix`, sorted by name. Only topics after `after` are
    /// returned, or the first ones if `after` is `None`.
    async fn topics_after(
        &self,
        prefix: &str,
        after: Option<&Topic>,
        limit: usize,
    ) -> Result<Vec<Topic>, Unavailable> {
        let Some((low, high)) = catalogue::keys_after(prefix, after) else { return Ok(Vec::new()) };
        let query = self
            .client
            .query()
            .table_name(&self.tables.topics)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :low AND :high")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", catalogue::partition())
            .expression_attribute_values(":low", text(low))
            .expression_attribute_values(":high", text(high))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let rows = query.send().await.map_err(unavailable)?.items.unwrap_or_default();
        Ok(rows.iter().map(catalogue::read).collect::<Result<_, _>>()?)
    }

    async fn heads_of(&self, topics: &[Topic]) -> Result<Vec<Head>, Unavailable> {
        let keys = topics.iter().map(head::key).collect();
        let items = get_all(&self.client, &self.tables.topics, keys).await?;
        let mut heads = Vec::with_capacity(items.len());
        for item in &items {
            heads.extend(StoredHead::read(item)?.map(StoredHead::into_head));
        }
        heads.sort_by(|one, other| one.topic.cmp(&other.topic));
        Ok(heads)
    }

    /// Writes a part of a topic's history to the history table. Does nothing if a part with the same last offset and at
    /// least as many publications exists.
    async fn put_part(&self, part: Item) -> Result<(), Unavailable> {
        let put = self
            .client
            .put_item()
            .table_name(&self.tables.history)
            .condition_expression("attribute_not_exists(#log) OR #count < :count")
            .expression_attribute_names("#log", LOG)
            .expression_attribute_names("#count", COUNT)
            .set_expression_attribute_values(
                part.get(COUNT).map(|count| Item::from([(":count".into(), count.clone())])),
            )
            .set_item(Some(part));
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(fault) if fault.is_conditional_check_failed_exception() => Ok(()),
                Some(_) | None => Err(unavailable(error)),
            },
        }
    }
}

impl TopicLog for DynamoLog {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let items = batch::of_items(&append.items, append.received_at);
        if items.len() > APPEND_BYTES {
            return Err(AppendError::TooLarge { size_bytes: items.len(), limit_bytes: APPEND_BYTES });
        }
        let mut attempt = Attempt::default();
        let mut pauses = 0;
        for _ in 0..ROUNDS {
            match self.round(&append, &items, &attempt).await? {
                Round::Done(appended) => return Ok(appended),
                Round::Again(next) => attempt = next,
                Round::Later => {
                    pauses += 1;
                    pause::sleep(RETRIES, pauses).await;
                }
            }
        }
        Err(Unavailable::new("other appends keep changing the same topic; try again later").into())
    }

    async fn record(&self, change: &Change) -> Result<(), Unavailable> {
        for part in part::parts(change, &self.retention) {
            self.put_part(part).await?;
        }
        self.roll(change).await
    }

    /// Deletes a topic, and returns true if it existed. First the topic's state is marked by a tombstone, so that the
    /// table's stream delivers the end of the log to viewers. Then the state and the topic's name are deleted. If this
    /// process ends in between, the next append completes the deletion. The rows of the history table are not deleted
    /// here, because they expire.
    async fn forget(&self, topic: &Topic) -> Result<bool, Unavailable> {
        let Some(head) = self.end(topic, None).await? else { return Ok(false) };
        self.delete_tombstone(topic, &head).await.map(|()| true)
    }

    async fn head(&self, topic: &Topic) -> Result<Option<Head>, Unavailable> {
        Ok(self.stored_head(topic).await?.map(StoredHead::into_head))
    }

    async fn heads(&self, filter: &Filter) -> Result<Vec<Head>, Unavailable> {
        let topics = match filter {
            Filter::Only(topic) => return Ok(self.head(topic).await?.into_iter().collect()),
            Filter::Below(parent) => self.topics(&format!("{parent}/")).await?,
            Filter::All => self.topics("").await?,
        };
        self.heads_of(&topics).await
    }

    /// Returns the heads (newest publication and metadata) of at most `limit` topics. It reads names of topics until so
    /// many topics with a head were found, or there are no more names.
    async fn page_of_heads(
        &self,
        filter: &Filter,
        after: Option<&Topic>,
        limit: usize,
    ) -> Result<Vec<Head>, Unavailable> {
        let prefix = match filter {
            Filter::Only(topic) if after.is_some_and(|after| topic <= after) => return Ok(Vec::new()),
            Filter::Only(topic) => return Ok(self.head(topic).await?.into_iter().take(limit).collect()),
            Filter::Below(parent) => format!("{parent}/"),
            Filter::All => String::new(),
        };
        let (mut heads, mut after) = (Vec::new(), after.cloned());
        while heads.len() < limit {
            let wanted = limit - heads.len();
            let names = self.topics_after(&prefix, after.as_ref(), wanted).await?;
            heads.extend(self.heads_of(&names).await?);
            after = names.last().cloned();
            if names.len() < wanted {
                break;
            }
        }
        Ok(heads)
    }

    async fn read(
        &self,
        topic: &Topic,
        from: ReadFrom,
        limit: usize,
        now: Millis,
    ) -> Result<Option<Page>, Unavailable> {
        let Some(head) = self.stored_head(topic).await? else { return Ok(None) };
        let (client, history) = (&self.client, self.tables.history.as_str());
        let log = Log { client, history, retention: self.retention, head };
        log.page(Query { from, limit, now }).await.map(Some)
    }

    async fn blocks(
        &self,
        topic: &Topic,
        epoch: &Epoch,
        level: Level,
        indices: Range<u64>,
        limit: usize,
        now: Millis,
    ) -> Result<Vec<(u64, Block)>, Unavailable> {
        self.read_blocks((topic, epoch), level, indices, limit, self.retention.cutoff(now)).await
    }

    async fn stored(
        &self,
        topic: &Topic,
        epoch: &Epoch,
        after: u64,
        limit: usize,
        now: Millis,
    ) -> Result<Vec<Publication>, Unavailable> {
        self.read_stored((topic, epoch), after, limit, self.retention.cutoff(now)).await
    }
}
