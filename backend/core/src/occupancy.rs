//! How many watch each filter, and who has to be told. Coalesced: the shell asks once a second.

use std::collections::{BTreeSet, HashMap};

use shared::Filter;

/// What the watchers of each filter were last told, and which filters may have changed since.
#[derive(Debug, Default)]
pub struct Occupancy {
    told: HashMap<Filter, u64>,
    changed: BTreeSet<Filter>,
}

/// Filters remembered as changed between two ticks. Beyond it a change is told with the filter's next one.
pub const CHANGED_FILTERS: usize = 10_000;

impl Occupancy {
    /// Somebody has subscribed and was told that `viewers` watch `filter` now.
    pub fn joined(&mut self, filter: &Filter, viewers: u64) {
        if viewers == 1 && self.has_room(filter) {
            self.told.insert(filter.clone(), viewers);
        } else {
            self.left(filter);
        }
    }

    /// Somebody no longer watches `filter`.
    pub fn left(&mut self, filter: &Filter) {
        if self.changed.len() < CHANGED_FILTERS {
            self.changed.insert(filter.clone());
        }
    }

    /// The filters that may have changed since this was last asked.
    pub fn take_changed(&mut self) -> BTreeSet<Filter> {
        std::mem::take(&mut self.changed)
    }

    /// Whether the watchers of `filter` have to be told that they are `viewers` now; remembers that they are.
    pub fn tell(&mut self, filter: &Filter, viewers: u64) -> bool {
        if viewers == 0 {
            self.told.remove(filter);
            return false;
        }
        self.told.insert(filter.clone(), viewers) != Some(viewers)
    }

    fn has_room(&self, filter: &Filter) -> bool {
        self.told.len() < CHANGED_FILTERS || self.told.contains_key(filter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter() -> Filter {
        Filter::new("host/*").unwrap()
    }

    #[test]
    fn who_is_alone_is_not_told_so_twice() {
        let mut occupancy = Occupancy::default();
        occupancy.joined(&filter(), 1);
        assert!(occupancy.take_changed().is_empty());
        assert!(!occupancy.tell(&filter(), 1));
    }

    #[test]
    fn many_changes_in_one_tick_are_told_once() {
        let mut occupancy = Occupancy::default();
        for viewers in 1..=100 {
            occupancy.joined(&filter(), viewers);
        }
        occupancy.left(&filter());
        assert_eq!(occupancy.take_changed(), BTreeSet::from([filter()]));
        assert!(occupancy.tell(&filter(), 99));
        assert!(occupancy.take_changed().is_empty());
    }

    #[test]
    fn coming_and_going_between_two_ticks_is_no_news() {
        let mut occupancy = Occupancy::default();
        assert!(occupancy.tell(&filter(), 2));
        occupancy.joined(&filter(), 3);
        occupancy.left(&filter());
        assert!(!occupancy.tell(&filter(), 2));
    }

    #[test]
    fn an_empty_room_is_forgotten_and_nobody_told() {
        let mut occupancy = Occupancy::default();
        occupancy.joined(&filter(), 1);
        occupancy.left(&filter());
        assert!(!occupancy.tell(&filter(), 0));
        assert!(occupancy.told.is_empty());
    }

    #[test]
    fn filters_made_up_between_two_ticks_cost_bounded_memory() {
        let mut occupancy = Occupancy::default();
        for number in 0..CHANGED_FILTERS * 2 {
            let made_up = Filter::new(&format!("t{number}")).unwrap();
            occupancy.joined(&made_up, 1);
            occupancy.left(&made_up);
        }
        assert_eq!((occupancy.told.len(), occupancy.changed.len()), (CHANGED_FILTERS, CHANGED_FILTERS));
    }
}
