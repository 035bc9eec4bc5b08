//! Remembers the last request of each idempotent producer of a topic, so that a repeated request is recognised.
//!
//! A producer belongs to its principal: two principals that use the same id have separate sequences, so that no principal
//! can send numbers in the name of another. A producer is remembered for [`limits::PRODUCER_MS`] after its last request, or
//! for [`limits::DONE_MS`] if it said that it is done, and longer while there is room. If there is no room for a new
//! producer, it is asked to try again later, and no other producer is forgotten early.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use shared::client::Producer;
use shared::{Millis, limits};

/// The last request of a producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRequest {
    /// Number (`seq`) of the request.
    pub seq: u64,
    /// Offset of the last item of the request.
    pub offset: u64,
    /// Time from which the producer may be forgotten.
    pub until_ms: Millis,
}

/// Result of a comparison of a `seq` with the last `seq` of the same producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The `seq` is higher than the last one, or there is no last one.
    Never,
    /// The `seq` is equal to the last one. The last item of that request has this offset.
    Last(u64),
    /// The `seq` is lower than the last one, which is this number.
    TooLow(u64),
}

impl LastRequest {
    /// Creates the entry for a request that was appended at `now`, and whose last item has this offset.
    pub fn new(producer: &Producer, offset: u64, now: Millis) -> Self {
        Self { seq: producer.seq, offset, until_ms: until_ms(producer, now) }
    }

    /// Compares `seq` with the number of the last request.
    pub fn compare(&self, seq: u64) -> Seen {
        match seq.cmp(&self.seq) {
            Ordering::Greater => Seen::Never,
            Ordering::Equal => Seen::Last(self.offset),
            Ordering::Less => Seen::TooLow(self.seq),
        }
    }

    /// Returns the time from `now` until the producer may be forgotten, in milliseconds; 0 if it may be forgotten now.
    fn held_for_ms(&self, now: Millis) -> u64 {
        // The difference is larger than the limit only if the clock was set back.
        self.until_ms.saturating_sub(now).max(0).unsigned_abs().min(limits::PRODUCER_MS)
    }
}

/// Returns the time from which a producer that publishes at `now` may be forgotten.
pub fn until_ms(producer: &Producer, now: Millis) -> Millis {
    now.saturating_add_unsigned(if producer.done { limits::DONE_MS } else { limits::PRODUCER_MS })
}

/// A producer that a topic remembers, for [`make_room`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known<K> {
    /// Key with which the caller can forget the producer.
    pub key: K,
    /// True if the producer belongs to the same principal as the new producer.
    pub is_own: bool,
    /// Last request of the producer.
    pub last: LastRequest,
}

/// Returns the keys of the producers that have to be forgotten so that there is room for a producer that a topic does not
/// know yet. There are none if there is room already.
///
/// # Errors
///
/// The time in milliseconds after which the new producer should try again, if no producer may be forgotten yet.
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

/// The producers of one topic, in memory.
#[derive(Debug, Clone, Default)]
pub struct Producers {
    /// The last request of each producer, by principal and id.
    known: BTreeMap<(String, String), LastRequest>,
}

impl Producers {
    /// Returns the ids of all producers. An id that several principals use is returned once.
    pub fn ids(&self) -> Vec<String> {
        let ids: BTreeSet<&String> = self.known.keys().map(|(_, id)| id).collect();
        ids.into_iter().cloned().collect()
    }

    /// Compares the `seq` of a request with that of the producer's last request.
    pub fn look_up(&self, principal: &str, producer: &Producer) -> Seen {
        let last = self.known.get(&(principal.to_owned(), producer.id.clone()));
        last.map_or(Seen::Never, |last| last.compare(producer.seq))
    }

    /// Forgets other producers if the producer of a request is new and there is no room for it.
    ///
    /// # Errors
    ///
    /// The time in milliseconds after which a new producer should try again, if no producer may be forgotten yet.
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

    /// Remembers a request that was appended.
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

        /// Every repeat within ten minutes is recognised, even if there are more producers than a topic remembers.
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
