//! Sends new publications from the stream of the topics table to their subscribers.
//!
//! The function first writes a batch to the history table and then sends it to the connected subscribers. A client that
//! subscribes in between therefore receives the publication from history, from this function, or from both.
//!
//! A shard is a group of connections that one invocation posts to. If there are more connections than one shard may
//! contain, the function invokes itself again for each further shard. The shards are sent concurrently, so that no
//! subscriber waits for all the others. These invocations also run concurrently with the next batch, and Lambda may run
//! an invocation twice. A later frame can therefore overtake an earlier one, and a frame can be sent twice. Neither
//! does harm, because each frame contains its position. The client's session drops the publications that it already
//! has, holds back those that arrive early, and after `HOLE_MS` requests those that are still missing.
//!
//! For example, with a shard size of 1,000, a batch for 2,500 subscribers is sent by three invocations. The first one
//! sends to 1,000 subscribers, and to those of every shard that it could not pass on. Two further invocations send to
//! 1,000 and 500.

mod work;

use std::future::Future;
use std::num::NonZeroUsize;

use backend_core::fanout::{self, Delivery, ShardSize};
use backend_core::ports::{Change, Connections, ForgetSilent, Management, TopicLog};
use backend_core::service::BroadcastReport;
use backend_core::{Access, Principal, Service, Settings};
use backend_edge::{StreamRecord, stream_response};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde_json::{Value, json};
use shared::{Millis, Topic};

use crate::event::diagnostic;
use crate::metrics::{FanOut, Meter};
use work::Work;
pub use work::shard_payload;

/// Invokes the function `broadcast` again, asynchronously.
pub trait Invoke: Send + Sync {
    /// Invokes the function with `payload`. Returns as soon as Lambda has queued the event; the invocation itself runs
    /// later.
    fn invoke(&self, payload: Vec<u8>) -> impl Future<Output = Result<(), String>> + Send;
}

/// Maximum size of the deliveries that are passed to a further invocation, in bytes. It is the largest payload of an
/// asynchronous invocation less 1 KB for the JSON around the deliveries. Lambda's limit was 256 KB until 2025 and is 1
/// MB since (AWS Lambda developer guide, "Lambda quotas"). The smaller limit is used here, because it is accepted
/// everywhere.
const PAYLOAD_BYTES: usize = 256 * 1024 - 1024;

/// Maximum number of topics that are forgotten concurrently.
const FORGOTTEN_AT_ONCE: usize = 16;

/// Handler of the Lambda function `broadcast`, which sends new publications to their subscribers.
#[derive(Debug)]
pub struct Broadcast<C, L, M, I> {
    service: Service<C, L, M>,
    others: I,
    shard: ShardSize,
    meter: Meter,
}

impl<C: Connections, L: TopicLog + ForgetSilent, M: Management, I: Invoke> Broadcast<C, L, M, I> {
    /// Creates the handler of the function `broadcast`. `others` invokes the function again for further subscribers. A
    /// publication that is sent by invoking the function directly needs no token: IAM decides who may invoke the
    /// function.
    pub fn new(connections: C, log: L, management: M, others: I, shard_size: NonZeroUsize) -> Self {
        let settings = Settings { counts_viewers: false, ..Settings::new(Access::Open, rand::random::<u64>) };
        Self {
            service: Service::new(connections, log, management, settings),
            others,
            shard: ShardSize { connections: shard_size.get(), bytes: PAYLOAD_BYTES },
            meter: Meter::default(),
        }
    }

    /// Handles one of three payloads: a batch of records of the table's stream, the part of the subscribers (shard)
    /// that an earlier invocation has passed on, or a publication `{"topic": …, "data": …}` that somebody sent by
    /// invoking the function directly.
    ///
    /// # Errors
    ///
    /// An error of type `Event` if the payload is none of these. An error of type `Refused` if a publication that was
    /// sent directly is refused. A stream record that fails is not an error: the response contains its sequence number,
    /// so that Lambda sends this record and all later ones again.
    pub async fn handle(
        &self,
        event: LambdaEvent<Value>,
        clock: impl Fn() -> Millis,
    ) -> Result<Value, Diagnostic> {
        let (payload, context) = event.into_parts();
        let mut fan_out = FanOut::default();
        let answer = match Work::read(payload)? {
            Work::Stream(records) => self.stream(records, &clock, &mut fan_out).await,
            Work::Shard(deliveries) => {
                json!({"posts": self.deliver(deliveries, &clock, &mut fan_out).await.posts})
            }
            Work::Publish(request) => self.publish(*request, clock()).await?,
        };
        let counts = self.service.stats().snapshot();
        self.meter.log(&context.env_config.function_name, &context.request_id, clock(), counts, fan_out);
        Ok(answer)
    }

    async fn stream(
        &self,
        records: Vec<StreamRecord>,
        clock: &impl Fn() -> Millis,
        fan_out: &mut FanOut,
    ) -> Value {
        let numbers: Vec<String> = records.iter().map(|record| record.sequence_number.clone()).collect();
        let expired = expired(&records);
        let (changes, places) = readable(records, fan_out);
        let recorded = match self.service.record(&changes).await {
            Ok(()) => changes.len(),
            Err(error) => {
                tracing::error!(%error, "history could not be written; Lambda will send the rest of the batch again");
                error.index
            }
        };
        let failed = match self.fan_out(&changes[..recorded], clock, fan_out).await {
            Ok(()) => places.get(recorded).copied(),
            Err(error) => {
                tracing::error!(%error, "subscribers could not be read; Lambda will send the batch again");
                places.first().copied()
            }
        };
        let unforgotten = self.forget_silent(expired, clock()).await;
        let failed = failed.into_iter().chain(unforgotten).min();
        stream_response(failed.and_then(|place| numbers.get(place)).map(String::as_str))
    }

    /// Deletes those of the topics to which nobody has published for long. Each topic comes with the index of its
    /// record. Returns the lowest index of a topic that could not be checked or deleted, or `None` if there is none.
    async fn forget_silent(&self, expired: Vec<(usize, Topic)>, now: Millis) -> Option<usize> {
        let log = self.service.log();
        let forget = async |(place, topic): &(usize, Topic)| {
            let forgotten = log.forget_if_silent(topic, now).await;
            match forgotten {
                Ok(true) => {
                    tracing::info!(%topic, "the topic was deleted, because nobody has published to it for long")
                }
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(%topic, %error, "a topic without publications could not be deleted; Lambda will send its record again");
                    return Some(*place);
                }
            }
            None
        };
        let mut failed = None;
        for some in expired.chunks(FORGOTTEN_AT_ONCE) {
            let places = futures_util::future::join_all(some.iter().map(forget)).await;
            failed = failed.into_iter().chain(places.into_iter().flatten()).min();
        }
        failed
    }

    async fn fan_out(
        &self,
        changes: &[Change],
        clock: &impl Fn() -> Millis,
        fan_out: &mut FanOut,
    ) -> Result<(), backend_core::ports::Unavailable> {
        let deliveries = self.service.address(changes, clock()).await?;
        let mut shards = fanout::shards(deliveries, self.shard).into_iter();
        let own = shards.next().unwrap_or_default();
        let left = self.hand_over(shards.collect()).await;
        let all = own.into_iter().chain(left).collect();
        self.deliver(all, clock, fan_out).await;
        Ok(())
    }

    /// Passes each shard (the deliveries to a part of the subscribers) to a further invocation. Returns the deliveries
    /// of the shards that could not be passed on. This invocation has to send them itself.
    async fn hand_over(&self, shards: Vec<Vec<Delivery>>) -> Vec<Delivery> {
        let hand_over = async |shard: Vec<Delivery>| match self.others.invoke(shard_payload(&shard)).await {
            Ok(()) => Vec::new(),
            Err(error) => {
                tracing::warn!(%error, "a part of the subscribers could not be passed to another invocation; this one sends to them itself");
                shard
            }
        };
        futures_util::future::join_all(shards.into_iter().map(hand_over)).await.concat()
    }

    async fn deliver(
        &self,
        deliveries: Vec<Delivery>,
        clock: &impl Fn() -> Millis,
        fan_out: &mut FanOut,
    ) -> BroadcastReport {
        if deliveries.is_empty() {
            return BroadcastReport::default();
        }
        let began = clock();
        let report = self.service.deliver(deliveries, began).await;
        fan_out.duration_ms = Some((clock() - began).unsigned_abs());
        if report.failed > 0 {
            tracing::warn!(?report, "some messages could not be posted to their connections");
        }
        report
    }

    /// Appends a publication that was sent by invoking the function directly. It is appended to the topic's log like
    /// every other publication, and is not sent to subscribers here. It comes back as a record of the table's stream,
    /// and later subscribers find it in history.
    async fn publish(
        &self,
        request: backend_core::ingest::IngestRequest,
        now: Millis,
    ) -> Result<Value, Diagnostic> {
        let by_hand = Principal { name: "invoke".into(), ..Principal::local() };
        let ingested = self.service.ingest(&by_hand, request, now).await;
        let ingested = ingested.map_err(|error| diagnostic("Refused", error))?;
        Ok(
            json!({"topic": ingested.topic, "epoch": ingested.position.epoch, "offset": ingested.position.offset}),
        )
    }
}

/// Returns the topics whose alarm (an item that DynamoDB deletes after a certain time) has been deleted, each with the
/// index of its record.
fn expired(records: &[StreamRecord]) -> Vec<(usize, Topic)> {
    let topics = records.iter().enumerate();
    topics.filter_map(|(place, record)| work::expired(record).map(|topic| (place, topic))).collect()
}

/// Reads the changes of topics from records of the table's stream. Returns the changes, and for each of them the index
/// of its record. A record that cannot be read is logged and skipped: it would not be readable the next time either,
/// and would block all later records. Viewers see a gap in place of its publications.
fn readable(records: Vec<StreamRecord>, fan_out: &mut FanOut) -> (Vec<Change>, Vec<usize>) {
    let (mut changes, mut places) = (Vec::new(), Vec::new());
    for (place, record) in records.into_iter().enumerate() {
        let item = work::item(&record);
        match work::change(record) {
            Ok(Some(change)) => {
                changes.push(change);
                places.push(place);
            }
            Ok(None) => {}
            Err(error) => {
                fan_out.unreadable += 1;
                tracing::error!(%error, item, "a record of the stream cannot be read; its publications are not passed on");
            }
        }
    }
    (changes, places)
}
