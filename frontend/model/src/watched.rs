//! The filters to which the page is subscribed, with what the server has said about each of them.

use shared::{Filter, Topic};

/// The filters to which the page is subscribed, with what the server has said about each of them. There are several if the reader's
/// token allows several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched(Vec<Subscription>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Subscription {
    filter: Filter,
    /// Number of connections that are subscribed to the filter; `None` if the server has not said it.
    viewers: Option<u64>,
    /// True until the server has confirmed the subscription, and after it has announced topics.
    awaits_topics: bool,
}

impl Watched {
    /// Creates subscriptions to these filters, about which the server has said nothing yet.
    pub fn new(filters: Vec<Filter>) -> Self {
        Self(filters.into_iter().map(Subscription::new).collect())
    }

    /// Returns the filters.
    pub fn filters(&self) -> Vec<Filter> {
        self.0.iter().map(|subscription| subscription.filter.clone()).collect()
    }

    /// Forgets what the server has said, because a connection begins.
    pub fn start_anew(&mut self) {
        *self = Self::new(self.filters());
    }

    /// Records that the server has confirmed a subscription, with the number of topics that match the filter.
    pub fn confirm(&mut self, filter: &Filter, viewers: Option<u64>, topics: usize) {
        for subscription in self.of(filter) {
            subscription.viewers = viewers;
            subscription.awaits_topics = topics > 0;
        }
    }

    /// Removes a filter, because the server has refused the subscription.
    pub fn refuse(&mut self, filter: &Filter) {
        self.0.retain(|subscription| subscription.filter != *filter);
    }

    /// Records the number of connections that are subscribed to a filter.
    pub fn count(&mut self, filter: &Filter, viewers: u64) {
        self.of(filter).for_each(|subscription| subscription.viewers = Some(viewers));
    }

    /// Records that a topic was removed, so that an announced topic may never have data.
    pub fn forget(&mut self, topic: &Topic) {
        let matching = self.0.iter_mut().filter(|subscription| subscription.filter.matches(topic));
        matching.for_each(|subscription| subscription.awaits_topics = false);
    }

    /// Returns the largest number of viewers of a filter; `None` while it is not known. The numbers are not added, because one viewer
    /// may be subscribed to several of the filters.
    pub fn viewers(&self) -> Option<u64> {
        self.0.iter().filter_map(|subscription| subscription.viewers).max()
    }

    /// Returns true while a board without panels does not mean that nothing has been published: until the server has answered every
    /// subscription, and after it has announced topics.
    pub fn awaits_topics(&self) -> bool {
        self.0.is_empty() || self.0.iter().any(|subscription| subscription.awaits_topics)
    }

    fn of(&mut self, filter: &Filter) -> impl Iterator<Item = &mut Subscription> {
        self.0.iter_mut().filter(move |subscription| subscription.filter == *filter)
    }
}

impl Subscription {
    fn new(filter: Filter) -> Self {
        Self { filter, viewers: None, awaits_topics: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn filter(text: &str) -> Filter {
        Filter::new(text).unwrap()
    }

    fn topic(name: &str) -> Topic {
        Topic::new(name).unwrap()
    }

    fn two() -> Watched {
        Watched::new(vec![filter("a/*"), filter("b/*")])
    }

    #[test]
    fn the_answer_for_an_empty_filter_does_not_hide_that_of_another_in_either_order() {
        for order in [[("a/*", 12, 40), ("b/*", 1, 0)], [("b/*", 1, 0), ("a/*", 12, 40)]] {
            let mut watched = two();
            for (text, viewers, topics) in order {
                watched.confirm(&filter(text), Some(viewers), topics);
            }
            assert_eq!(watched.viewers(), Some(12));
            assert!(watched.awaits_topics());
        }
    }

    #[test]
    fn nothing_is_awaited_after_every_filter_was_answered_without_topics() {
        let mut watched = two();
        assert!(watched.awaits_topics());
        watched.confirm(&filter("a/*"), Some(1), 0);
        assert!(watched.awaits_topics(), "b/* is not answered");
        watched.confirm(&filter("b/*"), Some(1), 0);
        assert!(!watched.awaits_topics());
    }

    #[test]
    fn before_there_is_a_subscription_nothing_is_known() {
        let watched = Watched::default();
        assert!(watched.awaits_topics());
        assert_eq!(watched.viewers(), None);
    }

    #[test]
    fn the_number_of_viewers_of_one_filter_may_fall_below_that_of_another() {
        let mut watched = two();
        watched.confirm(&filter("a/*"), Some(12), 0);
        watched.confirm(&filter("b/*"), Some(5), 0);
        watched.count(&filter("a/*"), 3);
        assert_eq!(watched.viewers(), Some(5));
        watched.count(&filter("*"), 99);
        assert_eq!(watched.viewers(), Some(5), "the page is not subscribed to all topics");
    }

    #[test]
    fn a_server_that_does_not_count_viewers_is_believed() {
        let mut watched = Watched::new(vec![Filter::All]);
        watched.confirm(&Filter::All, Some(2), 1);
        watched.confirm(&Filter::All, None, 1);
        assert_eq!(watched.viewers(), None);
    }

    #[test]
    fn a_new_connection_is_not_described_by_the_answers_of_the_last_one() {
        let mut watched = two();
        watched.confirm(&filter("a/*"), Some(12), 0);
        watched.confirm(&filter("b/*"), Some(1), 0);
        watched.start_anew();
        assert_eq!(watched, two());
        watched.confirm(&filter("b/*"), Some(1), 0);
        assert_eq!(watched.viewers(), Some(1));
        assert!(watched.awaits_topics());
    }

    #[test]
    fn a_refused_filter_is_not_awaited() {
        let mut watched = two();
        watched.confirm(&filter("a/*"), Some(1), 0);
        watched.refuse(&filter("b/*"));
        assert!(!watched.awaits_topics());
        assert_eq!(watched.filters(), [filter("a/*")]);
    }

    #[test]
    fn a_removed_topic_ends_the_waiting_for_its_filters_only() {
        let mut watched = two();
        watched.confirm(&filter("a/*"), Some(1), 1);
        watched.confirm(&filter("b/*"), Some(1), 40);
        watched.forget(&topic("a/x"));
        assert!(watched.awaits_topics());
        watched.forget(&topic("b/x"));
        assert!(!watched.awaits_topics());
    }
}
