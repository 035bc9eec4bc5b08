//! Delivers records of one shard to the function, one batch after the other. A shard has several lanes if its mapping has a
//! parallelization factor; the records of one item are always in the same lane.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::answer::Failures;
use super::checkpoints::Checkpoints;
use super::context::Context;
use super::delivery::{Condition, Delivery, Item, Outcome, Policy, Step};
use super::destination::{Discarded, message};
use super::gather::Gather;
use crate::data::sqs::QueueClient;
use crate::data::time::now_ms;

/// Receives records of a shard from its reader.
pub(super) struct Lane {
    pub context: Context,
    pub shard: Arc<str>,
    pub stream_arn: Arc<str>,
    pub function_arn: Arc<str>,
    pub on_failure: Option<QueueClient>,
    pub checkpoints: Checkpoints,
    pub records: mpsc::Receiver<Item<Value>>,
}

impl Lane {
    /// Delivers records until the reader has ended and every record was processed or discarded.
    pub async fn run(mut self) {
        let mapping = self.context.mapping.clone();
        let mut gather = Gather::new(mapping.batch_size, mapping.batch_window_s);
        while self.fill(&mut gather).await {
            self.deliver(gather.take()).await;
        }
    }

    /// Waits until a batch is due. Returns false if there are no further records.
    async fn fill(&mut self, gather: &mut Gather<Item<Value>>) -> bool {
        loop {
            while gather.room() > 0 {
                let Ok(item) = self.records.try_recv() else { break };
                push(gather, item);
            }
            let Some(due) = gather.due_ms() else {
                let Some(item) = self.records.recv().await else { return false };
                push(gather, item);
                continue;
            };
            let wait = due.saturating_sub(now_ms());
            if wait == 0 {
                return true;
            }
            tokio::select! {
                item = self.records.recv() => match item {
                    Some(item) => push(gather, item),
                    // The shard has ended, so the batch does not become larger.
                    None => return true,
                },
                () = sleep(Duration::from_millis(wait)) => return true,
            }
        }
    }

    async fn deliver(&self, items: Vec<Item<Value>>) {
        let mapping = &self.context.mapping;
        let policy = Policy {
            max_retries: mapping.max_retries,
            max_age_ms: mapping.max_record_age_s.map(|seconds| u64::from(seconds) * 1000),
            bisects: mapping.bisects,
        };
        let numbers: Vec<String> = items.iter().map(|item| item.number.clone()).collect();
        let mut delivery = Delivery::new(items, policy);
        loop {
            match delivery.next(now_ms()) {
                Step::Invoke(items) => {
                    let outcome = self.invoke(items).await;
                    sleep(delivery.settle(&outcome)).await;
                }
                Step::Discard { records, condition, attempts } => {
                    self.discard(&records, condition, attempts).await;
                }
                Step::Done => break,
            }
        }
        for number in numbers {
            self.checkpoints.finish(&mapping.logical_id, &self.shard, &number);
        }
    }

    async fn invoke(&self, items: Vec<Item<Value>>) -> Outcome {
        let count = items.len();
        let newest_ms = items.last().map_or(0, |item| item.written_ms);
        let numbers: Vec<String> = items.iter().map(|item| item.number.clone()).collect();
        let invoked = self.context.invoke(items.into_iter().map(|item| item.record).collect()).await;
        let failed = match &invoked.outcome {
            Outcome::Answered(Failures::These(failed)) => {
                let first = numbers.iter().position(|number| failed.contains(number));
                first.map_or(if failed.is_empty() { 0 } else { count }, |first| count - first)
            }
            Outcome::Answered(Failures::All) | Outcome::Failed | Outcome::NotReached => count,
        };
        self.context.report(count, failed, invoked.duration);
        let age = Duration::from_millis(now_ms().saturating_sub(newest_ms));
        self.context.observer.iterator_age(&self.context.mapping.logical_id, age);
        invoked.outcome
    }

    async fn discard(&self, records: &[Item<Value>], condition: Condition, attempts: u32) {
        let context = &self.context;
        context.observer.discarded(&context.mapping.logical_id, records.len(), condition);
        context.log(&format!("{} records are discarded ({})", records.len(), condition.name()));
        let Some(queue) = &self.on_failure else { return };
        let discarded = Discarded {
            function_arn: &self.function_arn,
            stream_arn: &self.stream_arn,
            shard: &self.shard,
            condition,
            attempts,
            records,
        };
        let request_id = format!("{:032x}", rand::random::<u128>());
        if let Err(error) = queue.send(&message(&discarded, &request_id, now_ms())).await {
            context.log(&format!("the destination for failures did not accept the message: {error}"));
        }
    }
}

fn push(gather: &mut Gather<Item<Value>>, item: Item<Value>) {
    let bytes = item.record.to_string().len();
    gather.push(item, bytes, now_ms());
}
