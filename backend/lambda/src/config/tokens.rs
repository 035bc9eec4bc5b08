//! Who signs the tokens.

use std::path::PathBuf;

use backend_core::token::Expected;

use super::read::{self, Reader};
use super::variables::{JWKS_URL, JWT_AUDIENCE, JWT_ISSUER, SECRET};

/// How tokens are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Where the keys are.
    pub source: TokenSource,
    /// Who else has to be named.
    pub expected: Expected,
}

/// Where the keys are. It also decides about the algorithm: a secret is for HS256, public keys for RS256 and ES256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// Nobody is asked for a token: whoever reaches the function may do everything.
    Open,
    /// A secret in SSM's Parameter Store.
    Parameter(String),
    /// A secret in a file.
    File(PathBuf),
    /// An issuer's public keys.
    Jwks(String),
}

pub(super) fn read<E: Fn(&str) -> Option<String>>(reader: &mut Reader<E>) -> Option<Tokens> {
    let secret = reader.required(&SECRET, secret);
    let jwks = reader.optional(&JWKS_URL, web_address);
    let issuer = reader.optional(&JWT_ISSUER, read::parsed);
    let audience = reader.optional(&JWT_AUDIENCE, read::parsed);
    let source = match (secret?, jwks) {
        (TokenSource::Open, Some(url)) => TokenSource::Jwks(url),
        (_, Some(_)) => return reader.fault(&SECRET, both()),
        (source, None) => source,
    };
    Some(Tokens { source, expected: Expected { issuer, audience } })
}

fn both() -> String {
    format!("has to be none where {} is set: tokens come from one issuer", JWKS_URL.name)
}

fn secret(text: &str) -> Result<TokenSource, String> {
    match text.split_once(':') {
        Some(("ssm", name)) if !name.is_empty() => Ok(TokenSource::Parameter(name.into())),
        Some(("file", path)) if !path.is_empty() => Ok(TokenSource::File(path.into())),
        None if text == "none" => Ok(TokenSource::Open),
        _ => {
            Err("it says where the secret is (ssm:NAME, file:PATH) or none, and is not the secret itself"
                .into())
        }
    }
}

/// Keys that came over an open line could be anybody's; on one machine there is no line.
fn web_address(text: &str) -> Result<String, String> {
    let is_local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    if text.starts_with("https://") || is_local.iter().any(|local| text.starts_with(local)) {
        return Ok(text.into());
    }
    Err("an address that begins with https:// is expected".into())
}
