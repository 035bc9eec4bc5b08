//! The keys that tokens are checked with. They are fetched when a function starts or when it needs them first, and again when a
//! token was signed with an unknown key.

mod source;
mod web;

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

use backend_core::Access;
use backend_core::token::{Expected, Keys, TokenError, Verifier};
use shared::Millis;

pub use source::Source;
pub use web::TIMEOUT as FETCH_TIMEOUT;

/// A source from which the keys that tokens are checked with can be fetched.
pub trait FetchKeys: Send + Sync {
    /// Fetches the current keys from the source.
    fn fetch(&self) -> impl Future<Output = Result<Keys, KeysError>> + Send;
}

/// The error for keys that could not be fetched. The message names the source and the cause, and never contains a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the keys for checking tokens could not be read from {from}: {why}")]
pub struct KeysError {
    /// The source of the keys, as it is written in the settings.
    pub from: String,
    /// Description of the cause, for the log.
    pub why: String,
}

/// A token verifier that fetches the keys again when a token was signed with an unknown key.
#[derive(Debug)]
pub struct KeyRing<F> {
    source: F,
    verifier: Verifier,
    /// False until the keys have been fetched for the first time.
    has_keys: AtomicBool,
    fetched_at: AtomicI64,
}

/// Minimum time between two fetches of the keys, in milliseconds. It limits the number of fetches, since every token
/// with an unknown key may cause one.
pub const REFETCH_MS: Millis = 60_000;

impl<F: FetchKeys> KeyRing<F> {
    /// Creates a token verifier and fetches the keys from `source` for the first time.
    ///
    /// # Errors
    ///
    /// [`KeysError`] if the keys cannot be fetched: without keys the function cannot serve anyone.
    pub async fn new(source: F, expected: Expected, now: Millis) -> Result<Self, KeysError> {
        let ring = Self { fetched_at: AtomicI64::new(now), ..Self::without_keys(source, expected) };
        ring.fetch().await?;
        Ok(ring)
    }

    /// Creates a token verifier that fetches the keys from `source` when the first token needs them.
    pub fn without_keys(source: F, expected: Expected) -> Self {
        let verifier = Verifier::of(Keys::none(), expected);
        Self { source, verifier, has_keys: AtomicBool::new(false), fetched_at: AtomicI64::default() }
    }

    /// Returns the access setting that requires a valid token. It contains a verifier whose keys are replaced whenever
    /// they are fetched again.
    pub fn access(&self) -> Access {
        Access::Tokens(self.verifier.clone())
    }

    /// Fetches the keys again if `token` was signed with an unknown key and [`REFETCH_MS`] have passed since the last
    /// attempt. If the fetch fails, the known keys stay in use.
    ///
    /// # Errors
    ///
    /// [`KeysError`] if the keys have never been fetched and cannot be fetched now. The token may then be valid.
    pub async fn fetch_if_unknown(&self, token: &str, now: Millis) -> Result<(), KeysError> {
        if self.verifier.verify(token, now) != Err(TokenError::UnknownKey) {
            return Ok(());
        }
        if !self.has_keys.load(Relaxed) {
            self.fetched_at.store(now, Relaxed);
            return self.fetch().await;
        }
        if self.may_fetch(now)
            && let Err(error) = self.fetch().await
        {
            tracing::error!(%error, "the keys for checking tokens could not be fetched again; the known keys stay in use");
        }
        Ok(())
    }

    async fn fetch(&self) -> Result<(), KeysError> {
        self.verifier.replace_keys(self.source.fetch().await?);
        self.has_keys.store(true, Relaxed);
        Ok(())
    }

    /// Returns true if [`REFETCH_MS`] have passed since the last fetch of the keys. Of several concurrent callers only
    /// one gets true, and that caller must fetch the keys.
    fn may_fetch(&self, now: Millis) -> bool {
        let fetched_at = self.fetched_at.load(Relaxed);
        now - fetched_at >= REFETCH_MS
            && self.fetched_at.compare_exchange(fetched_at, now, Relaxed, Relaxed).is_ok()
    }
}

/// Decides who may use a Lambda function: everyone, or only holders of a valid token.
#[derive(Debug)]
pub enum Guard<F> {
    /// Everyone may use the function.
    Open,
    /// Only holders of a valid token may use the function.
    Tokens(KeyRing<F>),
}

impl<F: FetchKeys> Guard<F> {
    /// Returns the access setting for the service: it lets in either everyone, or only holders of valid tokens.
    pub fn access(&self) -> Access {
        match self {
            Self::Open => Access::Open,
            Self::Tokens(ring) => ring.access(),
        }
    }

    /// Fetches the keys if tokens are required and `token` was signed with an unknown key. See
    /// [`KeyRing::fetch_if_unknown`].
    ///
    /// # Errors
    ///
    /// [`KeysError`] if there are no keys yet and they cannot be fetched.
    pub async fn fetch_if_unknown(&self, token: Option<&str>, now: Millis) -> Result<(), KeysError> {
        match (self, token) {
            (Self::Tokens(ring), Some(token)) => ring.fetch_if_unknown(token, now).await,
            (Self::Tokens(_), None) | (Self::Open, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
