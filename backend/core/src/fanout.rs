//! Decides which connections get which frames (WebSocket messages) when publications are broadcast. The functions do no
//! IO. They are fast if all connections have the same subscriptions.
//!
//! For example, one broadcast contains changes of the topics `a`, `b` and `c`. Their subscribers are the connections 1
//! to 4:
//!
//! ```text
//! a: 1 2 3
//! b: 1 2 3
//! c: 3 4
//! ```
//!
//! 1. [`topic_changes`] joins the changes of each topic and serialises every publication once.
//! 2. [`deliveries`] puts topics with the same subscribers into one class: `{a, b}` for 1 2 3, and `{c}` for 3 4.
//! 3. It groups the connections by the classes they are in: 1 and 2 are in the first only, 3 is in both, 4 in the
//!    second.
//! 4. Each group makes one delivery, whose frames are packed once: 1 2 get `a b`, 3 gets `a b c`, 4 gets `c`.
//!
//! In the most frequent case, all connections are subscribed to the same topics: then there is one class, and step 3 is
//! skipped.

mod shard;

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use shared::server::Forgotten;
use shared::{Epoch, Publication, ServerMessage, Topic, TopicMeta};

use crate::pack::{self, Part};
use crate::ports::{Change, ConnectionId};

pub use shard::{ShardSize, shards};

/// New publications of one topic's log that are broadcast together, serialised as JSON.
#[derive(Debug, Clone)]
pub struct TopicChanges {
    /// Topic to which the publications belong.
    pub topic: Topic,
    part: Part,
    /// The serialised message that tells subscribers that the log has ended; `None` if it has not ended.
    ended: Option<Bytes>,
}

impl TopicChanges {
    /// Serialises conflated publications, which stand for all after the offset `after`. `ended` is true if the log has ended.
    pub(crate) fn conflated(
        topic: Topic,
        epoch: &Epoch,
        after: u64,
        items: &[Publication],
        meta: Option<&TopicMeta>,
        ended: bool,
    ) -> Self {
        let part = Part::conflated(&topic, epoch, after, items, meta);
        Self { ended: ended.then(|| forgotten(&topic, epoch)), topic, part }
    }
}

/// Returns the message that tells subscribers that a log has ended.
fn forgotten(topic: &Topic, epoch: &Epoch) -> Bytes {
    ServerMessage::Forgotten(Forgotten { topic: topic.clone(), epoch: epoch.clone() }).to_json().into()
}

/// A list of frames (WebSocket messages), and the connections that get all of these frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Frames in the order in which they are sent.
    pub frames: Vec<Bytes>,
    /// Connections that get the frames, in order of id.
    pub to: Vec<ConnectionId>,
}

/// Joins all changes (results of appends) of the same log into one entry, and serialises every publication once. The
/// entries are in the order in which the logs first occur in `changes`.
pub fn topic_changes(changes: &[Change]) -> Vec<TopicChanges> {
    let mut logs: Vec<Log<'_>> = Vec::new();
    let mut places: HashMap<(&Topic, &Epoch), usize> = HashMap::new();
    for change in changes {
        let place = *places.entry((&change.topic, &change.epoch)).or_insert_with(|| {
            let (topic, epoch) = (&change.topic, &change.epoch);
            logs.push(Log { topic, epoch, items: Vec::new(), meta: None, ended: false });
            logs.len() - 1
        });
        logs[place].items.extend(&change.items);
        logs[place].meta = change.meta.as_ref().or(logs[place].meta);
        logs[place].ended |= change.ended;
    }
    logs.into_iter().map(Log::serialise).collect()
}

struct Log<'a> {
    topic: &'a Topic,
    epoch: &'a Epoch,
    items: Vec<&'a Publication>,
    meta: Option<&'a TopicMeta>,
    ended: bool,
}

impl Log<'_> {
    fn serialise(self) -> TopicChanges {
        let part = Part::new(self.topic, self.epoch, self.items, false, self.meta);
        let ended = self.ended.then(|| forgotten(self.topic, self.epoch));
        TopicChanges { topic: self.topic.clone(), part, ended }
    }
}

/// Decides which connections get which frames (WebSocket messages). `topic_changes` are the new publications of each
/// topic. `audiences` contains the subscribers of each entry of `topic_changes`, in order of id. `limit` is the maximum
/// size of a frame in bytes. Every connection is in at most one of the returned deliveries.
pub fn deliveries(
    topic_changes: &[TopicChanges],
    audiences: Vec<Vec<ConnectionId>>,
    limit: usize,
) -> Vec<Delivery> {
    let classes = classes(audiences);
    let frames = |members: Vec<usize>| {
        let mut frames = pack::frames(members.iter().map(|index| &topic_changes[*index].part), limit);
        frames.extend(members.iter().filter_map(|index| topic_changes[*index].ended.clone()));
        frames
    };
    match classes.as_slice() {
        [] => Vec::new(),
        [_] => classes
            .into_iter()
            .map(|class| Delivery { frames: frames(class.members), to: class.to })
            .collect(),
        _ => by_classes(&classes)
            .into_iter()
            .map(|(chosen, to)| Delivery { frames: frames(members(&classes, &chosen)), to })
            .collect(),
    }
}

/// Topics that have the same subscribers. `members` are their indices in the list of changes, and `to` are the
/// subscribers.
struct Class {
    members: Vec<usize>,
    to: Vec<ConnectionId>,
}

fn classes(audiences: Vec<Vec<ConnectionId>>) -> Vec<Class> {
    let mut classes: Vec<Class> = Vec::new();
    let mut places: HashMap<(usize, Option<ConnectionId>), Vec<usize>> = HashMap::new();
    for (index, to) in audiences.into_iter().enumerate().filter(|(_, to)| !to.is_empty()) {
        // Lists of subscribers are compared in full only if they have the same length and the same first member.
        let alike = places.entry((to.len(), to.first().cloned())).or_default();
        match alike.iter().find(|place| classes[**place].to == to) {
            Some(place) => classes[*place].members.push(index),
            None => {
                alike.push(classes.len());
                classes.push(Class { members: vec![index], to });
            }
        }
    }
    classes
}

fn by_classes(classes: &[Class]) -> BTreeMap<Vec<usize>, Vec<ConnectionId>> {
    let mut chosen: BTreeMap<&ConnectionId, Vec<usize>> = BTreeMap::new();
    for (place, class) in classes.iter().enumerate() {
        for id in &class.to {
            chosen.entry(id).or_default().push(place);
        }
    }
    let mut groups: BTreeMap<Vec<usize>, Vec<ConnectionId>> = BTreeMap::new();
    for (id, places) in chosen {
        groups.entry(places).or_default().push(id.clone());
    }
    groups
}

fn members(classes: &[Class], chosen: &[usize]) -> Vec<usize> {
    let mut members: Vec<usize> = chosen.iter().flat_map(|place| &classes[*place].members).copied().collect();
    members.sort_unstable();
    members
}

#[cfg(test)]
mod tests;
