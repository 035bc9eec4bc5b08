//! Forgets topics that nobody publishes to any more, without a process that looks for them.
//!
//! Each topic has a second item, its alarm, which only contains a time in the attribute [`TTL`]. DynamoDB deletes the alarm some
//! time after that, and the stream of the table delivers the deletion to `broadcast`. The function then reads the topic's head.
//! If the topic is to be forgotten, it gets a tombstone, which the stream delivers, and is deleted; otherwise a new alarm is
//! written. So a topic costs a write and a read a week, and a table without topics costs nothing. A topic that was registered
//! before there were alarms has none and is not forgotten by itself.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use backend_core::ports::{ForgetSilent, Unavailable};
use backend_core::retention::FORGET_MS;
use shared::{Millis, Topic};

use super::head::{self, StoredHead};
use super::names::{ONLY, PK, SILENCE, SK};
use super::{DynamoLog, Retention};
use crate::image::{Image, ImageError};
use crate::item::{Item, number, read_text, text};
use crate::request::unavailable;
use crate::tables::{TTL, ttl};

fn key(topic: &Topic) -> Item {
    Item::from([(PK.into(), text(format!("{SILENCE}{topic}"))), (SK.into(), text(ONLY))])
}

fn alarm(topic: &Topic, at: Millis) -> Item {
    let mut item = key(topic);
    item.insert(TTL.into(), number(ttl(at)));
    item
}

/// Returns the write that adds the alarm of a topic whose first publication is received at `received_at`.
pub fn add(table: &str, topic: &Topic, received_at: Millis) -> Result<TransactWriteItem, BuildError> {
    let at = received_at.saturating_add(FORGET_MS);
    let put = Put::builder().table_name(table).set_item(Some(alarm(topic, at)));
    Ok(TransactWriteItem::builder().put(put.build()?).build())
}

/// Returns the write that deletes the alarm of a topic.
pub fn remove(table: &str, topic: &Topic) -> Result<TransactWriteItem, BuildError> {
    let delete = Delete::builder().table_name(table).set_key(Some(key(topic)));
    Ok(TransactWriteItem::builder().delete(delete.build()?).build())
}

/// Returns the topic whose alarm has the key `keys`, or `None` if that is the key of another item. [`ForgetSilent`] is to be called
/// for the topic when the alarm has been deleted.
///
/// # Errors
///
/// [`ImageError`] if the key cannot be read.
pub fn expired(keys: &Image) -> Result<Option<Topic>, ImageError> {
    let Some(name) = read_text(keys.item(), PK)?.strip_prefix(SILENCE) else { return Ok(None) };
    let unreadable =
        |error: shared::topic::TopicError| ImageError { attribute: PK.into(), reason: error.to_string() };
    Topic::new(name).map(Some).map_err(unreadable)
}

/// Returns the time of the next alarm of a topic that is not forgotten at `now`.
fn next_alarm(head: &StoredHead, retention: Retention, now: Millis) -> Millis {
    let silent = head.received_at().saturating_add(retention.max_age_ms.max(FORGET_MS)).saturating_add(1);
    // A topic whose metadata says how often it publishes is looked at again, because its metadata may change.
    silent.max(now.saturating_add(FORGET_MS / 7))
}

impl DynamoLog {
    async fn put_alarm(&self, topic: &Topic, at: Millis) -> Result<(), Unavailable> {
        let put = self.client.put_item().table_name(&self.tables.topics).set_item(Some(alarm(topic, at)));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_key_of_an_alarm_names_its_topic_and_no_other_key_does() {
        let image = |pk: &str| -> Image {
            serde_json::from_value(json!({"pk": {"S": pk}, "sk": {"S": "#"}})).unwrap()
        };
        assert_eq!(expired(&image("SILENCE#host/cpu")), Ok(Some(Topic::new("host/cpu").unwrap())));
        assert_eq!(expired(&image("T#host/cpu")), Ok(None));
        assert_eq!(expired(&image("CATALOGUE")), Ok(None));
        assert!(expired(&image("SILENCE#")).is_err());
        assert!(expired(&Image::default()).is_err());
    }
}
