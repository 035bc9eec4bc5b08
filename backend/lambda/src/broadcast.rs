//! Sends new publications from the stream of the topics table to their subscribers.
//!
//! A batch is written to history first and then fanned out, so that a publication reaches a new subscriber by one of
//! the two ways or by both. If there are more connections than one shard holds, further invocations of this function
//! send the other shards, all at once, so that no subscriber waits for all the others. These invocations run
//! concurrently with each other and with the next batch, and Lambda may run one twice: a later frame can overtake an
//! earlier one, and a frame can be sent twice. The position in each frame makes that harmless: the session drops what
//! it has, holds back what arrives early, and after `HOLE_MS` requests what is still missing.
//!
//! For example, a batch with 2,500 subscribers and a shard size of 1,000 is sent by three invocations: two further ones
//! with 1,000 connections each, and this one with the rest or with any shard that could not be handed over.

mod work;

use std::future::Future;
use std::num::NonZeroUsize;

use backend_core::fanout::{self, Delivery, ShardSize};
use backend_core::ports::{Change, Connections, Management, TopicLog};
use backend_core::service::BroadcastReport;
use backend_core::{Access, Principal, Service, Settings};
use backend_edge::{StreamRecord, stream_response};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde_json::{Value, json};
use shared::Millis;

use crate::event::diagnostic;
use crate::metrics::{FanOut, Meter};
use work::Work;
pub use work::shard_payload;

/// Invokes this function again, asynchronously.
pub trait Invoke: Send + Sync {
    /// Hands over `payload`. Returns once Lambda has queued it, not once it is done.
    fn invoke(&self, payload: Vec<u8>) -> impl Future<Output = Result<(), String>> + Send;
}

/// The largest payload of an asynchronous invocation, in bytes (AWS Lambda developer guide, "Lambda quotas": 256 KB
/// until 2025 and 1 MB since; the smaller one holds everywhere), less 1 KB for the JSON around the deliveries.
const PAYLOAD_BYTES: usize = 256 * 1024 - 1024;

/// Handler of the function `broadcast`.
#[derive(Debug)]
pub struct Broadcast<C, L, M, I> {
    service: Service<C, L, M>,
    others: I,
    shard: ShardSize,
    meter: Meter,
}

impl<C: Connections, L: TopicLog, M: Management, I: Invoke> Broadcast<C, L, M, I> {
    /// Creates the handler over these ports. Invoking the function by hand needs no token: IAM decides who may do it.
    pub fn new(connections: C, log: L, management: M, others: I, shard_size: NonZeroUsize) -> Self {
        let settings = Settings { counts_viewers: false, ..Settings::new(Access::Open, rand::random::<u64>) };
        Self {
            service: Service::new(connections, log, management, settings),
            others,
            shard: ShardSize { connections: shard_size.get(), bytes: PAYLOAD_BYTES },
            meter: Meter::default(),
        }
    }

    /// Handles a batch of the stream, a shard of an earlier fan-out, or `{"topic": …, "data": …}` sent by hand.
    ///
    /// # Errors
    ///
    /// If the payload is none of these, or if the publication by hand is refused. A record of the stream that fails is
    /// not an error: its number is in the response, so that Lambda sends it again with all that follow it.
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
        let (changes, places) = readable(records, fan_out);
        let recorded = match self.service.record(&changes).await {
            Ok(()) => changes.len(),
            Err(error) => {
                tracing::error!(%error, "history could not be written; Lambda will send the rest of the batch again");
                error.index
            }
        };
        let failed = match self.fan_out(&changes[..recorded], clock, fan_out).await {
            Ok(()) => places.get(recorded),
            Err(error) => {
                tracing::error!(%error, "subscribers could not be read; Lambda will send the batch again");
                places.first()
            }
        };
        stream_response(failed.and_then(|place| numbers.get(*place)).map(String::as_str))
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

    /// Hands shards to further invocations. Returns the deliveries that could not be handed over, to be sent by this
    /// invocation.
    async fn hand_over(&self, shards: Vec<Vec<Delivery>>) -> Vec<Delivery> {
        let hand_over = async |shard: Vec<Delivery>| match self.others.invoke(shard_payload(&shard)).await {
            Ok(()) => Vec::new(),
            Err(error) => {
                tracing::warn!(%error, "a shard could not be handed over; this invocation sends it");
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
            tracing::warn!(?report, "some posts failed");
        }
        report
    }

    /// Publishes through the log as every other publisher does: the publication comes back by the stream, and later
    /// subscribers find it in history.
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

/// Reads the publications of stream records, with the index of each among the records. A record that cannot be read is
/// logged and skipped: it would not be readable the next time either, and would block all that follow it. Viewers see a
/// gap there.
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
