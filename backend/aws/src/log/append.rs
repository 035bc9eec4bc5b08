//! Builds an append as one `UpdateItem` of the topic's head, and decides about the next attempt if the update's
//! condition did not hold. The head is the state of a topic's log after the last append. The functions here are pure.
//!
//! For example, the first publication to `host/cpu` with the unit `%` takes three requests. The first update fails,
//! because there is no head. The topic is therefore registered, which writes an empty head. The second update then
//! writes the publication and its metadata. A later publication with the same unit takes one request: the update has
//! the condition that the head already contains this unit, and the condition holds.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use backend_core::ports::{Append, AppendError, Appended, Unavailable};
use backend_core::producers::{LastRequest, Seen, make_room, until_ms};
use shared::client::Producer;
use shared::{Position, TopicMeta, limits};

use super::names::{
    COUNT, ENDED, ITEMS, LANDED, META, META_AT, OFFSET, PK, PREVIOUS_AT, RECEIVED_AT, SEQS, UNTIL,
};
use super::{head, meta, producer};
use crate::item::{AttributeError, Item, number, read_map, text};

/// The variant of the update with which an append is attempted. The default is the variant of the first attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempt {
    /// True if the update writes the append's metadata to the topic's state. If this is false, the update has the
    /// condition that the stored metadata already contains it. So metadata that is sent with every publication is
    /// written and broadcast only once.
    pub writes_meta: bool,
    /// The changes that make room for the producer of this append among the producers that are stored with the topic's
    /// state. `None` if no changes are needed, or if the stored state was not read yet.
    pub room: Option<Room>,
}

/// The changes that make room for a new producer (a publisher that numbers its requests) among those that are stored
/// with a topic's state. They are chosen from the state that DynamoDB returned when it refused the update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Producers to remove from the topic's stored state, on condition that they have not published since it was read.
    pub removes: Vec<Removed>,
    /// True if the update must create the map `until`, which contains the time from which each producer may be removed.
    /// Items that version 0.1.0 has written do not have this map.
    pub creates_times: bool,
}

/// A producer to remove from a topic's stored state: its key, and the offset of the last publication of its last
/// request. The update has the condition that this offset is unchanged, so that a producer that has published since is
/// not removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    key: String,
    landed: u64,
}

/// Maximum number of producers that one update removes. An expression has at most 4 KB (Amazon DynamoDB Developer
/// Guide, "Quotas").
const REMOVED_AT_ONCE: usize = 10;

/// The parts of the `UpdateItem` request that appends publications. It updates the topic's head, which is the item with
/// the state of its log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Update {
    sets: Vec<String>,
    removes: Vec<String>,
    conditions: Vec<String>,
    pub names: HashMap<String, String>,
    pub values: Item,
}

impl Update {
    /// Builds the update that appends the publications of `append`. `items` must be these publications, encoded by
    /// [`super::batch`].
    pub fn new(append: &Append, items: &str, attempt: &Attempt) -> Self {
        let mut update = Self::default();
        update.add_items(append, items);
        if let Some(producer) = &append.producer {
            update.add_producer(append, producer, attempt.room.as_ref());
        }
        // DynamoDB refuses names of attributes that no expression uses.
        if let Some(meta) = append.meta.as_ref().filter(|meta| !meta.is_empty()) {
            update.add_meta(meta, attempt.writes_meta);
        }
        update
    }

    /// Returns the update expression for DynamoDB: `SET … REMOVE …`.
    pub fn expression(&self) -> String {
        let removes = if self.removes.is_empty() { "" } else { " REMOVE " };
        format!("SET {}{removes}{}", self.sets.join(", "), self.removes.join(", "))
    }

    /// Returns the condition expression for DynamoDB, which joins all conditions by `AND`.
    pub fn condition(&self) -> String {
        self.conditions.join(" AND ")
    }

    fn add_items(&mut self, append: &Append, items: &str) {
        for name in [PK, OFFSET, COUNT, ITEMS, RECEIVED_AT, PREVIOUS_AT] {
            self.name(name, name);
        }
        self.value("added", number(append.items.len()));
        self.value("items", text(items));
        self.value("received_at", number(append.received_at));
        self.name(ENDED, ENDED);
        self.conditions.push("attribute_exists(#pk) AND attribute_not_exists(#ended)".into());
        self.sets.extend(
            [
                "#offset = #offset + :added",
                "#count = :added",
                "#items = :items",
                "#previous_at = if_not_exists(#received_at, :received_at)",
                "#received_at = :received_at",
            ]
            .map(String::from),
        );
    }

    fn add_producer(&mut self, append: &Append, producer: &Producer, room: Option<&Room>) {
        let key = producer::key(&append.principal, producer);
        for name in [SEQS, LANDED, UNTIL] {
            self.name(name, name);
        }
        self.name("producer", &key);
        self.name("bare", &producer.id);
        self.value("seq", number(producer.seq));
        let until = number(until_ms(producer, append.received_at));
        self.sets.push("#seqs.#producer = :seq".into());
        self.sets.push("#landed.#producer = #offset + :added".into());
        if room.is_some_and(|room| room.creates_times) {
            self.value("until", AttributeValue::M(Item::from([(key, until)])));
            self.sets.push("#until = :until".into());
            self.conditions.push("attribute_not_exists(#until)".into());
        } else {
            self.value("until", until);
            self.sets.push("#until.#producer = :until".into());
            self.conditions.push("attribute_exists(#until)".into());
        }
        match room {
            None => {
                self.value("producers", number(limits::PRODUCERS));
                let is_later = "#seqs.#producer < :seq";
                let is_unknown =
                    "attribute_not_exists(#seqs.#producer) AND attribute_not_exists(#seqs.#bare)";
                let has_room = format!("({is_unknown} AND size(#seqs) < :producers)");
                self.conditions.push(format!("({is_later} OR {has_room})"));
            }
            Some(room) => self.add_room(room),
        }
    }

    fn add_room(&mut self, room: &Room) {
        self.names.remove("#bare");
        self.value("producers", number(limits::TOPIC_PRODUCERS + room.removes.len()));
        let has_room = "(attribute_not_exists(#seqs.#producer) AND size(#seqs) < :producers)";
        self.conditions.push(format!("(#seqs.#producer < :seq OR {has_room})"));
        for (index, removed) in room.removes.iter().enumerate() {
            self.name(&format!("removed_{index}"), &removed.key);
            self.value(&format!("landed_{index}"), number(removed.landed));
            self.removes.extend([SEQS, LANDED].map(|map| format!("#{map}.#removed_{index}")));
            if !room.creates_times {
                self.removes.push(format!("#{UNTIL}.#removed_{index}"));
            }
            self.conditions.push(format!("#landed.#removed_{index} = :landed_{index}"));
        }
    }

    fn add_meta(&mut self, newer: &TopicMeta, writes: bool) {
        self.name(META, META);
        if writes {
            self.name(META_AT, META_AT);
            self.sets.push("#meta_at = #offset + :added".into());
        }
        for (field, value) in meta::fields(newer) {
            self.name(&format!("meta_{field}"), &field);
            self.value(&format!("meta_{field}"), value);
            let says = format!("#meta.#meta_{field} = :meta_{field}");
            if writes { self.sets.push(says) } else { self.conditions.push(says) }
        }
    }

    fn name(&mut self, placeholder: &str, name: &str) {
        self.names.insert(format!("#{placeholder}"), name.into());
    }

    fn value(&mut self, placeholder: &str, value: AttributeValue) {
        self.values.insert(format!(":{placeholder}"), value);
    }
}

/// The next step of an append after an update whose condition did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The topic does not exist yet. It has to be registered, which adds its name to the catalogue and writes an item
    /// for its state.
    Register,
    /// The topic was marked as deleted. Its state and its name have to be deleted before the topic can begin anew.
    Delete,
    /// The update has to be attempted again in this variant.
    Try(Attempt),
    /// Nothing remains to be done: the topic's stored state shows that the same request of the producer was already
    /// appended.
    Repeated(Appended),
}

/// Decides the next step of an append after its update was refused. `head` is the item with the topic's state at that
/// moment, or `None` if the topic does not exist.
///
/// # Errors
///
/// [`AppendError::StaleSequence`] if the producer has already sent a later request. [`AppendError::TooManyProducers`]
/// if there is no room for the producer. [`AppendError::Unavailable`] if the item cannot be read.
pub fn after_refusal(head: Option<&Item>, append: &Append, attempt: &Attempt) -> Result<Next, AppendError> {
    let Some(head) = head else { return Ok(Next::Register) };
    if head::is_ended(head) {
        return Ok(Next::Delete);
    }
    if let Some(appended) = repeated(head, append)? {
        return Ok(Next::Repeated(appended));
    }
    attempt_after(head, append, attempt).map(Next::Try)
}

fn repeated(head: &Item, append: &Append) -> Result<Option<Appended>, AppendError> {
    let Some(producer) = &append.producer else { return Ok(None) };
    let last = remembered(head, append, producer).map_err(unreadable)?;
    match last.map_or(Seen::Never, |last| last.compare(producer.seq)) {
        Seen::Never => Ok(None),
        Seen::TooLow(last) => {
            Err(AppendError::StaleSequence { producer: producer.id.clone(), seq: producer.seq, last })
        }
        Seen::Last(offset) => {
            let end = head::position(head).map_err(unreadable)?;
            Ok(Some(Appended { position: Position { offset, ..end }, repeated: true }))
        }
    }
}

/// Returns the last request of the append's producer (the publisher, who numbers its requests), or `None` if the
/// topic's state does not contain this producer. A producer that version 0.1.0 stored has its id as key and belongs to
/// no principal, so it is found for every principal.
fn remembered(
    head: &Item,
    append: &Append,
    producer: &Producer,
) -> Result<Option<LastRequest>, AttributeError> {
    match producer::last_request(head, &producer::key(&append.principal, producer))? {
        Some(last) => Ok(Some(last)),
        None => producer::last_request(head, &producer.id),
    }
}

fn attempt_after(head: &Item, append: &Append, attempt: &Attempt) -> Result<Attempt, AppendError> {
    let contains = match &append.meta {
        Some(newer) => meta::contains(read_map(head, META).map_err(unreadable)?, newer),
        None => true,
    };
    let room = match &append.producer {
        Some(producer) => room(head, append, producer)?,
        None => None,
    };
    Ok(Attempt { writes_meta: attempt.writes_meta || !contains, room })
}

/// Returns the changes that make room for `producer` among the producers that are stored with the topic's state.
/// Returns `None` if the update of the first attempt needs no changes.
fn room(head: &Item, append: &Append, producer: &Producer) -> Result<Option<Room>, AppendError> {
    let known = producer::known(head, append).map_err(unreadable)?;
    let (key, count) = (producer::key(&append.principal, producer), known.len());
    let creates_times = !head.contains_key(UNTIL);
    let is_known = known.iter().any(|known| known.key == key);
    let landed: HashMap<String, u64> =
        known.iter().map(|known| (known.key.clone(), known.last.offset)).collect();
    let bare = landed.contains_key(&producer.id).then(|| producer.id.clone());
    if !creates_times && bare.is_none() && (is_known || count < limits::PRODUCERS) {
        return Ok(None);
    }
    let forgotten = if is_known || bare.is_some() {
        Vec::new()
    } else {
        make_room(known, append.received_at).map_err(AppendError::too_many_producers)?
    };
    let removes = bare.into_iter().chain(forgotten).take(REMOVED_AT_ONCE);
    let removes = removes.map(|key| Removed { landed: landed[&key], key }).collect();
    Ok(Some(Room { removes, creates_times }))
}

fn unreadable(error: AttributeError) -> AppendError {
    Unavailable::from(error).into()
}

#[cfg(test)]
mod tests;
