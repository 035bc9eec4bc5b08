//! Limits the rates of requests, publications and read bytes, for each client and for all clients together.

use std::collections::HashMap;

use shared::{Millis, limits};

use crate::bucket::Bucket;
use crate::payer::Payer;

/// Rate limits as averages per second. A burst may be twice as large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Maximum number of requests of any kind that one client may send per second.
    pub requests_per_second: u32,
    /// Maximum number of publications that one client may send per second.
    pub publications_per_second: u32,
    /// Maximum size of the answers that one client may read per second, in kilobytes of 1,024 bytes.
    pub read_kb_per_second: u32,
    /// Maximum number of requests that all clients together may send per second.
    pub requests_of_all_per_second: u32,
    /// Maximum number of publications that all clients together may send per second.
    pub publications_of_all_per_second: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            requests_per_second: limits::REQUESTS_PER_SECOND,
            publications_per_second: limits::PUBLISHES_PER_SECOND,
            read_kb_per_second: limits::READ_KB_PER_SECOND,
            requests_of_all_per_second: limits::REQUESTS_OF_ALL_PER_SECOND,
            publications_of_all_per_second: limits::PUBLISHES_OF_ALL_PER_SECOND,
        }
    }
}

/// The token buckets for all clients together, and those for each client that has sent requests recently. Buckets of at
/// most [`PAYERS`] clients are kept.
#[derive(Debug)]
pub struct Rates {
    limits: RateLimits,
    requests_of_all: Bucket,
    publications_of_all: Bucket,
    payers: HashMap<Payer, Buckets>,
}

#[derive(Debug, Clone, Copy)]
struct Buckets {
    requests: Bucket,
    publications: Bucket,
    read_kb: Bucket,
    used_at: Millis,
}

/// Maximum number of clients whose token buckets are kept. To make room for another client, clients with full buckets
/// are removed. If there are none, the client whose last request was longest ago is removed.
pub const PAYERS: usize = 10_000;

impl Rates {
    /// Creates the token buckets for these limits. There are no clients yet.
    pub fn new(limits: RateLimits) -> Self {
        Self {
            limits,
            requests_of_all: Bucket::new(limits.requests_of_all_per_second, 0),
            publications_of_all: Bucket::new(limits.publications_of_all_per_second, 0),
            payers: HashMap::new(),
        }
    }

    /// Counts one request of the client `payer`.
    ///
    /// # Errors
    ///
    /// The number of milliseconds to wait before the next try, if a rate limit is exceeded. The request is not counted
    /// then.
    pub fn take_request(&mut self, payer: &Payer, now: Millis) -> Result<(), u64> {
        let mut own = self.buckets(payer, now).requests;
        own.take(1, now)?;
        // Requests without a valid token do not count here, so that they do not use up the requests of clients with a
        // token.
        if payer.is_known() {
            self.requests_of_all.take(1, now)?;
        }
        self.buckets(payer, now).requests = own;
        Ok(())
    }

    /// Counts `count` publications of the client `payer`.
    ///
    /// # Errors
    ///
    /// The number of milliseconds to wait before the next try, if a rate limit is exceeded. The publications are not
    /// counted then.
    pub fn take_publications(&mut self, payer: &Payer, count: usize, now: Millis) -> Result<(), u64> {
        let mut own = self.buckets(payer, now).publications;
        own.take(count, now)?;
        self.publications_of_all.take(count, now)?;
        self.buckets(payer, now).publications = own;
        Ok(())
    }

    /// Checks that the answers that the client has read so far do not exceed its limit.
    ///
    /// # Errors
    ///
    /// The number of milliseconds to wait before the next try, if the limit is exceeded.
    pub fn check_read(&mut self, payer: &Payer, now: Millis) -> Result<(), u64> {
        self.buckets(payer, now).read_kb.take(0, now)
    }

    /// Counts `bytes` bytes that the client `payer` has read. This may exceed the client's limit; then its later
    /// requests to read have to wait.
    pub fn charge_read(&mut self, payer: &Payer, bytes: usize, now: Millis) {
        self.buckets(payer, now).read_kb.charge(bytes.div_ceil(1024), now);
    }

    fn buckets(&mut self, payer: &Payer, now: Millis) -> &mut Buckets {
        if !self.payers.contains_key(payer) {
            self.make_room(now);
        }
        let limits = self.limits;
        let buckets = self.payers.entry(payer.clone()).or_insert_with(|| Buckets {
            requests: Bucket::new(limits.requests_per_second, now),
            publications: Bucket::new(limits.publications_per_second, now),
            read_kb: Bucket::new(limits.read_kb_per_second, now),
            used_at: now,
        });
        buckets.used_at = now;
        buckets
    }

    fn make_room(&mut self, now: Millis) {
        if self.payers.len() < PAYERS {
            return;
        }
        self.payers.retain(|_, buckets| !buckets.are_full(now));
        if self.payers.len() < PAYERS {
            return;
        }
        let oldest = self.payers.iter().min_by_key(|(_, buckets)| buckets.used_at);
        if let Some(payer) = oldest.map(|(payer, _)| payer.clone()) {
            self.payers.remove(&payer);
        }
    }
}

impl Buckets {
    fn are_full(&self, now: Millis) -> bool {
        [self.requests, self.publications, self.read_kb].iter().all(|bucket| bucket.is_full(now))
    }
}

#[cfg(test)]
mod tests;
