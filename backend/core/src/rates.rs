//! Limits the rates of requests, publications, published bytes and read bytes, for each client and for all clients together.

use std::collections::{HashMap, VecDeque};

use shared::publication::Item;
use shared::{Millis, TopicMeta, limits};

use crate::bucket::Bucket;
use crate::payer::Payer;
use crate::shared_rate::{Part, SharedRate};

/// Rate limits as averages per second. A burst may be twice as large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Maximum number of requests of any kind that one client may send per second.
    pub requests_per_second: u32,
    /// Maximum number of publications that one client may send per second.
    pub publications_per_second: u32,
    /// Maximum size of the data that one client may publish per second, in kilobytes of 1,024 bytes.
    pub published_kb_per_second: u32,
    /// Maximum size of the answers that one client may read per second, in kilobytes of 1,024 bytes.
    pub read_kb_per_second: u32,
    /// Maximum number of requests that all clients together may send per second.
    pub requests_of_all_per_second: u32,
    /// Maximum number of publications that all clients together may send per second.
    pub publications_of_all_per_second: u32,
    /// Maximum size of the data that all clients together may publish per second, in kilobytes of 1,024 bytes.
    pub published_kb_of_all_per_second: u32,
    /// True if the programs of this machine may together use as much as all clients together. They count as one client,
    /// at the loopback address. It must be false, the default, if one of these programs may pass on requests of others,
    /// as a reverse proxy does.
    pub this_machine_has_all: bool,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            requests_per_second: limits::REQUESTS_PER_SECOND,
            publications_per_second: limits::PUBLISHES_PER_SECOND,
            published_kb_per_second: limits::PUBLISHED_KB_PER_SECOND,
            read_kb_per_second: limits::READ_KB_PER_SECOND,
            requests_of_all_per_second: limits::REQUESTS_OF_ALL_PER_SECOND,
            publications_of_all_per_second: limits::PUBLISHES_OF_ALL_PER_SECOND,
            published_kb_of_all_per_second: limits::PUBLISHED_KB_OF_ALL_PER_SECOND,
            this_machine_has_all: false,
        }
    }
}

impl RateLimits {
    /// Returns the limits of one client.
    fn of_client(&self, payer: &Payer) -> Self {
        if !(self.this_machine_has_all && payer.is_this_machine()) {
            return *self;
        }
        Self {
            requests_per_second: self.requests_of_all_per_second,
            publications_per_second: self.publications_of_all_per_second,
            published_kb_per_second: self.published_kb_of_all_per_second,
            read_kb_per_second: u32::MAX,
            ..*self
        }
    }
}

/// The token buckets of all clients together, and those of each client that has sent requests lately. At most [`PAYERS`]
/// clients with a known principal and as many without one are remembered.
#[derive(Debug)]
pub struct Rates {
    limits: RateLimits,
    requests_of_all: SharedRate,
    /// Requests of clients without a valid token are counted apart, so that they do not use up the requests of the others.
    requests_of_strangers: SharedRate,
    publications_of_all: SharedRate,
    published_bytes_of_all: SharedRate,
    known: Clients,
    strangers: Clients,
}

/// Maximum number of clients that are remembered. To make room for another one, a client whose last request was long ago is
/// forgotten.
pub const PAYERS: usize = 10_000;

impl Rates {
    /// Creates the token buckets for these limits. There are no clients yet.
    pub fn new(limits: RateLimits) -> Self {
        Self {
            limits,
            requests_of_all: SharedRate::new(limits.requests_of_all_per_second),
            requests_of_strangers: SharedRate::new(limits.requests_of_all_per_second),
            publications_of_all: SharedRate::new(limits.publications_of_all_per_second),
            published_bytes_of_all: SharedRate::new(bytes(limits.published_kb_of_all_per_second)),
            known: Clients::default(),
            strangers: Clients::default(),
        }
    }

    /// Counts one request of the client `payer`.
    ///
    /// # Errors
    ///
    /// The number of milliseconds to wait before the next try, if a rate limit is exceeded. The request is not counted
    /// then.
    pub fn take_request(&mut self, payer: &Payer, now: Millis) -> Result<(), u64> {
        let (clients, of_all) = if payer.is_known() {
            (&mut self.known, &mut self.requests_of_all)
        } else {
            (&mut self.strangers, &mut self.requests_of_strangers)
        };
        let buckets = clients.buckets(payer, &self.limits, now);
        take(&mut buckets.requests, &mut buckets.part_of_requests, of_all, 1, now)
    }

    /// Counts publications of the client `payer`.
    ///
    /// # Errors
    ///
    /// The number of milliseconds to wait before the next try, if a rate limit is exceeded. The publications are not
    /// counted then.
    pub fn take_publications(&mut self, payer: &Payer, published: Published, now: Millis) -> Result<(), u64> {
        let clients = if payer.is_known() { &mut self.known } else { &mut self.strangers };
        let buckets = clients.buckets(payer, &self.limits, now);
        let (before, of_all_before) = (*buckets, self.publications_of_all);
        let (own, part) = (&mut buckets.publications, &mut buckets.part_of_publications);
        take(own, part, &mut self.publications_of_all, published.count, now)?;
        let (own, part) = (&mut buckets.published_bytes, &mut buckets.part_of_published_bytes);
        take(own, part, &mut self.published_bytes_of_all, published.bytes, now).inspect_err(|_| {
            *buckets = before;
            self.publications_of_all = of_all_before;
        })
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
        let clients = if payer.is_known() { &mut self.known } else { &mut self.strangers };
        clients.buckets(payer, &self.limits, now)
    }
}

/// The amount of data in a request to publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Number of publications.
    pub count: usize,
    /// Size of their data and metadata, in bytes of JSON.
    pub bytes: usize,
}

impl Published {
    /// Returns the amount of data in a request with these publications and this metadata.
    pub fn new(items: &[Item], meta: Option<&TopicMeta>) -> Self {
        let data: usize = items.iter().map(|item| item.data.text().len()).sum();
        let meta = meta.and_then(|meta| serde_json::to_vec(meta).ok()).map_or(0, |meta| meta.len());
        Self { count: items.len(), bytes: data + meta }
    }
}

/// Takes `count` tokens from the client's `own` bucket and from the rate of all clients, or none.
fn take(
    own: &mut Bucket,
    part: &mut Part,
    of_all: &mut SharedRate,
    count: usize,
    now: Millis,
) -> Result<(), u64> {
    let before = *own;
    own.take(count, now)?;
    of_all.take(part, count, now).inspect_err(|_| *own = before)
}

/// The clients that have sent requests lately, at most [`PAYERS`].
#[derive(Debug, Default)]
struct Clients {
    by_payer: HashMap<Payer, Buckets>,
    /// Every client of `by_payer` once, with the time of its last request when the entry was added.
    by_age: VecDeque<(Millis, Payer)>,
}

#[derive(Debug, Clone, Copy)]
struct Buckets {
    requests: Bucket,
    publications: Bucket,
    published_bytes: Bucket,
    read_kb: Bucket,
    part_of_requests: Part,
    part_of_publications: Part,
    part_of_published_bytes: Part,
    used_at: Millis,
}

impl Clients {
    fn buckets(&mut self, payer: &Payer, limits: &RateLimits, now: Millis) -> &mut Buckets {
        if !self.by_payer.contains_key(payer) {
            self.make_room();
            self.by_age.push_back((now, payer.clone()));
        }
        let new = || Buckets::new(&limits.of_client(payer), now);
        let buckets = self.by_payer.entry(payer.clone()).or_insert_with(new);
        buckets.used_at = now;
        buckets
    }

    /// Forgets clients until there is room for another one. A client that was used after its entry in `by_age` was added gets
    /// a new entry instead, so each request causes at most one step of this loop.
    fn make_room(&mut self) {
        while self.by_payer.len() >= PAYERS {
            let Some((added_at, payer)) = self.by_age.pop_front() else { return self.by_payer.clear() };
            match self.by_payer.get(&payer).map(|buckets| buckets.used_at) {
                Some(used_at) if used_at != added_at => self.by_age.push_back((used_at, payer)),
                Some(_) | None => {
                    self.by_payer.remove(&payer);
                }
            }
        }
    }
}

impl Buckets {
    fn new(limits: &RateLimits, now: Millis) -> Self {
        Self {
            requests: Bucket::new(limits.requests_per_second, now),
            publications: Bucket::new(limits.publications_per_second, now),
            published_bytes: Bucket::new(bytes(limits.published_kb_per_second), now),
            read_kb: Bucket::new(limits.read_kb_per_second, now),
            part_of_requests: Part::new(limits.requests_of_all_per_second, now),
            part_of_publications: Part::new(limits.publications_of_all_per_second, now),
            part_of_published_bytes: Part::new(bytes(limits.published_kb_of_all_per_second), now),
            used_at: now,
        }
    }
}

fn bytes(kilobytes: u32) -> u32 {
    kilobytes.saturating_mul(1024)
}

#[cfg(test)]
mod tests;
