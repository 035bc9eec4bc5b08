//! Chooses the publications that a viewer of conflated publications gets.

use std::collections::{BTreeMap, BTreeSet};

use shared::bucket::{Scalar, is_number};
use shared::{Data, Millis, Publication};

use crate::rollup::fields::fields;

/// Maximum number of series of one topic of which the lowest and the highest value are kept.
const MOST_SERIES: usize = 32;
/// Maximum number of changes of one series from one state to another that are kept.
const MOST_CHANGES: usize = 16;

/// Reduces publications of one log, which are sorted by offset, to those that show the most:
///
/// * the last one, and the newest one, which is another one if late data was sent;
/// * of each series of numbers, those with the lowest and the highest value;
/// * of each series of states, those at which the state changes.
///
/// They are the publications themselves, so that digits and times are those that were sent. Reducing again changes nothing, unless
/// states change all the time. Lines of a
/// log and tables are reduced to the newest.
pub(super) fn reduce(items: &mut Vec<Publication>) {
    if items.len() <= 2 {
        return;
    }
    let mut kept = BTreeSet::from([items.len() - 1]);
    kept.extend((0..items.len()).max_by_key(|index| newness(&items[*index])));
    let mut series: BTreeMap<String, Kept> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        for (path, value) in fields(&item.data) {
            if series.len() < MOST_SERIES || series.contains_key(&path) {
                series.entry(path).or_default().see(index, &value);
            }
        }
    }
    series.values().for_each(|series| kept.extend(series.places()));
    let mut index = 0..;
    items.retain(|_| index.next().is_some_and(|index| kept.contains(&index)));
}

/// Returns the key by which the newest publication is found: its effective time, then its offset.
fn newness(item: &Publication) -> (Millis, u64) {
    (item.ts.min(item.received_at), item.offset)
}

/// Places in the list of publications that show the most of one series.
#[derive(Default)]
struct Kept {
    lowest: Option<(f64, usize)>,
    highest: Option<(f64, usize)>,
    state: Option<Data>,
    changes: Vec<usize>,
}

impl Kept {
    fn see(&mut self, index: usize, value: &Scalar) {
        let data = value.data();
        if is_number(data) {
            if let Ok(number) = data.text().parse::<f64>() {
                self.see_number(index, number);
            }
        } else if self.state.as_ref() != Some(data) {
            self.state = Some(data.clone());
            if self.changes.len() == MOST_CHANGES {
                self.changes.remove(0);
            }
            self.changes.push(index);
        }
    }

    fn see_number(&mut self, index: usize, number: f64) {
        if self.lowest.is_none_or(|(lowest, _)| number < lowest) {
            self.lowest = Some((number, index));
        }
        if self.highest.is_none_or(|(highest, _)| number > highest) {
            self.highest = Some((number, index));
        }
    }

    fn places(&self) -> impl Iterator<Item = usize> + '_ {
        let ends = self.lowest.into_iter().chain(self.highest).map(|(_, index)| index);
        ends.chain(self.changes.iter().copied())
    }
}
