//! The settings for checking tokens: the location of the keys, and the claims that a token must have.

use std::path::PathBuf;

use backend_core::token::Expected;

use super::read::{self, Reader};
use super::variables::{JWKS_URL, JWT_AUDIENCE, JWT_ISSUER, SECRET};

/// The location of the keys that tokens are checked with, and the claims that a token must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Location of the keys that tokens are checked with.
    pub source: TokenSource,
    /// Issuer and audience that a token must contain. One that is not set is not checked.
    pub expected: Expected,
}

/// Location of the keys that tokens are checked with. It also determines the algorithm: HS256 for a secret, RS256 or
/// ES256 for public keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// Tokens are not required: everyone who can reach the function may do everything.
    Open,
    /// A secret that is stored in SSM's Parameter Store, as the parameter of this name.
    Parameter(String),
    /// A secret that is stored in a file.
    File(PathBuf),
    /// The public keys of a token issuer, as a JSON Web Key Set at this address.
    Jwks(String),
}

pub(super) fn read<E: Fn(&str) -> Option<String>>(reader: &mut Reader<E>) -> Option<Tokens> {
    let secret = reader.required(&SECRET, secret);
    let jwks = reader.optional(&JWKS_URL, web_address);
    let issuer = reader.optional(&JWT_ISSUER, read::parsed);
    let audience = reader.optional(&JWT_AUDIENCE, read::parsed);
    let source = match (secret?, jwks) {
        (None, Some(url)) => TokenSource::Jwks(url),
        (None, None) => return reader.fault(&JWKS_URL, neither()),
        (Some(_), Some(_)) => return reader.fault(&SECRET, both()),
        (Some(source), None) => source,
    };
    if matches!(source, TokenSource::Jwks(_)) {
        let missing = [(&JWT_ISSUER, issuer.is_none()), (&JWT_AUDIENCE, audience.is_none())];
        for (variable, _) in missing.iter().filter(|(_, is_missing)| *is_missing) {
            reader.fault::<()>(variable, shared_keys());
        }
    }
    Some(Tokens { source, expected: Expected { issuer, audience } })
}

fn both() -> String {
    format!("must be none if {} is set, because tokens come from one issuer only", JWKS_URL.name)
}

/// Returns the error for an environment that contains neither a secret nor the address of a key set. Such an
/// environment must be an error, since otherwise no token would be needed.
fn neither() -> String {
    format!(
        "is not set, although {} is none: set one of them, because tokens cannot be checked without keys",
        SECRET.name
    )
}

fn shared_keys() -> String {
    "is not set, although an identity provider signs tokens for other programs with the same keys".into()
}

/// Parses the location of the secret that tokens are signed with. Returns `None` for the word `none`, which means that
/// an identity provider issues the tokens.
fn secret(text: &str) -> Result<Option<TokenSource>, String> {
    match text.split_once(':') {
        Some(("ssm", name)) if !name.is_empty() => Ok(Some(TokenSource::Parameter(name.into()))),
        Some(("file", path)) if !path.is_empty() => Ok(Some(TokenSource::File(path.into()))),
        None if text == "none" => Ok(None),
        None if text == "open" => Ok(Some(TokenSource::Open)),
        _ => Err("it must say where the secret is (ssm:NAME or file:PATH), be none if an identity provider issues the tokens, \
             or be open if none are needed; it is not the secret itself"
            .into()),
    }
}

/// Checks the address of a JSON Web Key Set. It must begin with https, because an attacker could replace keys that are
/// sent over http. An address on this machine may begin with http.
fn web_address(text: &str) -> Result<String, String> {
    let is_local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    if text.starts_with("https://") || is_local.iter().any(|local| text.starts_with(local)) {
        return Ok(text.into());
    }
    Err("the address must begin with https://".into())
}
