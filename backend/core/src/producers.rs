//! Recognises requests to publish that were sent twice. A publisher that wants this (a producer) sends an id and
//! numbers its requests (`seq`). The number and the result of the last request of each producer are stored for each
//! topic.
//!
//! A producer belongs to the principal that uses it (the authenticated sender). Two principals that use the same id
//! have separate numbers, so that no principal can send in the name of another. A producer is stored for
//! [`limits::PRODUCER_MS`] after its last request, or for [`limits::DONE_MS`] if that request said that it was the last
//! one, and longer while there is room. If there is no room for a new producer, its request is refused and may be sent
//! again later. No other producer is deleted early.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use shared::client::Producer;
use shared::{Millis, limits};

/// The last request of a producer (a publisher that numbers its requests) to a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRequest {
    /// Number (`seq`) of the request.
    pub seq: u64,
    /// Offset of the last publication of the request.
    pub offset: u64,
    /// Time from which this record of the producer's last request may be deleted.
    pub until_ms: Millis,
}

/// Result of comparing the `seq` (number) of a request with the `seq` of the producer's last request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The request is new: its `seq` is higher than the last one, or the producer has sent no request before.
    Never,
    /// The request was sent before: its `seq` is equal to the last one. The value is the offset of the last publication
    /// of that request.
    Last(u64),
    /// The `seq` of the request is lower than the last one. The value is the last `seq`.
    TooLow(u64),
}

impl LastRequest {
    /// Creates the record of a producer's request that was appended at `now`. `offset` is the offset of the last
    /// publication of the request.
    pub fn new(producer: &Producer, offset: u64, now: Millis) -> Self {
        Self { seq: producer.seq, offset, until_ms: until_ms(producer, now) }
    }

    /// Compares the `seq` of a new request with the `seq` of this last request. The result says whether the request is
    /// new, a repeat of the last one, or too old.
    pub fn compare(&self, seq: u64) -> Seen {
        match seq.cmp(&self.seq) {
            Ordering::Greater => Seen::Never,
            Ordering::Equal => Seen::Last(self.offset),
            Ordering::Less => Seen::TooLow(self.seq),
        }
    }

    /// Returns the number of milliseconds from `now` until this record of the producer's last request may be deleted,
    /// or 0 if it may be deleted now.
    fn held_for_ms(&self, now: Millis) -> u64 {
        // The difference is larger than the limit only if the clock was set back.
        self.until_ms.saturating_sub(now).max(0).unsigned_abs().min(limits::PRODUCER_MS)
    }
}

/// Returns the time from which the record of a producer's last request may be deleted, if the request came at `now`.
pub fn until_ms(producer: &Producer, now: Millis) -> Millis {
    now.saturating_add_unsigned(if producer.done { limits::DONE_MS } else { limits::PRODUCER_MS })
}

/// One of the producers that are stored for a topic, as an argument of [`make_room`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known<K> {
    /// Key by which the caller of [`make_room`] can delete this producer.
    pub key: K,
    /// True if this producer belongs to the same principal as the producer for which room is needed.
    pub is_own: bool,
    /// Last request of this producer.
    pub last: LastRequest,
}

/// Chooses the stored producers of a topic that have to be deleted to make room for a new producer. Returns their keys,
/// or an empty list if there is room already.
///
/// # Errors
///
/// The number of milliseconds after which the new producer should try again, if no stored producer may be deleted yet.
pub fn make_room<K>(known: Vec<Known<K>>, now: Millis) -> Result<Vec<K>, u64> {
    let own = known.iter().filter(|producer| producer.is_own).count();
    let (own_is_full, all_are_full) = (own >= limits::PRODUCERS, known.len() >= limits::TOPIC_PRODUCERS);
    if !own_is_full && !all_are_full {
        return Ok(Vec::new());
    }
    let counts = |producer: &Known<K>| !own_is_full || producer.is_own;
    let soonest =
        known.iter().filter(|producer| counts(producer)).map(|producer| producer.last.held_for_ms(now)).min();
    match soonest {
        Some(0) | None => {
            let over = known.into_iter().filter(|producer| producer.last.held_for_ms(now) == 0);
            Ok(over.map(|producer| producer.key).collect())
        }
        Some(held_for_ms) => Err(held_for_ms),
    }
}

/// The last request of each producer of one topic, in memory.
#[derive(Debug, Clone, Default)]
pub struct Producers {
    /// The last request of each producer. The key is the name of its principal and its id.
    known: BTreeMap<(String, String), LastRequest>,
}

impl Producers {
    /// Returns the ids of all producers. An id that several principals use is returned once.
    pub fn ids(&self) -> Vec<String> {
        let ids: BTreeSet<&String> = self.known.keys().map(|(_, id)| id).collect();
        ids.into_iter().cloned().collect()
    }

    /// Compares the `seq` of a request with the `seq` of the last request of the same producer. The result says whether
    /// the request is new, a repeat of the last one, or too old.
    pub fn look_up(&self, principal: &str, producer: &Producer) -> Seen {
        let last = self.known.get(&(principal.to_owned(), producer.id.clone()));
        last.map_or(Seen::Never, |last| last.compare(producer.seq))
    }

    /// If the producer of a request is new and there is no room for it, deletes stored producers that may be deleted.
    ///
    /// # Errors
    ///
    /// The number of milliseconds after which the new producer should try again, if no stored producer may be deleted
    /// yet.
    pub fn make_room(&mut self, principal: &str, producer: &Producer, now: Millis) -> Result<(), u64> {
        if self.known.contains_key(&(principal.to_owned(), producer.id.clone())) {
            return Ok(());
        }
        let known = self.known.iter().map(|(key, last)| Known {
            key: key.clone(),
            is_own: key.0 == principal,
            last: *last,
        });
        for key in make_room(known.collect(), now)? {
            self.known.remove(&key);
        }
        Ok(())
    }

    /// Stores a request that was appended as the last one of its producer. `offset` is the offset of its last
    /// publication.
    pub fn remember(&mut self, principal: &str, producer: &Producer, offset: u64, now: Millis) {
        let key = (principal.to_owned(), producer.id.clone());
        self.known.insert(key, LastRequest::new(producer, offset, now));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    const MINUTE: Millis = 60_000;

    fn producer(id: usize, seq: u64) -> Producer {
        Producer { id: format!("p{id}"), seq, done: false }
    }

    fn full(principal: &str, at: impl Fn(usize) -> Millis) -> Producers {
        let mut producers = Producers::default();
        for id in 0..limits::PRODUCERS {
            producers.make_room(principal, &producer(id, 1), at(id)).unwrap();
            producers.remember(principal, &producer(id, 1), 1, at(id));
        }
        producers
    }

    #[test]
    fn a_newcomer_beyond_the_limit_is_asked_to_come_again_and_nobody_is_forgotten() {
        let mut producers = full("ann", |id| id as Millis);
        let newcomer = producer(9_999, 1);
        assert_eq!(producers.make_room("ann", &newcomer, 5 * MINUTE), Err(5 * MINUTE.unsigned_abs()));
        assert_eq!(producers.look_up("ann", &producer(0, 1)), Seen::Last(1));
        assert_eq!(producers.make_room("ann", &producer(0, 2), 5 * MINUTE), Ok(()), "it is no newcomer");
        assert_eq!(producers.make_room("ann", &newcomer, 10 * MINUTE), Ok(()));
        assert_eq!(producers.look_up("ann", &producer(0, 1)), Seen::Never);
        assert_eq!(producers.look_up("ann", &producer(1, 1)), Seen::Last(1), "it was 1 ms later");
    }

    #[test]
    fn one_principal_does_not_take_the_room_of_another() {
        let mut producers = full("eve", |_| 0);
        assert_eq!(producers.make_room("ann", &producer(0, 1), 0), Ok(()));
        assert!(producers.make_room("eve", &producer(9_999, 1), 0).is_err());
    }

    #[test]
    fn nobody_sends_numbers_in_the_name_of_another_principal() {
        let mut producers = Producers::default();
        producers.remember("eve", &producer(0, u64::MAX), 1, 0);
        assert_eq!(producers.look_up("ann", &producer(0, 1)), Seen::Never);
    }

    #[test]
    fn a_producer_that_is_done_makes_room_after_half_a_minute() {
        let mut producers = full("ann", |_| 0);
        producers.remember("ann", &Producer { done: true, ..producer(7, 2) }, 2, 0);
        let newcomer = producer(9_999, 1);
        assert_eq!(producers.make_room("ann", &newcomer, 1_000), Err(limits::DONE_MS - 1_000));
        assert_eq!(producers.look_up("ann", &producer(7, 2)), Seen::Last(2));
        assert_eq!(producers.make_room("ann", &newcomer, limits::DONE_MS as Millis), Ok(()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// Checks that a request that is sent again within ten minutes is recognised, even if more producers publish
        /// than a topic stores.
        #[test]
        fn every_repeat_within_ten_minutes_is_recognised(
            requests in prop::collection::vec((0..3_usize, 0..400_usize, 0..1_500_i64, any::<bool>()), 2_000..4_000),
        ) {
            let (mut producers, mut now) = (Producers::default(), 0);
            let mut landed: HashMap<(usize, usize), (u64, u64, Millis)> = HashMap::new();
            let mut refused = 0;
            for (offset, (principal, id, passed_ms, repeats)) in (1..).zip(requests) {
                now += passed_ms;
                let name = ["ann", "bob", "eve"][principal];
                let last = landed.get(&(principal, id)).copied();
                if let Some((seq, at, when)) = last.filter(|_| repeats) {
                    let seen = producers.look_up(name, &producer(id, seq));
                    prop_assert!(seen == Seen::Last(at) || now - when >= 10 * MINUTE);
                    continue;
                }
                let next = producer(id, last.map_or(0, |last| last.0) + 1);
                match producers.make_room(name, &next, now) {
                    Ok(()) => {
                        producers.remember(name, &next, offset, now);
                        landed.insert((principal, id), (next.seq, offset, now));
                    }
                    Err(wait_ms) => {
                        prop_assert!((1..=limits::PRODUCER_MS).contains(&wait_ms));
                        refused += 1;
                    }
                }
                prop_assert!(producers.known.len() <= limits::TOPIC_PRODUCERS);
            }
            prop_assert!(refused > 0, "there are more producers than a topic remembers");
        }
    }
}
