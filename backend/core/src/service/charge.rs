//! Applies the rate limits. Each request counts, whatever its kind is. For requests that read publications, the size of
//! the answer counts, too.

use shared::{ErrorCode, Millis};

use super::Service;
use crate::lock::lock;
use crate::payer::Payer;
use crate::rates::Published;
use crate::refusal::Refusal;

/// Number of bytes that each block and publication counts that is read for an answer, which is a small part of what was read.
const WORK_BYTES: usize = 32;

impl<C, L, M> Service<C, L, M> {
    /// Counts one request of the client `payer` against its rate limit.
    ///
    /// # Errors
    ///
    /// A refusal with code 101 and the time to wait, if the limit is exceeded.
    pub(super) fn charge_request(&self, payer: &Payer, now: Millis) -> Result<(), Refusal> {
        let taken = lock(&self.rates).take_request(payer, now);
        taken.map_err(|wait_ms| rate_limited("too many requests were sent at once", wait_ms))
    }

    /// Counts a board of `bytes` bytes that the client `payer` saves against its rate limits, like a publication of this size.
    ///
    /// # Errors
    ///
    /// A refusal with code 101 and the time to wait, if a limit is exceeded.
    pub(super) fn charge_save(&self, payer: &Payer, bytes: usize, now: Millis) -> Result<(), Refusal> {
        let taken = lock(&self.rates).take_publications(payer, Published { count: 1, bytes }, now);
        taken.map_err(|wait_ms| rate_limited("too much data was saved at once", wait_ms))
    }

    /// Refuses a request to read if the answers to earlier requests already exceed the limit of the client `payer`.
    ///
    /// # Errors
    ///
    /// A refusal with code 101 and the time to wait.
    pub(super) fn check_read(&self, payer: &Payer, now: Millis) -> Result<(), Refusal> {
        let paid = lock(&self.rates).check_read(payer, now);
        paid.map_err(|wait_ms| rate_limited("too much data was requested at once", wait_ms))
    }

    /// Counts `bytes` bytes that the client `payer` has read against its limit.
    pub(super) fn charge_read(&self, payer: &Payer, bytes: usize, now: Millis) {
        lock(&self.rates).charge_read(payer, bytes, now);
    }

    /// Counts the number of blocks and publications that were read for an answer to the client `payer` against its limit, in addition to
    /// the answer.
    pub(super) fn charge_work(&self, payer: &Payer, work: usize, now: Millis) {
        self.charge_read(payer, work * WORK_BYTES, now);
    }
}

fn rate_limited(reason: &str, wait_ms: u64) -> Refusal {
    Refusal::new(ErrorCode::RateLimited, format!("{reason}: try again in {wait_ms} ms")).retry_after(wait_ms)
}
