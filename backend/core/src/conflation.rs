//! Conflates publications for the viewers that ask for it: of each topic, they get only some publications, a few times a second.
//! The functions do no IO.
//!
//! A viewer asks by `max_hz` in `subscribe`. All viewers with the same rate share a [`Tick`], which collects the publications of
//! their topics. When it is due, the publications of each topic are reduced (see [`reduce`]), and the frame says for which offsets it
//! stands. So no session takes those that were left out for missing ones.

mod names;
mod reduce;
mod tick;
mod viewers;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use shared::{Filter, Millis, Topic};

use crate::fanout::TopicChanges;
use crate::ports::{Change, ConnectionId};
pub(crate) use names::Hz;
use tick::Tick;
use viewers::Viewers;

/// The viewers that get conflated publications, and the publications that wait for them.
#[derive(Debug, Default)]
pub(crate) struct Conflation {
    viewers: Viewers,
    ticks: BTreeMap<Hz, Tick>,
}

impl Conflation {
    /// Records the subscriptions of a connection, each with its rate; `None` stands for every publication. `until` is the time at
    /// which the connection has ended at the latest.
    pub(crate) fn subscribed(
        &mut self,
        id: &ConnectionId,
        filters: impl IntoIterator<Item = (Filter, Option<Hz>)>,
        until: Millis,
        now: Millis,
    ) {
        self.viewers.subscribed(id, filters, until, now);
    }

    pub(crate) fn unsubscribed(&mut self, id: &ConnectionId, filter: &Filter) {
        self.viewers.unsubscribed(id, filter);
    }

    pub(crate) fn left(&mut self, id: &ConnectionId) {
        self.viewers.left(id);
    }

    /// Returns true if the connection has a conflated subscription.
    pub(crate) fn has(&self, id: &ConnectionId) -> bool {
        self.viewers.has(id)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.viewers.is_empty()
    }

    /// Removes the viewers that get conflated publications from `audiences`, which are the subscribers of `topic_changes`, and
    /// collects the publications of their topics.
    pub(crate) fn collect(
        &mut self,
        changes: &[Change],
        topic_changes: &[TopicChanges],
        audiences: &mut [Vec<ConnectionId>],
    ) {
        let mut rates: HashMap<&Topic, BTreeSet<Hz>> = HashMap::new();
        for (TopicChanges { topic, .. }, audience) in topic_changes.iter().zip(audiences) {
            let viewers = &self.viewers;
            audience.retain(|id| match viewers.rate(id, topic) {
                Some(hz) => {
                    rates.entry(topic).or_default().insert(hz);
                    false
                }
                None => true,
            });
        }
        for change in changes {
            for hz in rates.get(&change.topic).into_iter().flatten() {
                self.ticks.entry(*hz).or_default().add(change);
            }
        }
    }

    /// Returns the time from `now` until the next tick is due, in milliseconds; `None` if nothing waits.
    pub(crate) fn due_ms(&self, now: Millis) -> Option<u64> {
        let waiting = self.ticks.iter().filter(|(_, tick)| !tick.is_empty());
        waiting.map(|(hz, tick)| tick.due_ms(*hz, now)).min()
    }

    /// Takes the publications of all ticks that are due.
    pub(crate) fn take_due(&mut self, now: Millis) -> Vec<(Hz, Vec<TopicChanges>)> {
        let due = self.ticks.iter_mut().filter(|(hz, tick)| !tick.is_empty() && tick.due_ms(**hz, now) == 0);
        due.map(|(hz, tick)| (*hz, tick.take(now))).collect()
    }

    /// Keeps in `audience` the viewers that get the publications of `topic` at this rate.
    pub(crate) fn keep_viewers(&self, audience: &mut Vec<ConnectionId>, topic: &Topic, hz: Hz) {
        audience.retain(|id| self.viewers.rate(id, topic) == Some(hz));
    }
}

#[cfg(test)]
mod tests;
