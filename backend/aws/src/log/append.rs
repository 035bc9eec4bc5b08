//! Builds an append as one `UpdateItem` of the topic's head, and decides about the next attempt if its condition did not hold.
//! The functions here are pure.
//!
//! For example, the first publication to `host/cpu` with the unit `%` takes three requests. The first update fails, because there
//! is no head. The topic is therefore registered, which writes an empty head. The second update then writes the publication and
//! its metadata. A later publication with the same unit takes one request: the update has the condition that the head already
//! contains that metadata, and the condition holds.

use std::cmp::Ordering;
use std::collections::HashMap;

use backend_core::ports::{Append, AppendError, Appended, Unavailable};
use shared::client::Producer;
use shared::{Position, TopicMeta, limits};

use super::names::{COUNT, ITEMS, LANDED, META, META_AT, OFFSET, PK, PREVIOUS_AT, RECEIVED_AT, SEQS};
use super::{head, meta};
use crate::item::{AttributeError, Item, number, read_map, read_number, read_optional_number, text};

/// The variant of the update that an attempt uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempt {
    /// The update writes the append's metadata. If this is false, the update instead has the condition that the head already
    /// contains that metadata, so that metadata that is sent with every publication is broadcast only once.
    pub writes_meta: bool,
    /// The update removes the producer that has not published for the longest time, to make room for the producer of the append.
    pub removes_producer: Option<LeastRecent>,
}

/// A producer to remove. The removal has the condition that the producer has not published in the meantime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeastRecent {
    producer: String,
    landed: u64,
}

/// The parts of an `UpdateItem` request that appends publications.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Update {
    sets: Vec<String>,
    removes: Vec<String>,
    conditions: Vec<String>,
    pub names: HashMap<String, String>,
    pub values: Item,
}

impl Update {
    /// Builds the update that adds the publications of `append`. `items` must be their batch as text; see [`super::batch`].
    pub fn new(append: &Append, items: &str, attempt: &Attempt) -> Self {
        let mut update = Self::default();
        update.add_items(append, items);
        if let Some(producer) = &append.producer {
            update.add_producer(producer, attempt.removes_producer.as_ref());
        }
        if let Some(meta) = &append.meta {
            update.add_meta(meta, attempt.writes_meta);
        }
        update
    }

    /// Returns the update expression.
    pub fn expression(&self) -> String {
        let removes = if self.removes.is_empty() { "" } else { " REMOVE " };
        format!("SET {}{removes}{}", self.sets.join(", "), self.removes.join(", "))
    }

    /// Returns the condition expression.
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
        self.conditions.push("attribute_exists(#pk)".into());
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

    fn add_producer(&mut self, producer: &Producer, removes_producer: Option<&LeastRecent>) {
        self.name(SEQS, SEQS);
        self.name(LANDED, LANDED);
        self.name("producer", &producer.id);
        self.value("seq", number(producer.seq));
        self.sets.push("#seqs.#producer = :seq".into());
        self.sets.push("#landed.#producer = #offset + :added".into());
        match removes_producer {
            None => {
                self.value("producers", number(limits::PRODUCERS));
                let is_later = "#seqs.#producer < :seq";
                let has_room = "(attribute_not_exists(#seqs.#producer) AND size(#seqs) < :producers)";
                self.conditions.push(format!("({is_later} OR {has_room})"));
            }
            Some(least_recent) => {
                self.name("least_recent", &least_recent.producer);
                self.value("landed", number(least_recent.landed));
                self.removes.extend(["#seqs.#least_recent", "#landed.#least_recent"].map(String::from));
                self.conditions.push("attribute_not_exists(#seqs.#producer)".into());
                self.conditions.push("#landed.#least_recent = :landed".into());
            }
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

    fn value(&mut self, placeholder: &str, value: aws_sdk_dynamodb::types::AttributeValue) {
        self.values.insert(format!(":{placeholder}"), value);
    }
}

/// The next step of an append after an update whose condition did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The topic does not exist yet and has to be registered.
    Register,
    /// The update has to be tried again in this variant.
    Try(Attempt),
    /// The append is done: its producer has sent the same publications before.
    Repeated(Appended),
}

/// Decides the next step after an update was refused. `head` is the topic's head at that moment, or `None` if the topic does not
/// exist.
///
/// # Errors
///
/// [`AppendError::StaleSequence`] if the producer has already sent a later append, or [`AppendError::Unavailable`] if the head is
/// damaged.
pub fn after_refusal(head: Option<&Item>, append: &Append, attempt: &Attempt) -> Result<Next, AppendError> {
    let Some(head) = head else { return Ok(Next::Register) };
    if let Some(appended) = repeated(head, append)? {
        return Ok(Next::Repeated(appended));
    }
    attempt_after(head, append, attempt).map(Next::Try).map_err(unreadable)
}

fn repeated(head: &Item, append: &Append) -> Result<Option<Appended>, AppendError> {
    let Some(Producer { id, seq }) = &append.producer else { return Ok(None) };
    let seqs = read_map(head, SEQS).map_err(unreadable)?;
    let Some(last) = read_optional_number::<u64>(seqs, id).map_err(unreadable)? else { return Ok(None) };
    match seq.cmp(&last) {
        Ordering::Greater => Ok(None),
        Ordering::Less => Err(AppendError::StaleSequence { producer: id.clone(), seq: *seq, last }),
        Ordering::Equal => {
            let position = landed(head, id).map_err(unreadable)?;
            Ok(Some(Appended { position, repeated: true }))
        }
    }
}

fn landed(head: &Item, producer: &str) -> Result<Position, AttributeError> {
    let offset = read_number(read_map(head, LANDED)?, producer)?;
    Ok(Position { offset, ..head::position(head)? })
}

fn attempt_after(head: &Item, append: &Append, attempt: &Attempt) -> Result<Attempt, AttributeError> {
    let contains = match &append.meta {
        Some(newer) => meta::contains(read_map(head, META)?, newer),
        None => true,
    };
    let removes_producer = match &append.producer {
        Some(producer) => least_recent(head, producer)?,
        None => None,
    };
    Ok(Attempt { writes_meta: attempt.writes_meta || !contains, removes_producer })
}

/// Returns the producer that has to be removed to make room for `producer`, or `None` if there is room. It is the one whose last
/// append has the lowest offset: offsets only rise, so that this producer has not published for the longest time.
fn least_recent(head: &Item, producer: &Producer) -> Result<Option<LeastRecent>, AttributeError> {
    let landed = read_map(head, LANDED)?;
    if landed.contains_key(&producer.id) || landed.len() < limits::PRODUCERS {
        return Ok(None);
    }
    let known = landed.keys().map(|id| Ok((read_number(landed, id)?, id.clone())));
    let known: Vec<(u64, String)> = known.collect::<Result<_, AttributeError>>()?;
    Ok(known.into_iter().min().map(|(landed, producer)| LeastRecent { producer, landed }))
}

fn unreadable(error: AttributeError) -> AppendError {
    Unavailable::from(error).into()
}

#[cfg(test)]
mod tests;
