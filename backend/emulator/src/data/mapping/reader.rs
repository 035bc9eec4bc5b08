//! Reads one shard of a stream and distributes its records to lanes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use serverless_app::{StartingPosition, Table};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::checkpoints::Checkpoints;
use super::context::Context;
use super::delivery::Item;
use super::lane::Lane;
use super::stream::{From, Stream};
use super::stream_event;
use crate::data::service::ServiceError;
use crate::data::sqs::QueueClient;
use crate::data::time::now_ms;
use crate::data::ttl::Expired;

/// Pause between two reads of a shard without new records. On AWS it is 250 ms.
const IDLE_PAUSE: Duration = Duration::from_millis(100);
/// Pause after a read that failed.
const ERROR_PAUSE: Duration = Duration::from_secs(1);
/// Number of records of a read, and of those that wait in a lane.
const READ_AHEAD: usize = 1000;

/// The stream of a table, as a mapping reads it.
#[derive(Clone)]
pub(super) struct Source {
    pub context: Context,
    pub stream: Stream,
    pub table: Arc<Table>,
    pub function_arn: Arc<str>,
    pub on_failure: Option<QueueClient>,
    pub expired: Expired,
    pub checkpoints: Checkpoints,
}

/// The reader of one shard.
pub(super) struct Reader {
    pub source: Source,
    pub shard: String,
    pub from: From,
    /// The shard iterator for `from`, if it is known already.
    pub place: Option<String>,
}

impl Reader {
    /// Reads the shard to its end, waits until its records are delivered, and returns its id.
    pub async fn run(mut self) -> String {
        let mut lanes = JoinSet::new();
        let mut senders = Vec::new();
        for _ in 0..self.source.context.mapping.parallelization.max(1) {
            let (sender, records) = mpsc::channel(READ_AHEAD);
            senders.push(sender);
            lanes.spawn(self.lane(records).run());
        }
        while let Err(error) = self.read_on(&senders).await {
            self.recover(&error).await;
        }
        drop(senders);
        while lanes.join_next().await.is_some() {}
        self.shard
    }

    fn lane(&self, records: mpsc::Receiver<Item<Value>>) -> Lane {
        let Source { context, table, function_arn, on_failure, checkpoints, .. } = &self.source;
        Lane {
            context: context.clone(),
            shard: self.shard.as_str().into(),
            stream_arn: stream_event::stream_arn(&table.arn).into(),
            function_arn: function_arn.clone(),
            on_failure: on_failure.clone(),
            checkpoints: checkpoints.clone(),
            records,
        }
    }

    /// Reads from the current position until the end of the shard or until the first error.
    async fn read_on(&mut self, lanes: &[mpsc::Sender<Item<Value>>]) -> Result<(), ServiceError> {
        let mut place = match self.place.take() {
            Some(place) => Some(place),
            None => self.source.stream.place(&self.shard, &self.from).await?,
        };
        while let Some(here) = place {
            let page = self.source.stream.read(&here, READ_AHEAD).await?;
            place = page.next;
            if page.records.is_empty() {
                let mapping = &self.source.context.mapping.logical_id;
                self.source.context.observer.iterator_age(mapping, Duration::ZERO);
                sleep(IDLE_PAUSE).await;
            }
            for record in page.records {
                self.pass_on(record, lanes).await;
            }
        }
        Ok(())
    }

    /// Passes a record to its lane, and waits while the lane is full. A record that no filter matches is left out.
    async fn pass_on(&mut self, local: Value, lanes: &[mpsc::Sender<Item<Value>>]) {
        let number = local["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default().to_owned();
        self.from = From::After(number.clone());
        let Source { context, table, expired, checkpoints, .. } = &self.source;
        checkpoints.read(&context.mapping.logical_id, &self.shard, &number);
        let written_s = stream_event::written_s(&local, now_ms() / 1000);
        let is_expired = expired.contains(&table.name, &local, written_s * 1000);
        let record = stream_event::record(local, &table.arn, &context.region, written_s, is_expired);
        if !context.filters.match_record(&record) {
            return checkpoints.finish(&context.mapping.logical_id, &self.shard, &number);
        }
        let lane = lane_of(&record, lanes.len());
        // A lane ends only after its sender was dropped.
        let _ = lanes[lane].send(Item { number, written_ms: written_s * 1000, record }).await;
    }

    /// Chooses the position at which reading goes on after an error.
    async fn recover(&mut self, error: &ServiceError) {
        let context = &self.source.context;
        match error.kind() {
            "ExpiredIteratorException" => {}
            "TrimmedDataAccessException" => {
                // DynamoDB Local reports this error even at the beginning of a shard, where nothing was lost.
                if matches!(self.from, From::After(_)) {
                    context.log(&format!(
                        "records of the shard {} were deleted before they could be read",
                        self.shard
                    ));
                }
                self.from = From::Start(StartingPosition::TrimHorizon);
            }
            _ => {
                context.log(&format!("the stream cannot be read: {error}"));
                sleep(ERROR_PAUSE).await;
            }
        }
    }
}

/// Returns the number of the lane for a record. Records with the same key have the same one.
fn lane_of(record: &Value, lanes: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    let mut keys: Vec<String> = record["dynamodb"]["Keys"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    keys.sort();
    keys.hash(&mut hasher);
    let hash = hasher.finish() % lanes.max(1) as u64;
    usize::try_from(hash).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn records_of_one_item_are_in_one_lane_whatever_the_order_of_its_keys() {
        let one = json!({"dynamodb": {"Keys": {"room": {"S": "a"}, "at": {"N": "1"}}}});
        let other = json!({"dynamodb": {"Keys": {"at": {"N": "1"}, "room": {"S": "a"}}}});
        assert_eq!(lane_of(&one, 10), lane_of(&other, 10));
    }

    #[test]
    fn records_of_many_items_are_in_all_lanes() {
        let record = |n: u32| json!({"dynamodb": {"Keys": {"id": {"N": n.to_string()}}}});
        let lanes: std::collections::BTreeSet<usize> = (0..200).map(|n| lane_of(&record(n), 4)).collect();
        assert_eq!(lanes.len(), 4);
    }
}
