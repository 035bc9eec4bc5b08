//! The publications that wait until those viewers get them that have asked for the same rate.

use std::collections::HashMap;

use shared::{Millis, Publication, TopicMeta};

use super::names::{Hz, LogId};
use super::reduce::reduce;
use crate::fanout::TopicChanges;
use crate::ports::Change;

/// Number of publications of one log from which they are reduced before the tick is due, so that a flood does not fill the memory.
const MOST_WAITING: usize = 1_000;

/// Publications that wait for the next moment at which the viewers of one rate get publications.
#[derive(Debug, Default)]
pub(super) struct Tick {
    /// Time at which publications were sent last.
    sent_at: Option<Millis>,
    /// The logs in the order in which their first publications arrived.
    logs: Vec<Waiting>,
    places: HashMap<LogId, usize>,
}

/// Publications of one log that wait.
#[derive(Debug)]
struct Waiting {
    log: LogId,
    /// Offset of the last publication before those that wait.
    after: u64,
    items: Vec<Publication>,
    /// Offset of the last publication that waits or was left out.
    last: u64,
    meta: Option<TopicMeta>,
    ended: bool,
}

impl Tick {
    pub(super) fn is_empty(&self) -> bool {
        self.logs.is_empty()
    }

    /// Returns the time from `now` until the next moment at which viewers get publications, in milliseconds. After a silence,
    /// it is 0.
    pub(super) fn due_ms(&self, hz: Hz, now: Millis) -> u64 {
        let every_ms = 1_000 / u64::from(hz.max(1));
        // If the clock was set back, nobody waits for longer than usual.
        let passed_ms = self.sent_at.map(|sent_at| u64::try_from(now - sent_at).unwrap_or(0));
        passed_ms.map_or(0, |passed_ms| every_ms.saturating_sub(passed_ms))
    }

    /// Adds the publications of one append. If they do not follow those that wait, because nobody of this rate has watched
    /// the topic in between, those that wait are replaced. If they were added before, because a broadcast is repeated, nothing changes.
    pub(super) fn add(&mut self, change: &Change) {
        let log = (change.topic.clone(), change.epoch.clone());
        let place = *self.places.entry(log.clone()).or_insert(self.logs.len());
        if place == self.logs.len() {
            self.logs.push(Waiting { log, after: 0, items: Vec::new(), last: 0, meta: None, ended: false });
        }
        self.logs[place].add(change);
    }

    /// Takes all publications that wait, reduced.
    pub(super) fn take(&mut self, now: Millis) -> Vec<TopicChanges> {
        self.sent_at = Some(now);
        self.places.clear();
        std::mem::take(&mut self.logs).into_iter().map(Waiting::into_changes).collect()
    }
}

impl Waiting {
    fn add(&mut self, change: &Change) {
        self.ended |= change.ended;
        self.meta = change.meta.clone().or(self.meta.take());
        let Some(first) = change.items.first() else { return };
        if self.items.is_empty() || first.offset > self.last + 1 {
            self.items.clear();
            self.after = first.offset.saturating_sub(1);
            self.last = self.after;
        }
        let last = self.last;
        self.items.extend(change.items.iter().filter(|item| item.offset > last).cloned());
        self.last = self.items.last().map_or(last, |item| item.offset);
        if self.items.len() >= MOST_WAITING {
            reduce(&mut self.items);
        }
    }

    fn into_changes(mut self) -> TopicChanges {
        reduce(&mut self.items);
        let (topic, epoch) = self.log;
        TopicChanges::conflated(topic, &epoch, self.after, &self.items, self.meta.as_ref(), self.ended)
    }
}
