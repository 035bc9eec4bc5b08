//! The filters to which the session subscribes on every connection.

use shared::client::Rewind;
use shared::{Filter, Topic};

/// A filter to which the session subscribes on every connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) filter: Filter,
    /// Amount of past publications to request when this filter is subscribed for the first time.
    pub(super) rewind: Option<Rewind>,
    /// Maximum number of times a second at which the server sends publications of a topic; `None` if it sends every publication.
    pub(super) max_hz: Option<u32>,
    /// True if the server has confirmed the subscription. A matching topic that appears later is new, so it is
    /// delivered from its first publication.
    pub(super) begun: bool,
}

#[derive(Debug, Default)]
pub(super) struct Subscriptions(Vec<Wanted>);

impl Subscriptions {
    /// Adds a filter. Returns false if it is already present.
    pub(super) fn add(&mut self, filter: Filter, rewind: Option<Rewind>) -> bool {
        if self.get(&filter).is_some() {
            return false;
        }
        self.0.push(Wanted { filter, rewind, max_hz: None, begun: false });
        true
    }

    /// Removes a filter. Returns false if it is not present.
    pub(super) fn remove(&mut self, filter: &Filter) -> bool {
        let before = self.0.len();
        self.0.retain(|wanted| wanted.filter != *filter);
        self.0.len() < before
    }

    pub(super) fn get(&self, filter: &Filter) -> Option<&Wanted> {
        self.0.iter().find(|wanted| wanted.filter == *filter)
    }

    /// Sets the rate of conflated publications of a filter. Returns the filter with its settings if this is a change.
    pub(super) fn conflate(&mut self, filter: &Filter, max_hz: Option<u32>) -> Option<Wanted> {
        let wanted = self.0.iter_mut().find(|wanted| wanted.filter == *filter && wanted.max_hz != max_hz)?;
        wanted.max_hz = max_hz;
        Some(wanted.clone())
    }

    /// Returns the lowest rate of conflated publications of all filters; `None` if every publication is sent.
    pub(super) fn lowest_hz(&self) -> Option<u32> {
        self.0.iter().filter_map(|wanted| wanted.max_hz).min()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Wanted> {
        self.0.iter()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Records that the server has confirmed the subscription to `filter`.
    pub(super) fn begin(&mut self, filter: &Filter) {
        self.0.iter_mut().filter(|wanted| wanted.filter == *filter).for_each(|wanted| wanted.begun = true);
    }

    pub(super) fn matches(&self, topic: &Topic) -> bool {
        self.0.iter().any(|wanted| wanted.filter.matches(topic))
    }

    /// Returns true if the server has confirmed a subscription that matches `topic`.
    pub(super) fn have_begun(&self, topic: &Topic) -> bool {
        self.0.iter().any(|wanted| wanted.begun && wanted.filter.matches(topic))
    }
}
