//! Rate limits of requests, publications and answers, for each client and for all together.

use std::collections::HashMap;

use shared::{Millis, limits};

use crate::bucket::Bucket;
use crate::payer::Payer;

/// Averages per second, with bursts of twice that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Number of requests of any kind of one client.
    pub requests_per_second: u32,
    /// Number of publications in those requests.
    pub publications_per_second: u32,
    /// Size of the answers to its requests to read, in kilobytes of 1,024 bytes.
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

/// The token buckets of all together, and of the clients that have sent requests lately, at most [`PAYERS`].
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

/// Largest number of clients remembered. Beyond it, clients with full buckets are forgotten, and if there are none, the one
/// whose last request was longest ago.
pub const PAYERS: usize = 10_000;

impl Rates {
    /// Creates the buckets before anybody has sent a request.
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
    /// The milliseconds to wait before the next try. The request was not counted then.
    pub fn take_request(&mut self, payer: &Payer, now: Millis) -> Result<(), u64> {
        let mut own = self.buckets(payer, now).requests;
        own.take(1, now)?;
        // Clients without a token use up nothing that those with one need.
        if payer.is_known() {
            self.requests_of_all.take(1, now)?;
        }
        self.buckets(payer, now).requests = own;
        Ok(())
    }

    /// Counts this number of publications.
    ///
    /// # Errors
    ///
    /// The milliseconds to wait before the next try. The publications were not counted then.
    pub fn take_publications(&mut self, payer: &Payer, count: usize, now: Millis) -> Result<(), u64> {
        let mut own = self.buckets(payer, now).publications;
        own.take(count, now)?;
        self.publications_of_all.take(count, now)?;
        self.buckets(payer, now).publications = own;
        Ok(())
    }

    /// Checks that the answers to the client's earlier requests to read are paid for.
    ///
    /// # Errors
    ///
    /// The milliseconds to wait before the next try.
    pub fn check_read(&mut self, payer: &Payer, now: Millis) -> Result<(), u64> {
        self.buckets(payer, now).read_kb.take(0, now)
    }

    /// Charges an answer of this size. It may be larger than what the client has left, so that later requests wait.
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
