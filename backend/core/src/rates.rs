//! Rate limits of requests, publications and answers, for each client and for all clients together.

use std::collections::HashMap;

use shared::{Millis, limits};

use crate::bucket::Bucket;
use crate::payer::Payer;

/// Limits on averages per second. A burst may be twice as large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Number of requests of any kind of one client.
    pub requests_per_second: u32,
    /// Number of publications of one client.
    pub publications_per_second: u32,
    /// Size of the answers to the requests to read of one client, in kilobytes of 1,024 bytes.
    pub read_kb_per_second: u32,
    /// Number of requests of all clients.
    pub requests_of_all_per_second: u32,
    /// Number of publications of all clients.
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

/// The token buckets of all clients together, and those of each client that has sent requests lately. At most [`PAYERS`]
/// clients are remembered.
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

/// Maximum number of clients that are remembered. To make room for another one, clients with full buckets are forgotten. If
/// there are none, the client whose last request was longest ago is forgotten.
pub const PAYERS: usize = 10_000;

impl Rates {
    /// Creates the buckets for these limits. No client is remembered yet.
    pub fn new(limits: RateLimits) -> Self {
        Self {
            limits,
            requests_of_all: Bucket::new(limits.requests_of_all_per_second, 0),
            publications_of_all: Bucket::new(limits.publications_of_all_per_second, 0),
            payers: HashMap::new(),
        }
    }

    /// Counts one request.
    ///
    /// # Errors
    ///
    /// The time to wait before the next try, in milliseconds. The refused request is not counted.
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

    /// Counts `count` publications.
    ///
    /// # Errors
    ///
    /// The time to wait before the next try, in milliseconds. The refused publications are not counted.
    pub fn take_publications(&mut self, payer: &Payer, count: usize, now: Millis) -> Result<(), u64> {
        let mut own = self.buckets(payer, now).publications;
        own.take(count, now)?;
        self.publications_of_all.take(count, now)?;
        self.buckets(payer, now).publications = own;
        Ok(())
    }

    /// Checks that the answers to the client's earlier requests to read do not exceed its limit.
    ///
    /// # Errors
    ///
    /// The time to wait before the next try, in milliseconds.
    pub fn check_read(&mut self, payer: &Payer, now: Millis) -> Result<(), u64> {
        self.buckets(payer, now).read_kb.take(0, now)
    }

    /// Charges an answer of `bytes` bytes to the client. It may be larger than the rest of the client's limit; then later
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
