//! Applies the rate limits to requests: each request counts, whatever its kind is, and so does the size of each answer to a
//! request to read.

use shared::{ErrorCode, Millis};

use super::Service;
use crate::lock::lock;
use crate::payer::Payer;
use crate::refusal::Refusal;

impl<C, L, M> Service<C, L, M> {
    /// Charges one request to `payer`.
    ///
    /// # Errors
    ///
    /// 101, with the time to wait.
    pub(super) fn charge_request(&self, payer: &Payer, now: Millis) -> Result<(), Refusal> {
        let taken = lock(&self.rates).take_request(payer, now);
        taken.map_err(|wait_ms| rate_limited("too many requests at once", wait_ms))
    }

    /// Refuses a request to read if the answers to earlier ones exceed the limit of `payer`.
    ///
    /// # Errors
    ///
    /// 101, with the time to wait.
    pub(super) fn check_read(&self, payer: &Payer, now: Millis) -> Result<(), Refusal> {
        let paid = lock(&self.rates).check_read(payer, now);
        paid.map_err(|wait_ms| rate_limited("too much was read at once", wait_ms))
    }

    /// Charges an answer of `bytes` bytes to `payer`.
    pub(super) fn charge_read(&self, payer: &Payer, bytes: usize, now: Millis) {
        lock(&self.rates).charge_read(payer, bytes, now);
    }
}

fn rate_limited(reason: &str, wait_ms: u64) -> Refusal {
    Refusal::new(ErrorCode::RateLimited, format!("{reason}; try again in {wait_ms} ms")).retry_after(wait_ms)
}
