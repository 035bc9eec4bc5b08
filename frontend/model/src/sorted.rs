//! Sorts lists. The sorting functions of the standard library are faster for long lists, but their code would make the page larger by
//! kilobytes for every type.

/// Sorts a list by a key, by insertion. It is fast for a list that is short or nearly sorted. Items with equal keys keep
/// their order.
pub fn sort_by<T>(items: &mut [T], key: fn(&T) -> i64) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && key(&items[at - 1]) > key(&items[at]) {
            items.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// Sorts a list of any length. Items that are equal keep their order.
pub fn sort<T: Ord>(items: &mut Vec<T>) {
    let order = order(items.len(), &|one, other| items[one] <= items[other]);
    arrange(items, order);
}

/// Sorts a list of any length by a key. Items with equal keys keep their order.
pub fn sort_by_key<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    let keys: Vec<K> = items.iter().map(key).collect();
    arrange(items, order(keys.len(), &|one, other| keys[one] <= keys[other]));
}

/// Moves the items of a list to the places that `order` gives them.
fn arrange<T>(items: &mut Vec<T>, order: Vec<usize>) {
    let mut taken: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|at| taken.get_mut(at)?.take()));
}

/// Returns the indices of `count` items in the order of the items, by merging. Items that are equal keep their order. `is_in_order` returns
/// true if the item with the first index may be before that with the second one. This function is not generic, so that its code is in the
/// page once.
pub fn order(count: usize, is_in_order: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut run = 1;
    while run < count {
        let mut merged = Vec::with_capacity(count);
        for both in order.chunks(2 * run) {
            let (mut one, mut other) = both.split_at(run.min(both.len()));
            while let (Some((first, rest)), Some((second, more))) = (one.split_first(), other.split_first()) {
                if is_in_order(*first, *second) {
                    merged.push(*first);
                    one = rest;
                } else {
                    merged.push(*second);
                    other = more;
                }
            }
            merged.extend(one);
            merged.extend(other);
        }
        order = merged;
        run *= 2;
    }
    order
}

/// Inserts sorted items into a sorted list. It is fast if all of them belong to the same place.
pub fn merge<T>(items: &mut Vec<T>, added: Vec<T>, key: fn(&T) -> i64) {
    let Some(first) = added.first().map(key) else { return };
    let tail = items.split_off(items.partition_point(|item| key(item) <= first));
    items.extend(added);
    items.extend(tail);
    sort_by(items, key);
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn equal_keys_keep_their_order() {
        let mut items = [(3, 'a'), (1, 'b'), (3, 'c'), (2, 'd'), (1, 'e')];
        sort_by(&mut items, |item| item.0);
        assert_eq!(items.map(|item| item.1), ['b', 'e', 'd', 'a', 'c']);
    }

    #[test]
    fn long_lists_are_sorted_and_equal_items_keep_their_order() {
        for count in [0, 1, 2, 3, 7, 64, 100, 1_000] {
            let mut items: Vec<(u64, u64)> =
                (0..count).map(|number| (number * 7_919 % 101, number)).collect();
            let mut expected = items.clone();
            expected.sort();
            sort(&mut items);
            assert_eq!(items, expected);
        }
        let mut equal = vec![(0, "a"), (0, "b"), (0, "c")].into_iter().map(ByFirst).collect();
        sort(&mut equal);
        assert_eq!(equal.into_iter().map(|ByFirst((_, name))| name).collect::<String>(), "abc");
    }

    /// A pair that is compared by its first number.
    struct ByFirst((i32, &'static str));

    impl PartialEq for ByFirst {
        fn eq(&self, other: &Self) -> bool {
            self.0.0 == other.0.0
        }
    }

    impl Eq for ByFirst {}

    impl PartialOrd for ByFirst {
        fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
            Some(self.cmp(other))
        }
    }

    impl Ord for ByFirst {
        fn cmp(&self, other: &Self) -> std::cmp::Ordering {
            self.0.0.cmp(&other.0.0)
        }
    }

    #[test]
    fn lists_are_merged_wherever_they_overlap() {
        for added in [vec![], vec![0, 1], vec![5, 6], vec![12, 13], vec![0, 5, 11], vec![4, 4]] {
            let mut items: Vec<i64> = vec![2, 4, 8, 10];
            let mut expected = [items.clone(), added.clone()].concat();
            expected.sort_unstable();
            merge(&mut items, added, |item| *item);
            assert_eq!(items, expected);
        }
    }
}
