//! Tokens: JSON Web Tokens signed with a shared secret (HS256, RFC 7519).

use std::fmt;
use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
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

/// Checks tokens; a clone costs a reference count.
#[derive(Clone)]
pub struct Verifier(Arc<Rules>);

struct Rules {
    key: DecodingKey,
    validation: Validation,
}

impl Verifier {
    /// Accepts what was signed with `secret`.
    ///
    /// # Errors
    ///
    /// [`WeakSecret`] if it is shorter than [`SECRET_BYTES`].
    pub fn new(secret: &[u8]) -> Result<Self, WeakSecret> {
        check_secret(secret)?;
        // Time is an argument here, so the library, which asks the system's clock, must not look at it.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        validation.validate_aud = false;
        Ok(Self(Arc::new(Rules { key: DecodingKey::from_secret(secret), validation })))
    }

    /// Who holds `token`.
    ///
    /// # Errors
    ///
    /// [`TokenError`], without a word about what exactly was wrong with a token that is not ours.
    pub fn verify(&self, token: &str, now: Millis) -> Result<Principal, TokenError> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.0.key, &self.0.validation)
            .map_err(|_| TokenError::Invalid)?
            .claims;
        if claims.nbf.is_some_and(|from| from.saturating_mul(1000) > now) {
            return Err(TokenError::Invalid);
        }
        let principal = Principal::from(claims);
        if principal.is_expired(now) { Err(TokenError::Expired) } else { Ok(principal) }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier(HS256)")
    }
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

/// Makes a token.
///
/// # Errors
///
/// [`MintError`].
pub fn mint(claims: &Claims, secret: &[u8]) -> Result<String, MintError> {
    check_secret(secret)?;
    let key = EncodingKey::from_secret(secret);
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key)
        .map_err(|error| MintError::Signing { reason: error.to_string() })
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
    /// Its time is over.
    #[error("the token's time is over")]
    Expired,
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        let code = match error {
            TokenError::Missing | TokenError::Invalid => ErrorCode::Unauthorized,
            TokenError::Expired => ErrorCode::TokenExpired,
        };
        Self::new(code, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"thirty-two bytes of pure secrecy";
    const NOW: Millis = 1_800_000_000_000;

    fn claims() -> Claims {
        Claims {
            sub: "agent".into(),
            exp: Some(NOW / 1000 + 60),
            nbf: None,
            subscribe: vec![Filter::new("host/*").unwrap()],
            publish: vec![],
        }
    }

    fn verify(token: &str) -> Result<Principal, TokenError> {
        Verifier::new(SECRET).unwrap().verify(token, NOW)
    }

    #[test]
    fn a_minted_token_says_who_and_what() {
        let principal = verify(&mint(&claims(), SECRET).unwrap()).unwrap();
        assert_eq!(principal, Principal::from(claims()));
        assert_eq!(principal.expires_at, Some(NOW + 60_000));
    }

    #[test]
    fn time_is_the_callers_and_not_the_systems() {
        let token = mint(&claims(), SECRET).unwrap();
        let verifier = Verifier::new(SECRET).unwrap();
        assert!(verifier.verify(&token, NOW + 59_999).is_ok());
        assert_eq!(verifier.verify(&token, NOW + 60_000), Err(TokenError::Expired));
        let early = mint(&Claims { nbf: Some(NOW / 1000 + 1), ..claims() }, SECRET).unwrap();
        assert_eq!(verifier.verify(&early, NOW), Err(TokenError::Invalid));
    }

    #[test]
    fn a_token_without_an_end_does_not_end() {
        let token = mint(&Claims { exp: None, ..claims() }, SECRET).unwrap();
        assert_eq!(verify(&token).unwrap().expires_at, None);
    }

    #[test]
    fn another_secret_another_algorithm_and_no_signature_are_refused() {
        let other = mint(&claims(), b"another thirty-two bytes of mist").unwrap();
        assert_eq!(verify(&other), Err(TokenError::Invalid));
        let key = EncodingKey::from_secret(SECRET);
        let stronger = jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims(), &key).unwrap();
        assert_eq!(verify(&stronger), Err(TokenError::Invalid));
        // {"alg":"none"}.{"sub":"agent"}. without a signature.
        assert_eq!(verify("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZ2VudCJ9."), Err(TokenError::Invalid));
        assert_eq!(verify("not a token"), Err(TokenError::Invalid));
    }

    #[test]
    fn a_short_secret_is_refused_on_both_ends() {
        let weak = WeakSecret { bytes: 6, limit: 32 };
        assert_eq!(Verifier::new(b"secret").unwrap_err(), weak);
        assert_eq!(mint(&claims(), b"secret"), Err(MintError::Weak(weak)));
    }

    #[test]
    fn a_verifier_does_not_print_its_secret() {
        assert_eq!(format!("{:?}", Verifier::new(SECRET).unwrap()), "Verifier(HS256)");
    }
}
