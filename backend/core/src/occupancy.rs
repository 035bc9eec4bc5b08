//! Decides which filters need a new `occupancy` message. Several changes of a filter within a second cause one message.

use std::collections::{BTreeSet, HashMap};

use shared::Filter;

/// The number of subscribers that was last sent for each filter, and the filters that may have changed since.
#[derive(Debug, Default)]
pub struct Occupancy {
    sent: HashMap<Filter, u64>,
    changed: BTreeSet<Filter>,
}

/// Largest number of filters that are remembered as changed between two calls of [`Occupancy::take_changed`]. The
/// number of subscribers of any further filter is sent when that filter changes again.
pub const CHANGED_FILTERS: usize = 10_000;

impl Occupancy {
    /// Records a new subscription. `viewers` is the number of subscribers of `filter` that the `subscribed` message
    /// contained. If it is 1, the only subscriber knows the number already, and no `occupancy` message is due.
    pub fn joined(&mut self, filter: &Filter, viewers: u64) {
        if viewers == 1 && self.has_room(filter) {
            self.sent.insert(filter.clone(), viewers);
        } else {
            self.left(filter);
        }
    }

    /// Records that a subscription to `filter` has ended.
    pub fn left(&mut self, filter: &Filter) {
        if self.changed.len() < CHANGED_FILTERS {
            self.changed.insert(filter.clone());
        }
    }

    /// Returns the filters that may have changed since the last call, and forgets them.
    pub fn take_changed(&mut self) -> BTreeSet<Filter> {
        std::mem::take(&mut self.changed)
    }

    /// Returns true if `viewers` differs from the number that was last sent for `filter`, and remembers it as sent.
    /// Returns false if there are no subscribers.
    pub fn has_changed(&mut self, filter: &Filter, viewers: u64) -> bool {
        if viewers == 0 {
            self.sent.remove(filter);
            return false;
        }
        self.sent.insert(filter.clone(), viewers) != Some(viewers)
    }

    fn has_room(&self, filter: &Filter) -> bool {
        self.sent.len() < CHANGED_FILTERS || self.sent.contains_key(filter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter() -> Filter {
        Filter::new("host/*").unwrap()
    }

    #[test]
    fn the_only_subscriber_is_sent_the_number_once() {
        let mut occupancy = Occupancy::default();
        occupancy.joined(&filter(), 1);
        assert!(occupancy.take_changed().is_empty());
        assert!(!occupancy.has_changed(&filter(), 1));
    }

    #[test]
    fn many_changes_in_one_tick_are_sent_once() {
        let mut occupancy = Occupancy::default();
        for viewers in 1..=100 {
            occupancy.joined(&filter(), viewers);
        }
        occupancy.left(&filter());
        assert_eq!(occupancy.take_changed(), BTreeSet::from([filter()]));
        assert!(occupancy.has_changed(&filter(), 99));
        assert!(occupancy.take_changed().is_empty());
    }

    #[test]
    fn a_subscription_that_begins_and_ends_between_two_ticks_changes_nothing() {
        let mut occupancy = Occupancy::default();
        assert!(occupancy.has_changed(&filter(), 2));
        occupancy.joined(&filter(), 3);
        occupancy.left(&filter());
        assert!(!occupancy.has_changed(&filter(), 2));
    }

    #[test]
    fn a_filter_without_subscribers_is_forgotten() {
        let mut occupancy = Occupancy::default();
        occupancy.joined(&filter(), 1);
        occupancy.left(&filter());
        assert!(!occupancy.has_changed(&filter(), 0));
        assert!(occupancy.sent.is_empty());
    }

    #[test]
    fn many_filters_between_two_ticks_take_bounded_memory() {
        let mut occupancy = Occupancy::default();
        for number in 0..CHANGED_FILTERS * 2 {
            let made_up = Filter::new(&format!("t{number}")).unwrap();
            occupancy.joined(&made_up, 1);
            occupancy.left(&made_up);
        }
        assert_eq!((occupancy.sent.len(), occupancy.changed.len()), (CHANGED_FILTERS, CHANGED_FILTERS));
    }
}
