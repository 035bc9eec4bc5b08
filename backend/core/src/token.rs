//! Verifies and creates tokens. These are JSON Web Tokens (RFC 7519), signed with a shared secret or with an issuer's
//! private key.

mod claims;
mod keys;
mod secret;
mod token_error;

use std::fmt;
use std::sync::{Arc, RwLock};

use jsonwebtoken::{Algorithm, EncodingKey, Header, Validation};
use serde::Serialize;
use shared::Millis;

use crate::lock;
use crate::principal::Principal;

pub use claims::Claims;
pub use keys::{JwksError, Keys};
pub use secret::{SECRET_BYTES, SECRET_DISTINCT_BYTES, WeakSecret};
pub use token_error::TokenError;

use secret::check_secret;

/// Verifies tokens. Clones share the keys, even after these were replaced, so cloning is cheap.
#[derive(Clone)]
pub struct Verifier(Arc<Rules>);

struct Rules {
    keys: RwLock<Keys>,
    validation: Validation,
}

/// Claims that a token must have in addition to `exp` and `sub`, which every token must have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// Required `iss` claim (issuer). If it is `None`, every issuer is accepted.
    pub issuer: Option<String>,
    /// Required audience, which must be the token's `aud` claim or one of its values. If it is `None`, every audience
    /// is accepted.
    pub audience: Option<String>,
}

impl Verifier {
    /// Creates a verifier that accepts tokens signed with `secret`.
    ///
    /// # Errors
    ///
    /// [`WeakSecret`] if the secret can be guessed.
    pub fn new(secret: &[u8]) -> Result<Self, WeakSecret> {
        Ok(Self::of(Keys::secret(secret)?, Expected::default()))
    }

    /// Creates a verifier that accepts a token if it is signed with one of `keys` and has the `expected` claims.
    pub fn of(keys: Keys, expected: Expected) -> Self {
        Self(Arc::new(Rules { keys: RwLock::new(keys), validation: validation(expected) }))
    }

    /// Replaces the keys of this verifier and of all its clones.
    pub fn replace_keys(&self, keys: Keys) {
        *lock::write(&self.0.keys) = keys;
    }

    /// Verifies `token` at the time `now`, and returns the authenticated client. The token must have an expiry (`exp`)
    /// and the name of the client (`sub`). Its header must not name an extension (`crit`), because this verifier
    /// supports no extensions (RFC 7515, section 4.1.11).
    ///
    /// # Errors
    ///
    /// A [`TokenError`]. It does not say what exactly is wrong with an invalid token.
    pub fn verify(&self, token: &str, now: Millis) -> Result<Principal, TokenError> {
        let claims = self.keys().claims(token, &self.0.validation)?;
        let is_early = claims.nbf.is_some_and(|from| from.saturating_mul(1000) > now);
        if is_early || claims.sub.is_empty() {
            return Err(TokenError::Invalid);
        }
        let principal = Principal::from(claims);
        if principal.is_expired(now) { Err(TokenError::Expired) } else { Ok(principal) }
    }

    fn keys(&self) -> Keys {
        lock::read(&self.0.keys).clone()
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Verifier").field(&self.keys()).finish()
    }
}

/// Returns the settings of the library that verifies signatures. The library's check of times is turned off, because it
/// would read the system's clock, whereas `verify` gets the time as an argument.
fn validation(expected: Expected) -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    validation.validate_aud = expected.audience.is_some();
    if let Some(issuer) = expected.issuer {
        validation.set_issuer(&[issuer]);
        validation.required_spec_claims.insert("iss".into());
    }
    if let Some(audience) = expected.audience {
        validation.set_audience(&[audience]);
        validation.required_spec_claims.insert("aud".into());
    }
    validation
}

/// Creates a token with these claims and without `iss` and `aud`, signed with `secret`.
///
/// # Errors
///
/// A [`MintError`] if the secret can be guessed or the signing library fails.
pub fn mint(claims: &Claims, secret: &[u8]) -> Result<String, MintError> {
    mint_for(claims, &Expected::default(), secret)
}

/// Creates a token with these claims and the `iss` and `aud` of `expected`, signed with `secret`.
///
/// # Errors
///
/// A [`MintError`] if the secret can be guessed or the signing library fails.
pub fn mint_for(claims: &Claims, expected: &Expected, secret: &[u8]) -> Result<String, MintError> {
    check_secret(secret)?;
    let payload = Payload { claims, iss: expected.issuer.as_deref(), aud: expected.audience.as_deref() };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &payload, &EncodingKey::from_secret(secret))
        .map_err(|error| MintError::Signing { reason: error.to_string() })
}

/// The payload of a token that is created. It consists of the claims and of `iss` and `aud`. These two are not in
/// [`Claims`] because the library checks them when a token is verified.
#[derive(Serialize)]
struct Payload<'a> {
    #[serde(flatten)]
    claims: &'a Claims,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'a str>,
}

/// The reason why a token was not created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MintError {
    /// The secret is too weak to sign with.
    #[error(transparent)]
    Weak(#[from] WeakSecret),
    /// The signing library failed.
    #[error("the token could not be signed: {reason}")]
    Signing {
        /// The library's error message.
        reason: String,
    },
}

#[cfg(test)]
mod tests;
