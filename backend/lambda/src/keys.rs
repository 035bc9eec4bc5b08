//! The keys that tokens are checked with. They are fetched when a function starts and again when they may have changed.

mod source;
mod web;

use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use backend_core::Access;
use backend_core::token::{Expected, Keys, TokenError, Verifier};
use shared::Millis;

pub use source::Source;
pub use web::TIMEOUT as FETCH_TIMEOUT;

/// A place that keys can be fetched from.
pub trait FetchKeys: Send + Sync {
    /// Fetches the current keys.
    fn fetch(&self) -> impl Future<Output = Result<Keys, KeysError>> + Send;
}

/// The keys could not be fetched, because of the configuration or the place where they are kept. The message never
/// contains a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the keys for tokens could not be read from {from}: {why}")]
pub struct KeysError {
    /// The place, as the settings name it.
    pub from: String,
    /// Description of the fault.
    pub why: String,
}

/// A token verifier that fetches new keys when it meets a token of an unknown key.
#[derive(Debug)]
pub struct KeyRing<F> {
    source: F,
    verifier: Verifier,
    fetched_at: AtomicI64,
}

/// Minimum time between two fetches of the keys, in milliseconds, however many bad tokens arrive.
pub const REFETCH_MS: Millis = 60_000;

impl<F: FetchKeys> KeyRing<F> {
    /// Fetches the first keys.
    ///
    /// # Errors
    ///
    /// [`KeysError`] if that fails: without keys the function cannot serve anyone.
    pub async fn new(source: F, expected: Expected, now: Millis) -> Result<Self, KeysError> {
        let keys = source.fetch().await?;
        Ok(Self { source, verifier: Verifier::of(keys, expected), fetched_at: AtomicI64::new(now) })
    }

    /// Returns access by token, with these keys and all that are fetched later.
    pub fn access(&self) -> Access {
        Access::Tokens(self.verifier.clone())
    }

    /// Fetches the keys again if `token` was signed with an unknown one, at most once a minute. If that fails, the
    /// known keys stay in use.
    pub async fn fetch_if_unknown(&self, token: &str, now: Millis) {
        if self.verifier.verify(token, now) != Err(TokenError::UnknownKey) || !self.may_fetch(now) {
            return;
        }
        match self.source.fetch().await {
            Ok(keys) => self.verifier.replace_keys(keys),
            Err(error) => {
                tracing::error!(%error, "keys could not be fetched again; the known keys stay in use")
            }
        }
    }

    /// Returns true at most once in [`REFETCH_MS`], for the caller that is to fetch the keys.
    fn may_fetch(&self, now: Millis) -> bool {
        let fetched_at = self.fetched_at.load(Relaxed);
        now - fetched_at >= REFETCH_MS
            && self.fetched_at.compare_exchange(fetched_at, now, Relaxed, Relaxed).is_ok()
    }
}

/// The check of who may use a function.
#[derive(Debug)]
pub enum Guard<F> {
    /// Everyone may.
    Open,
    /// Holders of a valid token may.
    Tokens(KeyRing<F>),
}

impl<F: FetchKeys> Guard<F> {
    /// Returns who may use the service: everyone, or holders of tokens.
    pub fn access(&self) -> Access {
        match self {
            Self::Open => Access::Open,
            Self::Tokens(ring) => ring.access(),
        }
    }

    /// Calls [`KeyRing::fetch_if_unknown`] if there are keys and a token.
    pub async fn fetch_if_unknown(&self, token: Option<&str>, now: Millis) {
        if let (Self::Tokens(ring), Some(token)) = (self, token) {
            ring.fetch_if_unknown(token, now).await;
        }
    }
}

#[cfg(test)]
mod tests;
