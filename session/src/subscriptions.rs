//! What is to be watched, on whatever connection there is.

use shared::client::Rewind;
use shared::{Filter, Topic};

/// One filter to watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) filter: Filter,
    /// How much of the past to ask for when it is first watched.
    pub(super) rewind: Option<Rewind>,
    /// Whether it has been confirmed once. From then on a topic not known before is a new one, and all
    /// of it is wanted.
    pub(super) begun: bool,
}

#[derive(Debug, Default)]
pub(super) struct Subscriptions(Vec<Wanted>);

impl Subscriptions {
    /// False if it was there already.
    pub(super) fn add(&mut self, filter: Filter, rewind: Option<Rewind>) -> bool {
        if self.get(&filter).is_some() {
            return false;
        }
        self.0.push(Wanted { filter, rewind, begun: false });
        true
    }

    /// False if it was not there.
    pub(super) fn remove(&mut self, filter: &Filter) -> bool {
        let before = self.0.len();
        self.0.retain(|wanted| wanted.filter != *filter);
        self.0.len() < before
    }

    pub(super) fn get(&self, filter: &Filter) -> Option<&Wanted> {
        self.0.iter().find(|wanted| wanted.filter == *filter)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Wanted> {
        self.0.iter()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The filter was confirmed.
    pub(super) fn begin(&mut self, filter: &Filter) {
        self.0.iter_mut().filter(|wanted| wanted.filter == *filter).for_each(|wanted| wanted.begun = true);
    }

    pub(super) fn matches(&self, topic: &Topic) -> bool {
        self.0.iter().any(|wanted| wanted.filter.matches(topic))
    }

    /// Whether a confirmed filter matches `topic`.
    pub(super) fn have_begun(&self, topic: &Topic) -> bool {
        self.0.iter().any(|wanted| wanted.begun && wanted.filter.matches(topic))
    }
}
