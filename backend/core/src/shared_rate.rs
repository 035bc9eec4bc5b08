//! A rate limit that all clients share. When it is used up, each client may still use an equal part of it.

use shared::Millis;

use crate::bucket::Bucket;

/// The token bucket of all clients together.
///
/// If this bucket is empty, a client takes tokens from its own [`Part`] instead. The part refills at the rate of all
/// clients, divided by the number of clients that have taken tokens within the last two seconds. So clients that send
/// many requests cannot keep a client from sending a few. All clients together get at most twice the rate.
#[derive(Debug, Clone, Copy)]
pub struct SharedRate {
    per_second: u32,
    bucket: Bucket,
    clients: Counter,
}

/// The part of one client in a [`SharedRate`].
#[derive(Debug, Clone, Copy)]
pub struct Part {
    bucket: Bucket,
    seen_in: Option<Millis>,
}

impl SharedRate {
    /// Creates a full bucket.
    pub fn new(per_second: u32) -> Self {
        Self { per_second, bucket: Bucket::new(per_second, 0), clients: Counter::default() }
    }

    /// Takes `count` tokens from this bucket, or else from `part`. Takes none if neither has that many.
    ///
    /// # Errors
    ///
    /// The number of milliseconds after which this bucket has `count` tokens, if nobody else takes any.
    pub fn take(&mut self, part: &mut Part, count: usize, now: Millis) -> Result<(), u64> {
        let clients = self.clients.count(&mut part.seen_in, now);
        let part_per_second = self.per_second / clients.max(1);
        part.bucket.set_rate(part_per_second, now);
        match self.bucket.take(count, now) {
            Ok(()) => {
                part.bucket.take_up_to(count, now);
                Ok(())
            }
            Err(_) if part_per_second > 0 && part.bucket.take_present(count, now) => Ok(()),
            Err(wait_ms) => Err(wait_ms),
        }
    }
}

impl Part {
    /// Creates the part of a client that nobody has used yet. It is full, as if there were no other clients.
    pub fn new(per_second: u32, now: Millis) -> Self {
        Self { bucket: Bucket::new(per_second, now), seen_in: None }
    }
}

/// Counts the clients of each second.
#[derive(Debug, Clone, Copy, Default)]
struct Counter {
    second: Millis,
    now: u32,
    before: u32,
}

impl Counter {
    /// Counts a client once in each second in which it has requests. `seen_in` is the second in which the client was
    /// last counted; `None` if it never was. Returns the number of clients in the second of `now` or in the one before,
    /// whichever is larger.
    fn count(&mut self, seen_in: &mut Option<Millis>, now: Millis) -> u32 {
        let second = now.div_euclid(1000);
        if second != self.second {
            let is_next = second == self.second + 1;
            *self = Self { second, now: 0, before: if is_next { self.now } else { 0 } };
        }
        if *seen_in != Some(second) {
            *seen_in = Some(second);
            self.now += 1;
        }
        self.now.max(self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_that_take_much_leave_one_that_takes_little_its_part() {
        let mut shared = SharedRate::new(1000);
        let mut greedy = [Part::new(1000, 0); 9];
        let mut modest = Part::new(1000, 0);
        let mut refused = 0;
        for now in 0..10_000 {
            for part in &mut greedy {
                refused += (0..5).filter(|_| shared.take(part, 1, now).is_err()).count();
            }
            if now % 20 == 0 {
                assert_eq!(shared.take(&mut modest, 1, now), Ok(()), "50 a second, in the {now}th ms");
            }
        }
        assert!(refused > 400_000, "the greedy ones are refused: {refused}");
    }

    #[test]
    fn all_together_get_at_most_twice_the_rate() {
        let mut shared = SharedRate::new(100);
        let mut parts = [Part::new(100, 0); 20];
        let mut taken = 0;
        for now in 0..60_000 {
            for part in &mut parts {
                taken += usize::from(shared.take(part, 1, now).is_ok());
            }
        }
        assert!(taken <= 2 * 100 * 60 + 4 * 200, "{taken}");
    }

    #[test]
    fn a_lone_client_has_the_whole_rate() {
        let mut shared = SharedRate::new(10);
        let mut part = Part::new(10, 0);
        let taken = (0..60_000).filter(|now| shared.take(&mut part, 1, *now).is_ok()).count();
        assert!((600..=1240).contains(&taken), "{taken}");
    }
}
