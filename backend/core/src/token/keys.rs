//! The keys with which tokens are verified. Each key is bound to one signature algorithm.

use std::fmt;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;

use super::claims::Claims;
use super::secret::{WeakSecret, check_secret};
use super::token_error::TokenError;

/// The keys with which tokens are verified: a shared secret (HS256), or the public keys of an issuer (RS256, ES256).
/// The kind of key decides the algorithm, never the header of the token. Otherwise an attacker could use a public key
/// as the secret of HS256 (RFC 8725, section 2.1).
#[derive(Clone)]
pub struct Keys(Vec<Key>);

#[derive(Clone)]
struct Key {
    /// Key id (`kid`) in the issuer's key set; `None` if the key has none.
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Keys {
    /// Creates a set without any key, for a verifier that gets its keys later. Until then every token names an unknown key.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// Creates keys that consist of one shared secret, for HS256.
    ///
    /// # Errors
    ///
    /// [`WeakSecret`] if the secret can be guessed.
    pub fn secret(secret: &[u8]) -> Result<Self, WeakSecret> {
        check_secret(secret)?;
        let key = DecodingKey::from_secret(secret);
        Ok(Self(vec![Key { id: None, algorithm: Algorithm::HS256, key }]))
    }

    /// Creates keys from a JSON Web Key Set (RFC 7517). Only its public keys for RS256 or ES256 are used. All other
    /// keys are ignored, in particular secrets.
    ///
    /// # Errors
    ///
    /// [`JwksError`] if the text is not a key set, or has no key that can be used.
    pub fn jwks(text: &str) -> Result<Self, JwksError> {
        let set: JwkSet =
            serde_json::from_str(text).map_err(|error| JwksError::NotASet { reason: error.to_string() })?;
        let keys: Vec<Key> = set.keys.iter().filter_map(usable).collect();
        if keys.is_empty() { Err(JwksError::NoneUsable { found: set.keys.len() }) } else { Ok(Self(keys)) }
    }

    /// Verifies the signature of a token and returns its claims.
    pub(super) fn claims(&self, token: &str, expected: &Validation) -> Result<Claims, TokenError> {
        let header = decode_header(token).map_err(|_| TokenError::Invalid)?;
        if header.crit.is_some() {
            return Err(TokenError::Invalid);
        }
        let key = self.find(header.kid.as_deref()).ok_or(TokenError::UnknownKey)?;
        let validation = Validation { algorithms: vec![key.algorithm], ..expected.clone() };
        match decode::<Claims>(token, &key.key, &validation) {
            Ok(decoded) => Ok(decoded.claims),
            // The issuer may have replaced a key that has no `kid`, so the token may be signed with the new one.
            Err(error) if key.id.is_none() && matches!(error.kind(), ErrorKind::InvalidSignature) => {
                Err(TokenError::UnknownKey)
            }
            Err(_) => Err(TokenError::Invalid),
        }
    }

    /// Returns the key for a token with this `kid`. If there is only one key, the `kid` may be missing in the token or
    /// in the key.
    fn find(&self, id: Option<&str>) -> Option<&Key> {
        match self.0.as_slice() {
            [only] if id.is_none() || only.id.is_none() => Some(only),
            several => several.iter().find(|key| key.id.is_some() && key.id.as_deref() == id),
        }
    }
}

/// Prints the algorithms, but never the keys.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| key.algorithm)).finish()
    }
}

/// The reason why a text is not a usable JSON Web Key Set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwksError {
    /// The text is not a JSON Web Key Set.
    #[error("the text is not a JSON Web Key Set: {reason}")]
    NotASet {
        /// The parser's error message.
        reason: String,
    },
    /// The key set contains no key for signatures with RS256 or ES256.
    #[error("none of the {found} keys in the JSON Web Key Set is for RS256 or ES256: add such a key")]
    NoneUsable {
        /// Number of keys in the key set.
        found: usize,
    },
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Value>,
}

fn usable(value: &Value) -> Option<Key> {
    let jwk = Jwk::deserialize(value).ok()?;
    let (algorithm, name) = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        _ => return None,
    };
    let signs = jwk.common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
    let is_meant_so = jwk.common.key_algorithm.is_none_or(|meant| meant == name);
    let key = DecodingKey::from_jwk(&jwk).ok().filter(|_| signs && is_meant_so)?;
    Some(Key { id: jwk.common.key_id, algorithm, key })
}
