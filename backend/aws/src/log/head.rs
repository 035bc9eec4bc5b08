//! Reads and builds the item that stores a topic's head, which is the state of its log after the last append. Also
//! reads the change of a log from a record in the table's stream.

use backend_core::ports::{Change, Head};
use shared::{Epoch, Millis, Position, Publication, Topic, TopicMeta};

use super::names::{
    ENDED, EPOCH, ITEMS, LANDED, META, META_AT, OFFSET, ONLY, OWNER, PK, PREVIOUS_AT, RECEIVED_AT, SEQS, SK,
    UNTIL,
};
use super::{batch, meta};
use crate::image::{Image, ImageError};
use crate::item::{
    AttributeError, Item, number, read_map, read_number, read_optional_number, read_text, text,
};

/// Prefix of the partition key of the items that store the state of topics (their heads). The topic's name follows it.
const PREFIX: &str = "T#";

/// Returns the primary key of the item that stores a topic's head (the state of its log).
pub fn key(topic: &Topic) -> Item {
    Item::from([(PK.into(), text(format!("{PREFIX}{topic}"))), (SK.into(), text(ONLY))])
}

/// Returns the item that stores the state of a topic without publications. It is written when the topic is registered.
pub fn skeleton(topic: &Topic, epoch: &Epoch, owner: &str) -> Item {
    let empty = || aws_sdk_dynamodb::types::AttributeValue::M(Item::new());
    let mut item = key(topic);
    item.extend([
        (EPOCH.into(), text(epoch.as_str())),
        (OFFSET.into(), number(0)),
        (META.into(), empty()),
        (SEQS.into(), empty()),
        (LANDED.into(), empty()),
        (UNTIL.into(), empty()),
        (OWNER.into(), text(owner)),
    ]);
    item
}

/// The head of a topic as it was read: the state of the topic's log after the last append.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredHead {
    pub topic: Topic,
    pub epoch: Epoch,
    /// Publications of the last append to the topic. There is at least one.
    pub items: Vec<Publication>,
    /// Time at which the append before the last one was received, in milliseconds since the Unix epoch. If there was
    /// only one append, this is its own time. `None` if the item does not contain the time.
    pub previous_at: Option<Millis>,
    pub meta: TopicMeta,
    meta_at: Option<u64>,
    last: Publication,
}

impl StoredHead {
    /// Parses the item that stores a topic's head. Returns `None` if nothing has been published to the topic yet, or if
    /// the topic is marked as deleted.
    pub fn read(item: &Item) -> Result<Option<Self>, AttributeError> {
        let offset: u64 = read_number(item, OFFSET)?;
        if offset == 0 || is_ended(item) {
            return Ok(None);
        }
        let items = batch::read(read_text(item, ITEMS)?, offset, read_number(item, RECEIVED_AT)?)?;
        let last = items.last().cloned().ok_or_else(|| AttributeError::new(ITEMS, "it is empty"))?;
        Ok(Some(Self {
            topic: topic(item)?,
            epoch: epoch(item)?,
            items,
            previous_at: read_optional_number(item, PREVIOUS_AT)?,
            meta: meta::read(read_map(item, META)?)?,
            meta_at: read_optional_number(item, META_AT)?,
            last,
        }))
    }

    /// Returns the offset of the topic's newest publication.
    pub fn end(&self) -> u64 {
        self.last.offset
    }

    /// Returns the time at which the topic's newest publication was received, in milliseconds since the Unix epoch.
    pub fn received_at(&self) -> Millis {
        self.last.received_at
    }

    /// Returns the offset of the first publication of the last append to the topic.
    pub fn first(&self) -> u64 {
        self.items.first().map_or(self.end(), |first| first.offset)
    }

    /// Converts the stored state of a topic to the type `Head`, which the trait `TopicLog` returns.
    pub fn into_head(self) -> Head {
        Head { topic: self.topic, epoch: self.epoch, last: self.last, meta: self.meta }
    }

    fn into_change(self) -> Change {
        let contains_meta = self.first() == 1 || self.meta_at == Some(self.end());
        let meta = contains_meta.then_some(self.meta);
        Change { topic: self.topic, epoch: self.epoch, items: self.items, meta, ended: false }
    }
}

/// Reads a change of a topic's log from an item in the stream of the topics table. The change is an append or the end
/// of the log. Returns `None` if the item is something else: a topic without publications, a row of the catalogue, or a
/// counter of topics.
///
/// # Errors
///
/// [`ImageError`] with the name of the attribute that this version cannot read.
pub fn change(image: &Image) -> Result<Option<Change>, ImageError> {
    let item = image.item();
    if !read_text(item, PK)?.starts_with(PREFIX) {
        return Ok(None);
    }
    if is_ended(item) {
        let (topic, epoch) = (topic(item)?, epoch(item)?);
        return Ok(Some(Change { topic, epoch, items: Vec::new(), meta: None, ended: true }));
    }
    Ok(StoredHead::read(item)?.map(StoredHead::into_change))
}

/// Returns true if the item with a topic's state has a tombstone, which is an attribute that marks the topic as
/// deleted.
pub fn is_ended(item: &Item) -> bool {
    item.contains_key(ENDED)
}

/// Returns the position (epoch and offset) of a topic's last publication, from the item that stores the topic's state.
pub fn position(item: &Item) -> Result<Position, AttributeError> {
    Ok(Position::new(epoch(item)?, read_number(item, OFFSET)?))
}

fn epoch(item: &Item) -> Result<Epoch, AttributeError> {
    read_text(item, EPOCH).map(Epoch::new)
}

fn topic(item: &Item) -> Result<Topic, AttributeError> {
    let name = read_text(item, PK)?.strip_prefix(PREFIX).unwrap_or_default();
    Topic::new(name).map_err(|error| AttributeError::new(PK, error))
}

#[cfg(test)]
mod tests;
