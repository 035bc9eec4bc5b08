//! Rate limits of publishing, for each principal.

use std::collections::HashMap;

use shared::{Millis, limits};

use crate::bucket::Bucket;

/// Rate limits of one principal: averages per second, with bursts of twice that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Number of requests to publish.
    pub requests_per_second: u32,
    /// Number of publications in those requests.
    pub publications_per_second: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            requests_per_second: limits::REQUESTS_PER_SECOND,
            publications_per_second: limits::PUBLISHES_PER_SECOND,
        }
    }
}

/// The token buckets of the principals that have published lately, at most [`PRINCIPALS`].
#[derive(Debug)]
pub struct Rates {
    limits: RateLimits,
    principals: HashMap<String, Buckets>,
}

#[derive(Debug, Clone, Copy)]
struct Buckets {
    requests: Bucket,
    publications: Bucket,
    used_at: Millis,
}

/// Largest number of principals remembered. Beyond it, principals with full buckets are forgotten, and if there are none,
/// the one that published longest ago.
pub const PRINCIPALS: usize = 10_000;

impl Rates {
    /// Creates the buckets before anybody has published.
    pub fn new(limits: RateLimits) -> Self {
        Self { limits, principals: HashMap::new() }
    }

    /// Counts one request with this number of publications.
    ///
    /// # Errors
    ///
    /// The milliseconds to wait before the next try. The publications were not counted then.
    pub fn take(&mut self, principal: &str, publications: usize, now: Millis) -> Result<(), u64> {
        let buckets = self.buckets(principal, now);
        buckets.used_at = now;
        buckets.requests.take(1, now)?;
        buckets.publications.take(publications, now)
    }

    fn buckets(&mut self, principal: &str, now: Millis) -> &mut Buckets {
        if !self.principals.contains_key(principal) {
            self.make_room(now);
        }
        let limits = self.limits;
        self.principals.entry(principal.into()).or_insert_with(|| Buckets {
            requests: Bucket::new(limits.requests_per_second, now),
            publications: Bucket::new(limits.publications_per_second, now),
            used_at: now,
        })
    }

    fn make_room(&mut self, now: Millis) {
        if self.principals.len() < PRINCIPALS {
            return;
        }
        self.principals
            .retain(|_, buckets| !buckets.requests.is_full(now) || !buckets.publications.is_full(now));
        if self.principals.len() < PRINCIPALS {
            return;
        }
        let oldest = self.principals.iter().min_by_key(|(_, buckets)| buckets.used_at);
        if let Some(name) = oldest.map(|(name, _)| name.clone()) {
            self.principals.remove(&name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOW: RateLimits = RateLimits { requests_per_second: 2, publications_per_second: 10 };

    #[test]
    fn requests_and_publications_are_limited_apart() {
        let mut rates = Rates::new(SLOW);
        assert_eq!(rates.take("a", 20, 0), Ok(()));
        assert_eq!(rates.take("a", 1, 0), Err(100), "no publications left");
        assert_eq!(rates.take("a", 0, 0), Ok(()));
        assert_eq!(rates.take("a", 0, 0), Ok(()));
        assert_eq!(rates.take("a", 0, 0), Err(500), "no requests left");
    }

    #[test]
    fn one_principal_does_not_use_the_rate_of_another() {
        let mut rates = Rates::new(SLOW);
        assert_eq!(rates.take("a", 20, 0), Ok(()));
        assert_eq!(rates.take("b", 20, 0), Ok(()));
    }

    #[test]
    fn the_table_is_bounded_and_keeps_busy_principals() {
        let mut rates = Rates::new(SLOW);
        for number in 0..PRINCIPALS {
            rates.take(&format!("idle{number}"), 1, 0).unwrap();
        }
        rates.take("busy", 20, 100_000).unwrap();
        assert!(rates.principals.len() <= PRINCIPALS);
        assert_eq!(rates.take("busy", 1, 100_000), Err(100));
    }

    #[test]
    fn if_all_are_busy_the_one_that_published_longest_ago_is_forgotten() {
        let mut rates = Rates::new(SLOW);
        for number in 0..=PRINCIPALS {
            rates.take(&format!("p{number}"), 20, i64::from(number != 0)).unwrap();
        }
        assert_eq!(rates.principals.len(), PRINCIPALS);
        assert!(!rates.principals.contains_key("p0") && rates.principals.contains_key("p1"));
    }
}
