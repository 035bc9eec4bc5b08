//! A topic's head as it is stored, and the change that a new image of the head in the stream stands for.

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

/// Prefix of the partition key of a head. The topic follows it.
const PREFIX: &str = "T#";

/// Returns the key of a topic's head.
pub fn key(topic: &Topic) -> Item {
    Item::from([(PK.into(), text(format!("{PREFIX}{topic}"))), (SK.into(), text(ONLY))])
}

/// Returns the head of a topic without publications, which is written when the topic is registered.
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

/// The head of a topic: the state of its log after the last append.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredHead {
    pub topic: Topic,
    pub epoch: Epoch,
    /// Publications of the last append. There is at least one.
    pub items: Vec<Publication>,
    /// Time at which the append before the last one was received, if there was one.
    pub previous_at: Option<Millis>,
    pub meta: TopicMeta,
    meta_at: Option<u64>,
    last: Publication,
}

impl StoredHead {
    /// Reads a head. Returns `None` if nothing has been published to the topic yet, or if it is being forgotten.
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

    /// Returns the offset of the newest publication.
    pub fn end(&self) -> u64 {
        self.last.offset
    }

    /// Returns the time at which the newest publication was received.
    pub fn received_at(&self) -> Millis {
        self.last.received_at
    }

    /// Returns the offset of the first publication of the last append.
    pub fn first(&self) -> u64 {
        self.items.first().map_or(self.end(), |first| first.offset)
    }

    /// Converts the stored head to the type that the port returns.
    pub fn into_head(self) -> Head {
        Head { topic: self.topic, epoch: self.epoch, last: self.last, meta: self.meta }
    }

    fn into_change(self) -> Change {
        let contains_meta = self.first() == 1 || self.meta_at == Some(self.end());
        let meta = contains_meta.then_some(self.meta);
        Change { topic: self.topic, epoch: self.epoch, items: self.items, meta, ended: false }
    }
}

/// Reads the change that an append made, or the end of a log, from a new image in the stream of the topics table. Returns `None` if
/// the image is of another item: a topic without publications, a row of the catalogue, or the number of topics.
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

/// Returns true for the head of a topic that is being forgotten.
pub fn is_ended(item: &Item) -> bool {
    item.contains_key(ENDED)
}

/// Reads the position of the last publication from a topic's head.
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
