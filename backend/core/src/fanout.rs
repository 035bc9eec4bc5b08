//! From what changed to who gets which frames. Pure, and quick when everybody watches the same.

mod shard;

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use shared::{Epoch, Publication, Topic, TopicMeta};

use crate::pack::{self, Part};
use crate::ports::{Change, ConnectionId};

pub use shard::{ShardSize, shards};

/// What changed in one log during one tick.
#[derive(Debug, Clone)]
pub struct Stretch {
    /// Whose log.
    pub topic: Topic,
    part: Part,
}

/// The same frames for the same connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// To be sent in this order.
    pub frames: Vec<Bytes>,
    /// In order of id.
    pub to: Vec<ConnectionId>,
}

/// Joins the changes of each log, in order of first appearance, and serialises every publication once.
pub fn stretches(changes: &[Change]) -> Vec<Stretch> {
    let mut logs: Vec<Log<'_>> = Vec::new();
    let mut places: HashMap<(&Topic, &Epoch), usize> = HashMap::new();
    for change in changes {
        let place = *places.entry((&change.topic, &change.epoch)).or_insert_with(|| {
            logs.push(Log { topic: &change.topic, epoch: &change.epoch, items: Vec::new(), meta: None });
            logs.len() - 1
        });
        logs[place].items.extend(&change.items);
        logs[place].meta = change.meta.as_ref().or(logs[place].meta);
    }
    logs.into_iter().map(Log::serialise).collect()
}

struct Log<'a> {
    topic: &'a Topic,
    epoch: &'a Epoch,
    items: Vec<&'a Publication>,
    meta: Option<&'a TopicMeta>,
}

impl Log<'_> {
    fn serialise(self) -> Stretch {
        let part = Part::new(self.topic, self.epoch, self.items, false, self.meta);
        Stretch { topic: self.topic.clone(), part }
    }
}

/// Groups the connections by what they get; `audiences` holds the subscribers of each stretch, in order of
/// id. Every connection is in at most one delivery.
pub fn deliveries(stretches: &[Stretch], audiences: Vec<Vec<ConnectionId>>, limit: usize) -> Vec<Delivery> {
    let classes = classes(audiences);
    let frames =
        |members: Vec<usize>| pack::frames(members.iter().map(|index| &stretches[*index].part), limit);
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

/// Stretches with the very same audience.
struct Class {
    members: Vec<usize>,
    to: Vec<ConnectionId>,
}

fn classes(audiences: Vec<Vec<ConnectionId>>) -> Vec<Class> {
    let mut classes: Vec<Class> = Vec::new();
    let mut places: HashMap<(usize, Option<ConnectionId>), Vec<usize>> = HashMap::new();
    for (index, to) in audiences.into_iter().enumerate().filter(|(_, to)| !to.is_empty()) {
        // Only audiences of one size and one first member are compared in full.
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
