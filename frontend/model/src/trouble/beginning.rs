//! The time at which the page begins to follow trouble: when the topics that the server had before have their data.

use shared::{Filter, Topic};
use tickertape_session::constants::REPLAY_MS;

use crate::watched::Watched;

/// Time after which the panels show data that has arrived, in milliseconds. They are added in a later frame, and a busy page has few frames.
const SHOWN_MS: u64 = 1_000;

/// Finds out if the topics that the server announced have their data in the page. Until then, trouble that appears is older than the page.
#[derive(Clone, Debug, Default)]
pub struct Beginning {
    filters: Vec<Filter>,
    /// Number of topics that have data.
    topics: usize,
    /// Time from which the silence of the others is counted, by the monotonic clock: the answer of the server, or the last change of
    /// `topics`.
    changed_ms: u64,
    is_over: bool,
}

impl Beginning {
    /// Returns true once every topic that the server announced has data and a panel, or no further one has got any for [`REPLAY_MS`],
    /// because a topic may have none. With other subscriptions, the beginning is repeated; after a lost connection, it is not. `known` are the topics that
    /// have data. `now_ms` is the time by the monotonic clock.
    pub fn is_over(&mut self, watched: &Watched, known: &[Topic], now_ms: u64) -> bool {
        let filters = watched.filters();
        if self.filters != filters {
            *self = Self { filters, changed_ms: now_ms, ..Self::default() };
        }
        let topics = known.iter().filter(|topic| watched.matches(topic)).count();
        let announced = watched.announced();
        if announced.is_none() || self.topics != topics {
            (self.topics, self.changed_ms) = (topics, now_ms);
        }
        let silent_ms = now_ms.saturating_sub(self.changed_ms);
        self.is_over |= announced
            .is_some_and(|announced| silent_ms >= if topics >= announced { SHOWN_MS } else { REPLAY_MS });
        self.is_over
    }
}

#[cfg(test)]
mod tests {
    use tickertape_session::{Event, State};

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn watched(filters: &[&str]) -> Watched {
        Watched::new(filters.iter().map(|text| Filter::new(text).unwrap()).collect())
    }

    /// Returns subscriptions to these filters, for each of which the server has announced this number of topics.
    fn answered(filters: &[&str], topics: usize) -> Watched {
        let mut watched = watched(filters);
        for filter in watched.filters() {
            watched.note(&Event::Subscribed { filter, viewers: None, topics, connection_id: String::new() });
        }
        watched
    }

    fn topics(names: &[&str]) -> Vec<Topic> {
        names.iter().map(|name| Topic::new(name).unwrap()).collect()
    }

    #[test]
    fn it_lasts_until_every_announced_topic_has_data() {
        let mut beginning = Beginning::default();
        let one = topics(&["host/cpu"]);
        assert!(!beginning.is_over(&Watched::default(), &[], 0), "there is no subscription");
        assert!(!beginning.is_over(&watched(&["*"]), &[], 60_000), "the server has not answered");
        assert!(!beginning.is_over(&answered(&["*"], 2), &[], 61_000));
        assert!(!beginning.is_over(&answered(&["*"], 2), &one, 62_000));
        let both = topics(&["host/cpu", "shop/log"]);
        assert!(
            !beginning.is_over(&answered(&["*"], 2), &both, 63_000),
            "the last one may have no panel yet"
        );
        assert!(!beginning.is_over(&answered(&["*"], 2), &both, 63_000 + SHOWN_MS - 1));
        assert!(beginning.is_over(&answered(&["*"], 2), &both, 63_000 + SHOWN_MS));
        assert!(beginning.is_over(&answered(&["*"], 2), &one, 65_000), "one of them was removed");
        let mut empty = Beginning::default();
        assert!(!empty.is_over(&answered(&["*"], 0), &[], 0));
        assert!(empty.is_over(&answered(&["*"], 0), &[], SHOWN_MS), "there are no topics");
    }

    #[test]
    fn a_topic_that_never_has_data_ends_it_only_after_the_replay_of_the_others() {
        let mut beginning = Beginning::default();
        let all = topics(&["a", "b", "c", "d", "e"]);
        let watched = answered(&["*"], 9);
        for (count, now_ms) in (0..=5).zip((60_000..).step_by(4_000)) {
            assert!(!beginning.is_over(&watched, &all[..count], now_ms), "{now_ms}");
        }
        assert!(!beginning.is_over(&watched, &all, 80_000 + REPLAY_MS - 1));
        assert!(beginning.is_over(&watched, &all, 80_000 + REPLAY_MS));
    }

    #[test]
    fn other_subscriptions_repeat_it_and_a_lost_connection_does_not() {
        let mut beginning = Beginning::default();
        let host = topics(&["host/cpu"]);
        let mut narrow = answered(&["host/*"], 1);
        assert!(!beginning.is_over(&narrow, &host, 0));
        assert!(beginning.is_over(&narrow, &host, 1_000));
        narrow.note(&Event::StateChanged { from: State::Waiting, to: State::Connecting });
        assert!(beginning.is_over(&narrow, &host, 2_000));
        assert!(!beginning.is_over(&watched(&["*"]), &host, 3_000));
        assert!(!beginning.is_over(&answered(&["*"], 2), &host, 4_000));
        assert!(
            !beginning.is_over(&answered(&["shop/*"], 1), &host, 5_000),
            "what was shown before does not count"
        );
        let both = topics(&["host/cpu", "shop/log"]);
        assert!(!beginning.is_over(&answered(&["shop/*"], 1), &both, 6_000));
        assert!(beginning.is_over(&answered(&["shop/*"], 1), &both, 7_000));
    }
}
