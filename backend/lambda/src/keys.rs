//! The keys that tokens are checked with, fetched when a function starts and again when they may have changed.

mod source;
mod web;

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use backend_core::Access;
use backend_core::token::{Expected, Keys, TokenError, Verifier};
use shared::Millis;

pub use source::Source;
pub use web::TIMEOUT as FETCH_TIMEOUT;

/// Fetching keys.
pub trait FetchKeys: Send + Sync {
    /// Fetches them.
    fn fetch(&self) -> impl Future<Output = Result<Keys, KeysError>> + Send;
}

/// There are no keys to be had: a fault of the set-up, or of whoever keeps them. Never quotes a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the keys for tokens, at {from}: {why}")]
pub struct KeysError {
    /// Where they should be.
    pub from: String,
    /// What is wrong.
    pub why: String,
}

/// A verifier that learns new keys.
#[derive(Debug)]
pub struct KeyRing<F> {
    source: F,
    verifier: Verifier,
    fetched_at: Mutex<Millis>,
}

/// How often keys are fetched at most, in milliseconds, however many bad tokens somebody sends.
pub const REFETCH_MS: Millis = 60_000;

impl<F: FetchKeys> KeyRing<F> {
    /// Fetches the first keys.
    ///
    /// # Errors
    ///
    /// [`KeysError`]: without keys there is nothing to serve.
    pub async fn new(source: F, expected: Expected, now: Millis) -> Result<Self, KeysError> {
        let keys = source.fetch().await?;
        Ok(Self { source, verifier: Verifier::of(keys, expected), fetched_at: Mutex::new(now) })
    }

    /// Who may speak, with these keys and all that are learnt later.
    pub fn access(&self) -> Access {
        Access::Tokens(self.verifier.clone())
    }

    /// Makes sure that `token` is not refused because its key is newer than those known here: then they are fetched
    /// anew, at most once a minute. If that fails, those known stay.
    pub async fn learn(&self, token: &str, now: Millis) {
        if self.verifier.verify(token, now) != Err(TokenError::UnknownKey) || !self.may_fetch(now) {
            return;
        }
        match self.source.fetch().await {
            Ok(keys) => self.verifier.replace_keys(keys),
            Err(error) => tracing::error!(%error, "keys could not be fetched anew; those known stay"),
        }
    }

    fn may_fetch(&self, now: Millis) -> bool {
        let mut fetched_at = self.fetched_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = now - *fetched_at >= REFETCH_MS;
        if is_due {
            *fetched_at = now;
        }
        is_due
    }
}

/// Who may speak to this function.
#[derive(Debug)]
pub enum Guard<F> {
    /// Whoever reaches it.
    Open,
    /// Who holds a token.
    Tokens(KeyRing<F>),
}

impl<F: FetchKeys> Guard<F> {
    /// As the service knows it.
    pub fn access(&self) -> Access {
        match self {
            Self::Open => Access::Open,
            Self::Tokens(ring) => ring.access(),
        }
    }

    /// See [`KeyRing::learn`].
    pub async fn learn(&self, token: Option<&str>, now: Millis) {
        if let (Self::Tokens(ring), Some(token)) = (self, token) {
            ring.learn(token, now).await;
        }
    }
}

#[cfg(test)]
mod tests;
