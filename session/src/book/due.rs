//! The moments at which missing publications are requested.

use shared::Topic;

/// Scheduled `history` requests, at most one for each topic: the moment at which to send the request, in milliseconds of the
/// monotonic clock, and the topic. They are in a sorted list, the next one at its end. The code of a `BTreeSet` is generated for every type,
/// and is several kilobytes of a page in the browser.
#[derive(Debug, Default)]
pub(super) struct Due(Vec<(u64, Topic)>);

impl Due {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn insert(&mut self, at_ms: u64, topic: Topic) {
        if let Err(index) = self.place(at_ms, &topic) {
            self.0.insert(index, (at_ms, topic));
        }
    }

    pub(super) fn remove(&mut self, at_ms: u64, topic: &Topic) {
        if let Ok(index) = self.place(at_ms, topic) {
            self.0.remove(index);
        }
    }

    /// Returns the moment of the next request.
    pub(super) fn next_ms(&self) -> Option<u64> {
        self.0.last().map(|(at_ms, _)| *at_ms)
    }

    /// Removes the next request, and returns its topic.
    pub(super) fn take_next(&mut self) -> Option<Topic> {
        self.0.pop().map(|(_, topic)| topic)
    }

    /// Returns the index of a request, or the index at which it would be.
    fn place(&self, at_ms: u64, topic: &Topic) -> Result<usize, usize> {
        self.0.binary_search_by(|(known_ms, known)| (at_ms, topic).cmp(&(*known_ms, known)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn topic(name: &str) -> Topic {
        Topic::new(name).expect("a valid name")
    }

    #[test]
    fn requests_are_taken_in_the_order_of_their_moments() {
        let mut due = Due::default();
        for (at_ms, name) in [(5, "b"), (9, "c"), (5, "a"), (1, "d"), (5, "b"), (7, "e")] {
            due.insert(at_ms, topic(name));
        }
        due.remove(7, &topic("e"));
        due.remove(8, &topic("c"));
        assert_eq!(due.next_ms(), Some(1));
        let taken: Vec<String> =
            std::iter::from_fn(|| due.take_next()).map(|topic| topic.to_string()).collect();
        assert_eq!(taken, ["d", "a", "b", "c"]);
        assert!(due.is_empty() && due.next_ms().is_none());
    }
}
