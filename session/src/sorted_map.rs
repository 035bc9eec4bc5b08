//! A map in a sorted list, for few entries or for entries that are mostly added at the end. It is used in place of `BTreeMap` because
//! the code of that map is generated for every type, and is several kilobytes of a page in the browser.

/// A map whose entries are in a list, in ascending order of their keys.
#[derive(Clone, Debug)]
pub(crate) struct SortedMap<V>(Vec<(u64, V)>);

impl<V> SortedMap<V> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets the value of a key. Its former value is dropped.
    pub(crate) fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        let index = self.place(key).ok()?;
        self.0.get_mut(index).map(|(_, value)| value)
    }

    pub(crate) fn insert(&mut self, key: u64, value: V) {
        match self.place(key) {
            Ok(index) => self.0[index].1 = value,
            Err(index) => self.0.insert(index, (key, value)),
        }
    }

    pub(crate) fn remove(&mut self, key: u64) -> Option<V> {
        let index = self.place(key).ok()?;
        Some(self.0.remove(index).1)
    }

    /// Returns the entry with the lowest key.
    pub(crate) fn first(&self) -> Option<(u64, &V)> {
        self.0.first().map(|(key, value)| (*key, value))
    }

    /// Returns the highest key.
    pub(crate) fn last_key(&self) -> Option<u64> {
        self.0.last().map(|(key, _)| *key)
    }

    /// Removes the entry with the highest key.
    pub(crate) fn pop_last(&mut self) {
        self.0.pop();
    }

    /// Removes all entries with lower keys than `key`.
    pub(crate) fn remove_before(&mut self, key: u64) {
        let index = self.place(key).unwrap_or_else(|index| index);
        self.0.drain(..index);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &V)> {
        self.0.iter().map(|(key, value)| (*key, value))
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    pub(crate) fn into_values(self) -> impl Iterator<Item = V> {
        self.0.into_iter().map(|(_, value)| value)
    }

    /// Returns the index of a key, or the index at which it would be.
    fn place(&self, key: u64) -> Result<usize, usize> {
        self.0.binary_search_by_key(&key, |(known, _)| *known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn map(keys: &[u64]) -> SortedMap<String> {
        let mut map = SortedMap::new();
        keys.iter().for_each(|key| map.insert(*key, key.to_string()));
        map
    }

    #[test]
    fn entries_are_in_the_order_of_their_keys() {
        let mut map = map(&[5, 1, 9, 3, 5]);
        map.insert(9, "nine".to_owned());
        let entries: Vec<_> = map.iter().map(|(key, value)| format!("{key} {value}")).collect();
        assert_eq!(entries, ["1 1", "3 3", "5 5", "9 nine"]);
        assert_eq!((map.len(), map.first().map(|(key, _)| key), map.last_key()), (4, Some(1), Some(9)));
        assert_eq!((map.get_mut(3).cloned(), map.get_mut(4)), (Some("3".to_owned()), None));
    }

    #[test]
    fn entries_are_removed_by_key_and_at_both_ends() {
        let mut map = map(&[1, 2, 3, 4, 5, 6]);
        assert_eq!((map.remove(3), map.remove(3)), (Some("3".to_owned()), None));
        map.pop_last();
        map.remove_before(3);
        map.values_mut().for_each(|value| value.push('!'));
        assert_eq!(map.clone().into_values().collect::<Vec<_>>(), ["4!", "5!"]);
        map.remove_before(100);
        assert!(map.is_empty() && map.last_key().is_none() && map.first().is_none());
    }
}
