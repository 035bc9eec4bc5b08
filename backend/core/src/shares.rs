//! Chooses the topics whose oldest publications are deleted when the history of all topics together is too large.
//!
//! The principal (publisher) with the most bytes loses publications first, and of its topics the largest. So a
//! principal that publishes too much first loses publications of its largest topic, then those of its other topics. A
//! principal that has less than an equal share loses nothing.
//!
//! For example, 90 bytes may be kept. The publisher `ann` has 70 bytes in the topic `a` and 10 in `b`, and `bob` has 20
//! in `c`, which are 100 bytes in total. `ann` has the most, and `a` is her largest topic, so 10 bytes of `a` are
//! deleted.

use std::collections::HashMap;

/// A topic, the principal that created it, and the size of its history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share<'a, T> {
    /// The topic, in a form that the caller of [`next_to_shrink`] chooses.
    pub topic: T,
    /// Name of the principal that created the topic.
    pub owner: &'a str,
    /// Size of the topic's publications in bytes.
    pub bytes: u64,
}

/// Minimum number of bytes that are deleted from one topic before another topic is chosen. Without it, topics of the
/// same size would be chosen in turn for every single row.
const STEP_BYTES: u64 = 64 * 1024;

/// Chooses the topic whose oldest publications are deleted next. Returns this topic and the number of bytes to delete
/// from it, which is at most `excess_bytes`. Returns `None` if there are no publications.
pub fn next_to_shrink<T: Copy>(shares: &[Share<'_, T>], excess_bytes: u64) -> Option<(T, u64)> {
    let mut owners: HashMap<&str, u64> = HashMap::new();
    for share in shares {
        *owners.entry(share.owner).or_default() += share.bytes;
    }
    let (owner, owned) = owners.iter().max_by_key(|(name, bytes)| (**bytes, **name))?;
    let next_owner = owners.iter().filter(|(name, _)| name != &owner).map(|(_, bytes)| *bytes).max();
    let of_owner = || shares.iter().filter(|share| share.owner == *owner);
    let largest = of_owner().max_by_key(|share| share.bytes).filter(|share| share.bytes > 0)?;
    let mut others = of_owner().map(|share| share.bytes).collect::<Vec<_>>();
    others.sort_unstable();
    let next_topic = others.iter().rev().nth(1).copied().unwrap_or_default();
    let lead = (owned - next_owner.unwrap_or_default()).min(largest.bytes - next_topic);
    Some((largest.topic, excess_bytes.min(lead.max(STEP_BYTES)).min(largest.bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KB: u64 = 1_000;

    fn share(topic: &'static str, owner: &'static str, kb: u64) -> Share<'static, &'static str> {
        Share { topic, owner, bytes: kb * KB }
    }

    #[test]
    fn the_largest_topic_of_the_largest_principal_loses_first() {
        let shares = [share("a", "ann", 700), share("b", "ann", 100), share("c", "bob", 750)];
        assert_eq!(next_to_shrink(&shares, 10 * KB), Some(("a", 10 * KB)));
    }

    #[test]
    fn it_loses_as_much_as_it_has_more_than_the_next_and_not_all_at_once() {
        let shares = [share("a", "ann", 900), share("b", "bob", 500)];
        assert_eq!(next_to_shrink(&shares, 1_000 * KB), Some(("a", 400 * KB)));
        let level = [share("a", "ann", 500), share("b", "bob", 500)];
        assert_eq!(next_to_shrink(&level, 1_000 * KB).unwrap().1, STEP_BYTES);
    }

    #[test]
    fn whoever_has_less_than_an_equal_share_loses_nothing() {
        let mut bytes = [("flood", "eve", 5_000 * KB), ("a", "ann", 200 * KB), ("b", "bob", 300 * KB)];
        let limit = 1_200 * KB;
        loop {
            let shares = bytes.map(|(topic, owner, bytes)| Share { topic, owner, bytes });
            let excess = shares.iter().map(|share| share.bytes).sum::<u64>().saturating_sub(limit);
            if excess == 0 {
                break;
            }
            let (topic, lost) = next_to_shrink(&shares, excess).unwrap();
            bytes.iter_mut().filter(|(name, ..)| *name == topic).for_each(|(.., bytes)| *bytes -= lost);
        }
        assert_eq!(bytes.map(|(.., bytes)| bytes), [700 * KB, 200 * KB, 300 * KB]);
    }

    #[test]
    fn nothing_is_chosen_where_nothing_is_kept() {
        assert_eq!(next_to_shrink::<&str>(&[], 1), None);
        assert_eq!(next_to_shrink(&[share("a", "ann", 0)], 1), None);
    }
}
