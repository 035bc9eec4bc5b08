//! Tokens: JSON Web Tokens (RFC 7519), signed with a shared secret or with an issuer's private key.

mod keys;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use jsonwebtoken::{Algorithm, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use shared::{ErrorCode, Filter, Millis};

use crate::principal::Principal;
use crate::refusal::Refusal;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who holds it.
    pub sub: String,
    /// When it runs out, in seconds since the Unix epoch; absent if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// From when on it holds, in seconds since the Unix epoch; absent if at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// What its holder may watch.
    #[serde(default)]
    pub subscribe: Vec<Filter>,
    /// Where its holder may publish.
    #[serde(default)]
    pub publish: Vec<Filter>,
}

impl From<Claims> for Principal {
    fn from(claims: Claims) -> Self {
        Self {
            name: claims.sub,
            subscribe: claims.subscribe,
            publish: claims.publish,
            expires_at: claims.exp.map(|seconds| seconds.saturating_mul(1000)),
        }
    }
}

pub use keys::{JwksError, Keys};

/// Checks tokens. A clone costs a reference count and sees the same keys, also after they were replaced.
#[derive(Clone)]
pub struct Verifier(Arc<Rules>);

struct Rules {
    keys: RwLock<Keys>,
    validation: Validation,
}

/// Who else has to be named in a token; `None` if nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// `iss`.
    pub issuer: Option<String>,
    /// `aud`, or one of them.
    pub audience: Option<String>,
}

impl Verifier {
    /// Accepts what was signed with `secret`.
    ///
    /// # Errors
    ///
    /// [`WeakSecret`] if it is shorter than [`SECRET_BYTES`].
    pub fn new(secret: &[u8]) -> Result<Self, WeakSecret> {
        Ok(Self::of(Keys::secret(secret)?, Expected::default()))
    }

    /// Accepts what was signed with one of `keys` and names whom it should.
    pub fn of(keys: Keys, expected: Expected) -> Self {
        Self(Arc::new(Rules { keys: RwLock::new(keys), validation: validation(expected) }))
    }

    /// From now on, here and in every clone, these keys count and those before do not.
    pub fn replace_keys(&self, keys: Keys) {
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// Who holds `token`.
    ///
    /// # Errors
    ///
    /// [`TokenError`], without a word about what exactly was wrong with a token that is not ours.
    pub fn verify(&self, token: &str, now: Millis) -> Result<Principal, TokenError> {
        let claims = self.keys().claims(token, &self.0.validation)?;
        if claims.nbf.is_some_and(|from| from.saturating_mul(1000) > now) {
            return Err(TokenError::Invalid);
        }
        let principal = Principal::from(claims);
        if principal.is_expired(now) { Err(TokenError::Expired) } else { Ok(principal) }
    }

    fn keys(&self) -> Keys {
        self.0.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Verifier").field(&self.keys()).finish()
    }
}

/// Time is an argument here, so the library, which asks the system's clock, must not look at it.
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

/// A secret's least length, in bytes: HS256 asks for 256 bits or more (RFC 7518, section 3.2).
pub const SECRET_BYTES: usize = 32;

/// A secret that could be guessed. Whoever runs the server has to choose another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret needs at least {limit} bytes; this one has {bytes}")]
pub struct WeakSecret {
    /// Found.
    pub bytes: usize,
    /// Needed.
    pub limit: usize,
}

fn check_secret(secret: &[u8]) -> Result<(), WeakSecret> {
    if secret.len() < SECRET_BYTES {
        return Err(WeakSecret { bytes: secret.len(), limit: SECRET_BYTES });
    }
    Ok(())
}

/// Makes a token that names nobody but its holder.
///
/// # Errors
///
/// [`MintError`].
pub fn mint(claims: &Claims, secret: &[u8]) -> Result<String, MintError> {
    mint_for(claims, &Expected::default(), secret)
}

/// Makes a token for a server that expects these to be named.
///
/// # Errors
///
/// [`MintError`].
pub fn mint_for(claims: &Claims, expected: &Expected, secret: &[u8]) -> Result<String, MintError> {
    check_secret(secret)?;
    let payload = Payload { claims, iss: expected.issuer.as_deref(), aud: expected.audience.as_deref() };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &payload, &EncodingKey::from_secret(secret))
        .map_err(|error| MintError::Signing { reason: error.to_string() })
}

/// What is signed. `iss` and `aud` are written here and checked by the library, so [`Claims`] have neither.
#[derive(Serialize)]
struct Payload<'a> {
    #[serde(flatten)]
    claims: &'a Claims,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'a str>,
}

/// Why no token was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MintError {
    /// The secret is too short.
    #[error(transparent)]
    Weak(#[from] WeakSecret),
    /// The signing library failed.
    #[error("the token could not be signed: {reason}")]
    Signing {
        /// In its words.
        reason: String,
    },
}

/// Why a token does not let its holder in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// There was none.
    #[error("a token is needed: `Authorization: Bearer …`, or the sub-protocol `bearer.…`")]
    Missing,
    /// Not one of ours, or not yet valid.
    #[error("the token is not valid here")]
    Invalid,
    /// Signed with a key that is not known here: if keys can be fetched anew, one of those may be it.
    #[error("the token is not valid here")]
    UnknownKey,
    /// Its time is over.
    #[error("the token's time is over")]
    Expired,
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        let code = match error {
            TokenError::Missing | TokenError::Invalid | TokenError::UnknownKey => ErrorCode::Unauthorized,
            TokenError::Expired => ErrorCode::TokenExpired,
        };
        Self::new(code, error)
    }
}

#[cfg(test)]
mod tests;
