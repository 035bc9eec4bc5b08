//! Finds publications that are missing in a damaged recording.

use std::collections::BTreeMap;

use shared::recording::{Entry, Recording};
use shared::server::{HistoryReply, Publications};
use shared::{Epoch, Millis, Publication, ServerMessage, Topic};

/// Publications that are in no frame of a recording, although publications before and after them are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hole {
    /// Offset and time stamp of the last publication before the missing ones.
    pub before: (u64, Millis),
    /// Offset and time stamp of the first publication after the missing ones.
    pub after: (u64, Millis),
}

/// The missing publications of all topics of a recording, except those whose loss was recorded.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Holes {
    /// The holes of each log, by the offset of the first publication after the hole.
    logs: BTreeMap<Topic, BTreeMap<Epoch, BTreeMap<u64, Hole>>>,
}

impl Holes {
    /// Reads all frames of a recording. An answer to `history` may fill a hole that earlier frames have left.
    pub(super) fn of(recording: &Recording) -> Self {
        let mut logs: BTreeMap<Topic, BTreeMap<Epoch, Held>> = BTreeMap::new();
        let mut hold = |topic: Topic, epoch: Epoch, ends: (Place, Place)| {
            logs.entry(topic).or_default().entry(epoch).or_default().add(ends);
        };
        for line in &recording.lines {
            match &line.entry {
                Entry::Frame(text) => {
                    for Part { topic, epoch, items, after } in parts(text) {
                        if let Some(ends) = stands_for(&items, after) {
                            hold(topic.clone(), epoch.clone(), ends);
                        }
                        for item in items {
                            let place = (item.offset, item.ts);
                            hold(topic.clone(), epoch.clone(), (place, place));
                        }
                    }
                }
                Entry::Gap { topic, from, to, from_ts, to_ts } if from.epoch == to.epoch => {
                    let first_ts = from_ts.or(*to_ts).unwrap_or(line.at);
                    let last = (to.offset, to_ts.unwrap_or(first_ts));
                    // After the highest number there is, nothing can be lost.
                    if let Some(first) = from.offset.checked_add(1) {
                        hold(topic.clone(), to.epoch.clone(), ((first, first_ts), last));
                    }
                }
                Entry::Gap { .. } | Entry::Opened | Entry::Closed { .. } => {}
            }
        }
        let of_topic = |epochs: BTreeMap<Epoch, Held>| {
            epochs.into_iter().map(|(epoch, held)| (epoch, held.holes())).collect()
        };
        Self { logs: logs.into_iter().map(|(topic, epochs)| (topic, of_topic(epochs))).collect() }
    }

    /// Returns the holes that end at one of these publications. If they are conflated, they stand for those after the offset `after`.
    pub(super) fn before<'a>(
        &'a self,
        topic: &Topic,
        epoch: &Epoch,
        items: &'a [Publication],
        after: Option<u64>,
    ) -> impl Iterator<Item = Hole> + 'a {
        let log = self.logs.get(topic).and_then(|epochs| epochs.get(epoch));
        let left_out = after.map(|after| after.saturating_add(1));
        let left_out = left_out.filter(|first| items.first().is_none_or(|item| item.offset != *first));
        let offsets = left_out.into_iter().chain(items.iter().map(|item| item.offset));
        offsets.filter_map(move |offset| log?.get(&offset).copied())
    }
}

/// Offset and time stamp of a publication.
type Place = (u64, Millis);

/// Ranges of offsets that a recording contains, by their first offset. Each has its first and its last publication.
#[derive(Default)]
struct Held(BTreeMap<u64, (Place, Place)>);

impl Held {
    /// Adds a range. It is merged with the ranges that it touches.
    fn add(&mut self, (mut first, mut last): (Place, Place)) {
        if last.0 < first.0 {
            return;
        }
        let reach = last.0.saturating_add(1);
        // At most the last range that begins before this one ends can begin before it.
        while let Some((_, (known_first, known_last))) = self.0.range(..=reach).next_back() {
            if known_last.0.saturating_add(1) < first.0 {
                break;
            }
            let (known_first, known_last) = (*known_first, *known_last);
            self.0.remove(&known_first.0);
            first = first.min(known_first);
            last = last.max(known_last);
        }
        self.0.insert(first.0, (first, last));
    }

    fn holes(self) -> BTreeMap<u64, Hole> {
        let ranges: Vec<(Place, Place)> = self.0.into_values().collect();
        let between = ranges.windows(2).map(|pair| Hole { before: pair[0].1, after: pair[1].0 });
        between.map(|hole| (hole.after.0, hole)).collect()
    }
}

/// Publications of one log in a frame. If they are conflated, they stand for all after the offset `after`.
struct Part {
    topic: Topic,
    epoch: Epoch,
    items: Vec<Publication>,
    after: Option<u64>,
}

impl Part {
    fn of(part: Publications) -> Self {
        Self { topic: part.topic, epoch: part.epoch, items: part.items, after: part.after }
    }
}

fn parts(frame: &str) -> Vec<Part> {
    match ServerMessage::from_json(frame) {
        Ok(ServerMessage::Publications(part)) => vec![Part::of(part)],
        Ok(ServerMessage::Batch(batch)) => batch.parts.into_iter().map(Part::of).collect(),
        Ok(ServerMessage::History(HistoryReply { topic, epoch, items, .. })) => {
            vec![Part { topic, epoch, items, after: None }]
        }
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// Returns the first and the last publication that conflated ones stand for; `None` if they are not conflated.
fn stands_for(items: &[Publication], after: Option<u64>) -> Option<(Place, Place)> {
    let (first, last) = (items.first()?, items.last()?);
    Some(((after?.saturating_add(1).min(first.offset), first.ts), (last.offset, last.ts)))
}
