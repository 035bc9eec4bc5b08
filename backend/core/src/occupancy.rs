//! Decides when the number of subscribers of a filter is sent to these subscribers, in an `occupancy` message. Several
//! changes of the number within a second cause only one message.

use std::collections::{BTreeSet, HashMap};

use shared::Filter;

/// For each filter, the number of subscribers that was last sent to its subscribers. Also contains the filters whose
/// number may have changed since.
#[derive(Debug, Default)]
pub struct Occupancy {
    sent: HashMap<Filter, u64>,
    changed: BTreeSet<Filter>,
}

/// Maximum number of filters that are recorded as changed between two calls of [`Occupancy::take_changed`]. If more
/// filters change, the numbers of the others are sent when they change again.
pub const CHANGED_FILTERS: usize = 10_000;

impl Occupancy {
    /// Records a new subscription to `filter`. `viewers` is the new number of subscribers, which the new subscriber
    /// gets with the `subscribed` message. If it is 1, there is nobody else to inform, so no `occupancy` message is
    /// due.
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

    /// Returns the filters whose number of subscribers may have changed since the last call of this function.
    pub fn take_changed(&mut self) -> BTreeSet<Filter> {
        std::mem::take(&mut self.changed)
    }

    /// Compares `viewers`, the present number of subscribers of `filter`, with the number that was last sent to them.
    /// If they differ, records `viewers` as sent and returns true. Returns false if they are equal or there are no
    /// subscribers.
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
