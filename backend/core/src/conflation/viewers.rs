//! The viewers that get conflated publications.

use std::collections::{BTreeMap, HashMap};

use shared::{Filter, Millis, Topic};

use super::names::Hz;
use crate::ports::ConnectionId;

/// Number of viewers from which those whose connections have ended are removed.
const LEAST_REMOVED_FROM: usize = 64;

/// The connections that have a conflated subscription, with all their subscriptions.
#[derive(Debug, Default)]
pub(super) struct Viewers {
    rows: HashMap<ConnectionId, Viewer>,
    /// Number of viewers from which those whose connections have ended are removed again.
    removed_from: usize,
}

#[derive(Debug)]
struct Viewer {
    /// Time at which the connection has ended at the latest.
    until: Millis,
    filters: BTreeMap<Filter, Option<Hz>>,
}

impl Viewers {
    pub(super) fn subscribed(
        &mut self,
        id: &ConnectionId,
        filters: impl IntoIterator<Item = (Filter, Option<Hz>)>,
        until: Millis,
        now: Millis,
    ) {
        self.remove_ended(now);
        let viewer = self.rows.entry(id.clone()).or_insert(Viewer { until, filters: BTreeMap::new() });
        viewer.filters.extend(filters);
        if viewer.filters.values().all(Option::is_none) {
            self.rows.remove(id);
        }
    }

    pub(super) fn unsubscribed(&mut self, id: &ConnectionId, filter: &Filter) {
        let Some(viewer) = self.rows.get_mut(id) else { return };
        viewer.filters.remove(filter);
        if viewer.filters.values().all(Option::is_none) {
            self.rows.remove(id);
        }
    }

    pub(super) fn left(&mut self, id: &ConnectionId) {
        self.rows.remove(id);
    }

    pub(super) fn has(&self, id: &ConnectionId) -> bool {
        self.rows.contains_key(id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the rate at which a connection gets the publications of `topic`: the highest of all subscriptions that match it.
    /// Returns `None` if it gets every publication.
    pub(super) fn rate(&self, id: &ConnectionId, topic: &Topic) -> Option<Hz> {
        let filters = &self.rows.get(id)?.filters;
        let matching = filters.iter().filter(|(filter, _)| filter.matches(topic));
        let rates: Option<Vec<Hz>> = matching.map(|(_, hz)| *hz).collect();
        rates?.into_iter().max()
    }

    /// Removes the viewers whose connections have ended without a message about it. This happens each time that their number has
    /// doubled, so that it costs each viewer a constant time on average.
    fn remove_ended(&mut self, now: Millis) {
        if self.rows.len() >= self.removed_from.max(LEAST_REMOVED_FROM) {
            self.rows.retain(|_, viewer| viewer.until > now);
            self.removed_from = self.rows.len() * 2;
        }
    }
}
