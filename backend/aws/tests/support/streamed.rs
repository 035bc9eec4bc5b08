//! A topic log whose history is written from the table's stream, in the same way as the function `broadcast` does.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::types::{AttributeValue, Record, ShardIteratorType};
use backend_aws::{DynamoLog, Image, LogTables, Retention, change};
use backend_core::ports::{
    Append, AppendError, Appended, Change, Head, Page, ReadFrom, TopicLog, Unavailable,
};
use backend_core::rollup::{Block, Level};
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use shared::{Epoch, Filter, Millis, Position, Publication, Topic};
use tokio::sync::Mutex;

use super::DynamoDbLocal;

/// Time limit until an append appears in the stream. It is long enough for a busy computer.
const STREAM_LIMIT: Duration = Duration::from_secs(120);
/// Maximum number of topics whose changes are recorded concurrently.
const AT_ONCE: usize = 16;

/// A topic log that writes the changes from its own stream to history before each read.
pub struct StreamedLog {
    pub log: DynamoLog,
    stream: Mutex<Stream>,
}

impl StreamedLog {
    /// Creates a topic log over new, empty tables.
    pub async fn open(retention: Retention) -> Self {
        let dynamodb = DynamoDbLocal::shared();
        let names = dynamodb.tables().await;
        let tables = LogTables { topics: names.topics.clone(), history: names.history };
        let log = dynamodb.aws().log(tables, retention);
        let stream = Mutex::new(Stream::open(&dynamodb.endpoint_url, &names.topics).await);
        Self { log, stream }
    }

    /// Writes the new changes from the stream to history, until the last publication of `topic` was written. Returns
    /// these changes.
    pub async fn catch_up(&self, topic: &Topic) -> Vec<Change> {
        let Some(head) = self.log.head(topic).await.expect("the head is read") else { return Vec::new() };
        let mut stream = self.stream.lock().await;
        let mut changes = Vec::new();
        let began = Instant::now();
        while !stream.has_read(topic, &head.position()) {
            assert!(began.elapsed() < STREAM_LIMIT, "the stream does not contain {}", head.position());
            let new = stream.next().await;
            let mut topics: BTreeMap<&Topic, Vec<&Change>> = BTreeMap::new();
            new.iter().for_each(|change| topics.entry(&change.topic).or_default().push(change));
            let records: Vec<_> = topics.into_values().map(|changes| self.record_in_order(changes)).collect();
            let recorded = futures_util::stream::iter(records);
            recorded.buffer_unordered(AT_ONCE).try_collect::<()>().await.expect("changes are recorded");
            changes.extend(new);
        }
        changes
    }

    async fn record_in_order(&self, changes: Vec<&Change>) -> Result<(), Unavailable> {
        for change in changes {
            self.log.record(change).await?;
        }
        Ok(())
    }
}

impl TopicLog for StreamedLog {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.log.append(append).await
    }

    async fn record(&self, change: &Change) -> Result<(), Unavailable> {
        self.log.record(change).await
    }

    async fn forget(&self, topic: &Topic) -> Result<bool, Unavailable> {
        self.log.forget(topic).await
    }

    async fn head(&self, topic: &Topic) -> Result<Option<Head>, Unavailable> {
        self.log.head(topic).await
    }

    async fn heads(&self, filter: &Filter) -> Result<Vec<Head>, Unavailable> {
        self.log.heads(filter).await
    }

    async fn read(
        &self,
        topic: &Topic,
        from: ReadFrom,
        limit: usize,
        now: Millis,
    ) -> Result<Option<Page>, Unavailable> {
        self.catch_up(topic).await;
        self.log.read(topic, from, limit, now).await
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
        self.catch_up(topic).await;
        self.log.blocks(topic, epoch, level, indices, limit, now).await
    }

    async fn stored(
        &self,
        topic: &Topic,
        epoch: &Epoch,
        after: u64,
        limit: usize,
        now: Millis,
    ) -> Result<Vec<Publication>, Unavailable> {
        self.catch_up(topic).await;
        self.log.stored(topic, epoch, after, limit, now).await
    }
}

/// The DynamoDB stream of the topics table.
struct Stream {
    client: Client,
    arn: String,
    /// The id and the iterator of each shard that was ever listed. The iterator is `None` after the shard was read to
    /// its end.
    shards: Vec<(String, Option<String>)>,
    read_up_to: Vec<(Topic, Position)>,
}

impl Stream {
    async fn open(endpoint_url: &str, table: &str) -> Self {
        let client = Client::new(&super::config(endpoint_url));
        let listed = client.list_streams().table_name(table).send().await.expect("streams are listed");
        let arn = listed.streams().iter().find_map(|stream| stream.stream_arn()).expect("it has a stream");
        Self { client, arn: arn.to_owned(), shards: Vec::new(), read_up_to: Vec::new() }
    }

    fn has_read(&self, topic: &Topic, head: &Position) -> bool {
        let has_read = |end: &Position| end.epoch == head.epoch && end.offset >= head.offset;
        self.read_up_to.iter().any(|(known, end)| known == topic && has_read(end))
    }

    /// Reads the new changes of all shards.
    async fn next(&mut self) -> Vec<Change> {
        self.list_shards().await;
        let mut changes = Vec::new();
        for index in 0..self.shards.len() {
            let Some(iterator) = self.shards[index].1.take() else { continue };
            let answer = self.client.get_records().shard_iterator(iterator).send().await.expect("records");
            self.shards[index].1 = answer.next_shard_iterator().map(str::to_owned);
            changes.extend(answer.records().iter().filter_map(read));
        }
        let ends = changes.iter().map(|change: &Change| (change.topic.clone(), end(change)));
        self.read_up_to.extend(ends);
        changes
    }

    async fn list_shards(&mut self) {
        let answer = self.client.describe_stream().stream_arn(&self.arn).send().await.expect("shards");
        let shards = answer.stream_description().expect("a description").shards();
        for id in shards.iter().filter_map(|shard| shard.shard_id()) {
            if self.shards.iter().all(|(known, _)| known != id) {
                let iterator = self.begin(id).await;
                self.shards.push((id.to_owned(), iterator));
            }
        }
    }

    async fn begin(&self, shard: &str) -> Option<String> {
        let request = self.client.get_shard_iterator().stream_arn(&self.arn).shard_id(shard);
        let request = request.shard_iterator_type(ShardIteratorType::TrimHorizon);
        request.send().await.expect("a shard iterator").shard_iterator
    }
}

fn read(record: &Record) -> Option<Change> {
    let image = record.dynamodb()?.new_image()?;
    let image: serde_json::Map<_, _> =
        image.iter().map(|(name, value)| (name.clone(), dynamodb_json(value))).collect();
    let image: Image = serde_json::from_value(Value::Object(image)).expect("an image");
    change(&image).expect("a change")
}

/// Converts an attribute to the JSON that a Lambda event contains.
fn dynamodb_json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::Bool(flag) => json!({ "BOOL": flag }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::M(map) => {
            let map = map.iter().map(|(name, value)| (name.clone(), dynamodb_json(value)));
            json!({ "M": map.collect::<serde_json::Map<_, _>>() })
        }
        other => panic!("the topics table holds no {other:?}"),
    }
}

fn end(change: &Change) -> Position {
    Position::new(change.epoch.clone(), change.items.last().map_or(0, |last| last.offset))
}
