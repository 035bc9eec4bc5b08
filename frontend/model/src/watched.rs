//! The filters to which the page is subscribed, with what the server has said about each of them.

use shared::{Filter, Topic};
use tickertape_session::{Event, State};

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
    /// Number of topics that the server has announced; `None` until it has confirmed the subscription.
    topics: Option<usize>,
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

    /// Records what an event of the session says about the filters. Returns false if it says nothing about them.
    pub fn note(&mut self, event: &Event) -> bool {
        match event {
            Event::Subscribed { filter, viewers, topics, .. } => {
                for subscription in self.of(filter) {
                    subscription.viewers = *viewers;
                    subscription.awaits_topics = *topics > 0;
                    subscription.topics = Some(*topics);
                }
            }
            Event::Occupancy { filter, viewers } => {
                self.of(filter).for_each(|subscription| subscription.viewers = Some(*viewers));
            }
            Event::SubscribeRefused { filter, .. } => {
                self.0.retain(|subscription| subscription.filter != *filter)
            }
            // The topic was announced, and may never have data.
            Event::TopicGone { topic, .. } => {
                let matching = self.0.iter_mut().filter(|subscription| subscription.filter.matches(topic));
                matching.for_each(|subscription| subscription.awaits_topics = false);
            }
            // What the server has said before may not be true of the new connection.
            Event::StateChanged { to: State::Connecting | State::Handshaking, .. } => {
                *self = Self::new(self.filters());
            }
            _ => return false,
        }
        true
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

    /// Returns the number of topics that the server has announced; `None` until it has answered every subscription. Topics that match
    /// several of the filters are counted several times.
    pub fn announced(&self) -> Option<usize> {
        if self.0.is_empty() {
            return None;
        }
        self.0.iter().map(|subscription| subscription.topics).sum()
    }

    /// Returns true if the page is subscribed to a topic.
    pub fn matches(&self, topic: &Topic) -> bool {
        self.0.iter().any(|subscription| subscription.filter.matches(topic))
    }

    fn of(&mut self, filter: &Filter) -> impl Iterator<Item = &mut Subscription> {
        self.0.iter_mut().filter(move |subscription| subscription.filter == *filter)
    }
}

impl Subscription {
    fn new(filter: Filter) -> Self {
        Self { filter, viewers: None, awaits_topics: true, topics: None }
    }
}

#[cfg(test)]
mod tests {
    use shared::{Epoch, ErrorCode, Position};
    use tickertape_session::Refused;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn filter(text: &str) -> Filter {
        Filter::new(text).unwrap()
    }

    /// The events of the session that say something about the filters.
    impl Watched {
        fn confirm(&mut self, filter: &Filter, viewers: Option<u64>, topics: usize) {
            let connection_id = String::new();
            assert!(self.note(&Event::Subscribed { filter: filter.clone(), viewers, topics, connection_id }));
        }

        fn count(&mut self, filter: &Filter, viewers: u64) {
            assert!(self.note(&Event::Occupancy { filter: filter.clone(), viewers }));
        }

        fn refuse(&mut self, filter: &Filter) {
            let refused = Refused { code: ErrorCode::Forbidden, message: String::new() };
            let (filter, allowed) = (filter.clone(), Vec::new());
            assert!(self.note(&Event::SubscribeRefused { filter, allowed, refused }));
        }

        fn forget(&mut self, name: &str) {
            let (topic, last) = (Topic::new(name).unwrap(), Position::new(Epoch::new("e"), 1));
            assert!(self.note(&Event::TopicGone { topic, last }));
        }

        fn start_anew(&mut self) {
            assert!(self.note(&Event::StateChanged { from: State::Waiting, to: State::Connecting }));
        }
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
    fn the_announced_topics_are_known_once_every_filter_is_answered() {
        let mut watched = two();
        watched.confirm(&filter("a/*"), Some(1), 3);
        assert_eq!(watched.announced(), None, "b/* is not answered");
        watched.confirm(&filter("b/*"), None, 4);
        assert_eq!(watched.announced(), Some(7));
        let matches = |name: &str| watched.matches(&Topic::new(name).unwrap());
        assert!(matches("a/x") && matches("b/x") && !matches("c/x"));
        watched.start_anew();
        assert_eq!(watched.announced(), None);
    }

    #[test]
    fn before_there_is_a_subscription_nothing_is_known() {
        let watched = Watched::default();
        assert!(watched.awaits_topics());
        assert_eq!(watched.announced(), None);
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
        watched.forget("a/x");
        assert!(watched.awaits_topics());
        watched.forget("b/x");
        assert!(!watched.awaits_topics());
    }
}
