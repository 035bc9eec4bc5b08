//! Sorts short lists. The sorting functions of the standard library are fast for long lists, and their code would make
//! the page larger by kilobytes for every type.

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
