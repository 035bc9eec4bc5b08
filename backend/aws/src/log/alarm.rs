//! The alarm of a topic: an item that DynamoDB deletes after the time that the item contains. The stream delivers this
//! deletion, so that the topic is checked then; see [`super::silence`]. The functions here are pure.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use backend_core::retention::FORGET_MS;
use shared::{Millis, Topic};

use super::names::{ONLY, PK, SILENCE, SK};
use crate::image::{Image, ImageError};
use crate::item::{Item, number, read_text, text};
use crate::tables::{TTL, ttl};

fn key(topic: &Topic) -> Item {
    Item::from([(PK.into(), text(format!("{SILENCE}{topic}"))), (SK.into(), text(ONLY))])
}

/// Returns the alarm of a topic. DynamoDB deletes it some time after `at`.
pub fn item(topic: &Topic, at: Millis) -> Item {
    let mut item = key(topic);
    item.insert(TTL.into(), number(ttl(at)));
    item
}

/// Returns the write that adds the alarm of a topic whose first publication is received at `received_at`.
pub fn add(table: &str, topic: &Topic, received_at: Millis) -> Result<TransactWriteItem, BuildError> {
    let at = received_at.saturating_add(FORGET_MS);
    let put = Put::builder().table_name(table).set_item(Some(item(topic, at)));
    Ok(TransactWriteItem::builder().put(put.build()?).build())
}

/// Returns the write that deletes the alarm of a topic.
pub fn remove(table: &str, topic: &Topic) -> Result<TransactWriteItem, BuildError> {
    let delete = Delete::builder().table_name(table).set_key(Some(key(topic)));
    Ok(TransactWriteItem::builder().delete(delete.build()?).build())
}

/// Returns the topic whose alarm has the key `keys`, or `None` if that is the key of another item. `ForgetSilent` is to be called
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
