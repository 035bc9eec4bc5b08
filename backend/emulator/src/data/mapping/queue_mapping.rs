//! The mapping of a queue ("Using Lambda with Amazon SQS").

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use serverless_app::Queue;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::answer::Failures;
use super::context::Context;
use super::delivery::Outcome;
use super::gather::Gather;
use super::queue_event::{Message, message};
use crate::data::service::ServiceError;
use crate::data::sqs::QueueClient;
use crate::data::time::now_ms;

/// Number of invocations at a time without a maximum of the mapping. AWS begins with five and goes up to 1,000.
const CONCURRENCY: usize = 50;
/// Time for which a read waits for messages, in seconds. On AWS it is 20 s; a message that becomes visible again is noticed by
/// moto only once a second in any case.
const WAIT_S: u32 = 5;
/// Pause after a read that failed.
const ERROR_PAUSE: Duration = Duration::from_secs(1);

/// Reads a queue and invokes the function with batches of its messages.
#[derive(Clone)]
pub(super) struct QueueMapping {
    pub context: Context,
    pub queue: Arc<Queue>,
    pub client: QueueClient,
}

impl QueueMapping {
    /// Reads the queue until the future is dropped.
    pub async fn run(self) {
        let most = self.context.mapping.max_concurrency.and_then(|most| usize::try_from(most).ok());
        let permits = Arc::new(Semaphore::new(most.unwrap_or(CONCURRENCY).clamp(1, Semaphore::MAX_PERMITS)));
        let mut batches = JoinSet::new();
        // Messages beyond the size of a payload stay in it for the next batch.
        let mut gather = Gather::new(self.context.mapping.batch_size, self.context.mapping.batch_window_s);
        loop {
            while batches.try_join_next().is_some() {}
            // A message is received only when it can be processed, because its visibility time-out begins then.
            let Ok(permit) = permits.clone().acquire_owned().await else { return };
            let messages = self.receive(&mut gather).await;
            if messages.is_empty() {
                continue;
            }
            let mapping = self.clone();
            batches.spawn(async move {
                mapping.deliver(messages).await;
                drop(permit);
            });
        }
    }

    /// Receives a batch of messages that match the filters. The others are deleted. An error is written to the log, and what
    /// was received until then is returned.
    async fn receive(&self, gather: &mut Gather<Message>) -> Vec<Message> {
        loop {
            let left_ms = gather.due_ms().map(|due| due.saturating_sub(now_ms()));
            if left_ms == Some(0) {
                return gather.take();
            }
            let wait_s =
                left_ms.map_or(WAIT_S, |left| WAIT_S.min(u32::try_from(left / 1000).unwrap_or(WAIT_S)));
            match self.client.receive(gather.room(), wait_s).await {
                Ok(received) => {
                    if received.is_empty() && wait_s == 0 {
                        sleep(Duration::from_millis(100)).await;
                    }
                    self.add(&received, gather).await;
                }
                Err(error) => {
                    self.context.log(&format!("the queue {} cannot be read: {error}", self.queue.name));
                    sleep(ERROR_PAUSE).await;
                    return gather.take();
                }
            }
        }
    }

    async fn add(&self, received: &[Value], gather: &mut Gather<Message>) {
        let mut unwanted = Vec::new();
        for received in received {
            let message = message(received, &self.queue.arn, &self.context.region);
            if self.context.filters.match_message(&message.record) {
                let bytes = message.record.to_string().len();
                gather.push(message, bytes, now_ms());
            } else {
                unwanted.push(message.receipt);
            }
        }
        if !unwanted.is_empty() {
            self.note(self.client.delete(&unwanted).await);
        }
    }

    /// Invokes the function, and deletes the messages that were processed. The others become visible again after the
    /// queue's visibility time-out.
    async fn deliver(&self, messages: Vec<Message>) {
        let records = messages.iter().map(|message| message.record.clone()).collect();
        let invoked = self.context.invoke(records).await;
        let processed = processed(&messages, &invoked.outcome);
        self.context.report(messages.len(), messages.len() - processed.len(), invoked.duration);
        if !processed.is_empty() {
            self.note(self.client.delete(&processed).await);
        }
    }

    fn note(&self, deleted: Result<usize, ServiceError>) {
        match deleted {
            Ok(0) => {}
            Ok(kept) => self.context.log(&format!(
                "{kept} messages took longer than the visibility time-out of the queue {} and will be received again",
                self.queue.name
            )),
            Err(error) => self.context.log(&format!("processed messages cannot be deleted: {error}")),
        }
    }
}

/// Returns the handles of the messages that were processed. If a failure is not a message of the batch, none was.
fn processed(messages: &[Message], outcome: &Outcome) -> Vec<String> {
    let Outcome::Answered(Failures::These(failed)) = outcome else { return Vec::new() };
    let failed: BTreeSet<&str> = failed.iter().map(String::as_str).collect();
    let is_known = |id: &&str| messages.iter().any(|message| message.id == **id);
    if !failed.iter().all(is_known) {
        return Vec::new();
    }
    let succeeded = messages.iter().filter(|message| !failed.contains(message.id.as_str()));
    succeeded.map(|message| message.receipt.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages() -> Vec<Message> {
        ["a", "b"]
            .map(|id| Message { id: id.into(), receipt: format!("receipt {id}"), record: Value::Null })
            .into()
    }

    fn failed(ids: &[&str]) -> Outcome {
        Outcome::Answered(Failures::These(ids.iter().map(|&id| id.into()).collect()))
    }

    #[test]
    fn messages_that_did_not_fail_are_deleted() {
        assert_eq!(processed(&messages(), &failed(&[])), ["receipt a", "receipt b"]);
        assert_eq!(processed(&messages(), &failed(&["a"])), ["receipt b"]);
    }

    #[test]
    fn no_message_is_deleted_if_the_function_fails_or_names_an_unknown_message() {
        for outcome in
            [Outcome::Failed, Outcome::NotReached, Outcome::Answered(Failures::All), failed(&["b", "x"])]
        {
            assert!(processed(&messages(), &outcome).is_empty(), "{outcome:?}");
        }
    }
}
