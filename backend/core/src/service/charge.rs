//! The charge for requests: every request of any kind counts, and the size of what is read.

use shared::{ErrorCode, Millis};

use super::Service;
use crate::lock::lock;
use crate::payer::Payer;
use crate::refusal::Refusal;

impl<C, L, M> Service<C, L, M> {
    /// Charges one request.
    ///
    /// # Errors
    ///
    /// 101, with the time to wait.
    pub(super) fn charge_request(&self, payer: &Payer, now: Millis) -> Result<(), Refusal> {
        let taken = lock(&self.rates).take_request(payer, now);
        taken.map_err(|wait_ms| rate_limited("too many requests at once", wait_ms))
    }

    /// Refuses to read while earlier answers are not paid for.
    ///
    /// # Errors
    ///
    /// 101, with the time to wait.
    pub(super) fn check_read(&self, payer: &Payer, now: Millis) -> Result<(), Refusal> {
        let paid = lock(&self.rates).check_read(payer, now);
        paid.map_err(|wait_ms| rate_limited("too much was read at once", wait_ms))
    }

    /// Charges an answer of this size.
    pub(super) fn charge_read(&self, payer: &Payer, bytes: usize, now: Millis) {
        lock(&self.rates).charge_read(payer, bytes, now);
    }
}

fn rate_limited(reason: &str, wait_ms: u64) -> Refusal {
    Refusal::new(ErrorCode::RateLimited, format!("{reason}; try again in {wait_ms} ms")).retry_after(wait_ms)
}
