//! Forgets topics that nobody publishes to any more, without a process that looks for them.
//!
//! Each topic has a second item, its alarm, which only contains a time in the attribute `ttl`. DynamoDB deletes the alarm some
//! time after that, and the stream of the table delivers the deletion to `broadcast`. The function then reads the topic's head.
//! If the topic is to be forgotten, it gets a tombstone, which the stream delivers, and is deleted; otherwise a new alarm is
//! written. So a topic costs a write and a read a week, and a table without topics costs nothing. A topic that was registered
//! before there were alarms has none and is not forgotten by itself.

use backend_core::ports::{ForgetSilent, Unavailable};
use backend_core::retention::FORGET_MS;
use shared::{Millis, Topic};

use super::head::{self, StoredHead};
use super::{DynamoLog, Retention, alarm};
use crate::request::unavailable;

/// Returns the time of the next alarm of a topic that is not forgotten at `now`.
fn next_alarm(head: &StoredHead, retention: Retention, now: Millis) -> Millis {
    let silent = head.received_at().saturating_add(retention.max_age_ms.max(FORGET_MS)).saturating_add(1);
    // A topic whose metadata says how often it publishes is looked at again, because its metadata may change.
    silent.max(now.saturating_add(FORGET_MS / 7))
}

impl DynamoLog {
    async fn put_alarm(&self, topic: &Topic, at: Millis) -> Result<(), Unavailable> {
        let put =
            self.client.put_item().table_name(&self.tables.topics).set_item(Some(alarm::item(topic, at)));
        put.send().await.map(drop).map_err(unavailable)
    }
}

impl ForgetSilent for DynamoLog {
    async fn forget_if_silent(&self, topic: &Topic, now: Millis) -> Result<bool, Unavailable> {
        let Some(item) = self.head_item(topic).await? else { return Ok(false) };
        if head::is_ended(&item) {
            return self.delete_tombstone(topic, &item).await.map(|()| true);
        }
        let Some(head) = StoredHead::read(&item)? else {
            // Nothing has been published yet, although the topic is registered.
            return self.put_alarm(topic, now.saturating_add(FORGET_MS)).await.map(|()| false);
        };
        let last = head.received_at();
        let is_empty = last < self.retention.cutoff(now);
        if !self.retention.forgets(&head.meta, last, is_empty, now) {
            return self.put_alarm(topic, next_alarm(&head, self.retention, now)).await.map(|()| false);
        }
        match self.end(topic, Some(last)).await? {
            Some(item) => self.delete_tombstone(topic, &item).await.map(|()| true),
            // Somebody has published since the head was read.
            None => self.put_alarm(topic, now.saturating_add(FORGET_MS)).await.map(|()| false),
        }
    }
}
