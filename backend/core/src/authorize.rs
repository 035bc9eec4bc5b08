//! Authentication: from the headers of a request to a principal, and from a principal to API Gateway's authorizer context
//! and back.

use std::collections::BTreeMap;
use std::fmt;

use shared::handshake::{self, PROTOCOL};
use shared::{Filter, Millis};

use crate::principal::Principal;
use crate::settings::Access;
use crate::token::TokenError;

/// The headers that may hold a token.
#[derive(Clone, Copy, Default)]
pub struct Credentials<'a> {
    /// Value of `Authorization`.
    pub authorization: Option<&'a str>,
    /// Value of `Sec-WebSocket-Protocol`.
    pub protocols: Option<&'a str>,
}

impl<'a> Credentials<'a> {
    /// The token from `Authorization: Bearer …`, or else from the sub-protocol `bearer.…`.
    pub fn token(&self) -> Option<&'a str> {
        self.authorization
            .and_then(bearer)
            .or_else(|| split_protocols(self.protocols?).find_map(handshake::token_in))
    }
}

/// Prints only whether there is a token, since this may end in a log.
impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = if self.token().is_some() { "present" } else { "absent" };
        f.debug_struct("Credentials").field("token", &token).finish()
    }
}

/// The sub-protocols that a client offers, without the one that holds its token, so that they can be logged.
pub fn asked_protocols(header: &str) -> Vec<String> {
    let asked = split_protocols(header).filter(|protocol| handshake::token_in(protocol).is_none());
    asked.map(str::to_owned).collect()
}

/// The entries of a `Sec-WebSocket-Protocol` header.
fn split_protocols(header: &str) -> impl Iterator<Item = &str> {
    header.split(',').map(str::trim).filter(|protocol| !protocol.is_empty())
}

/// The sub-protocol to agree on among those that the client offers; never the one that holds the token.
pub fn agree<'a>(protocols: impl IntoIterator<Item = &'a str>) -> Option<&'static str> {
    protocols.into_iter().any(|protocol| protocol == PROTOCOL).then_some(PROTOCOL)
}

/// Authenticates the sender of a request.
///
/// # Errors
///
/// [`TokenError`], if the server needs tokens.
pub fn authorize(
    access: &Access,
    credentials: &Credentials<'_>,
    now: Millis,
) -> Result<Principal, TokenError> {
    match access {
        Access::Open => Ok(Principal::local()),
        Access::Tokens(verifier) => verifier.verify(credentials.token().ok_or(TokenError::Missing)?, now),
    }
}

fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Writes a principal as the context of an authorizer. API Gateway allows only scalars there and passes them on as strings,
/// so that lists are joined with spaces, which no filter contains.
pub fn to_context(principal: &Principal) -> BTreeMap<String, String> {
    let mut context = BTreeMap::from([
        (SUB.to_owned(), principal.name.clone()),
        (SUBSCRIBE.to_owned(), join(&principal.subscribe)),
        (PUBLISH.to_owned(), join(&principal.publish)),
        (FORGET.to_owned(), join(&principal.forget)),
    ]);
    context.extend(principal.expires_at.map(|at| (EXPIRES_AT.to_owned(), at.to_string())));
    context
}

/// Reads the principal that [`to_context`] wrote. `get` looks up a key.
///
/// # Errors
///
/// [`ContextError`] if the context was not written by [`to_context`]. The connection must be refused then.
pub fn from_context<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<Principal, ContextError> {
    let required = |key| get(key).ok_or(ContextError::Missing { key });
    Ok(Principal {
        name: required(SUB)?.to_owned(),
        subscribe: split(SUBSCRIBE, required(SUBSCRIBE)?)?,
        publish: split(PUBLISH, required(PUBLISH)?)?,
        // An authorizer of version 0.1.0 does not write this key.
        forget: split(FORGET, get(FORGET).unwrap_or_default())?,
        expires_at: get(EXPIRES_AT).map(parse_time).transpose()?,
    })
}

const SUB: &str = "sub";
const SUBSCRIBE: &str = "subscribe";
const PUBLISH: &str = "publish";
const FORGET: &str = "forget";
const EXPIRES_AT: &str = "expires_at";

/// A context of another authorizer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContextError {
    /// A key is missing.
    #[error("the authorizer's context lacks {key}")]
    Missing {
        /// The key.
        key: &'static str,
    },
    /// A value cannot be read.
    #[error("{key} in the authorizer's context cannot be read: {value:?}")]
    Value {
        /// The key.
        key: &'static str,
        /// The value as it was received.
        value: String,
    },
}

fn join(filters: &[Filter]) -> String {
    filters.iter().map(Filter::to_string).collect::<Vec<_>>().join(" ")
}

fn split(key: &'static str, text: &str) -> Result<Vec<Filter>, ContextError> {
    let read = |filter| Filter::new(filter).map_err(|_| ContextError::Value { key, value: text.to_owned() });
    text.split_whitespace().map(read).collect()
}

fn parse_time(text: &str) -> Result<Millis, ContextError> {
    text.parse().map_err(|_| ContextError::Value { key: EXPIRES_AT, value: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::{Claims, Verifier, mint};

    const SECRET: &[u8] = b"thirty-two bytes of pure secrecy";

    fn agent() -> Principal {
        Principal {
            name: "agent".into(),
            subscribe: vec![Filter::All, Filter::new("host/*").unwrap()],
            publish: vec![],
            forget: vec![Filter::new("host/*").unwrap()],
            expires_at: Some(17_000),
        }
    }

    fn token() -> String {
        let Principal { name: sub, subscribe, publish, forget, .. } = agent();
        mint(&Claims { sub, exp: 17, nbf: None, subscribe, publish, forget }, SECRET).unwrap()
    }

    fn headers<'a>(authorization: Option<&'a str>, protocols: Option<&'a str>) -> Credentials<'a> {
        Credentials { authorization, protocols }
    }

    #[test]
    fn a_token_is_found_in_either_header() {
        let access = Access::Tokens(Verifier::new(SECRET).unwrap());
        let (header, list) = (format!("bearer {}", token()), format!("tickertape.v1, bearer.{}", token()));
        for credentials in [headers(Some(&header), None), headers(None, Some(&list))] {
            assert_eq!(authorize(&access, &credentials, 0), Ok(agent()));
        }
    }

    #[test]
    fn without_a_token_every_request_is_refused_if_tokens_are_needed() {
        let access = Access::Tokens(Verifier::new(SECRET).unwrap());
        for credentials in [
            headers(None, None),
            headers(Some("Basic dTpw"), None),
            headers(Some("Bearer"), None),
            headers(None, Some("tickertape.v1")),
        ] {
            assert_eq!(authorize(&access, &credentials, 0), Err(TokenError::Missing), "{credentials:?}");
        }
        assert_eq!(authorize(&access, &headers(Some("Bearer x"), None), 0), Err(TokenError::Invalid));
    }

    #[test]
    fn if_no_tokens_are_needed_every_sender_is_local() {
        assert_eq!(authorize(&Access::Open, &headers(Some("Bearer x"), None), 0), Ok(Principal::local()));
    }

    #[test]
    fn our_protocol_is_agreed_on_and_the_token_never_echoed() {
        assert_eq!(agree(split_protocols("bearer.x,tickertape.v1")), Some("tickertape.v1"));
        assert_eq!(agree(split_protocols("bearer.x, mqtt")), None);
        assert_eq!(agree(split_protocols("")), None);
    }

    #[test]
    fn a_token_is_not_printed() {
        let header = format!("Bearer {}", token());
        let printed = format!("{:?}", headers(Some(&header), None));
        assert_eq!(printed, "Credentials { token: \"present\" }");
        assert_eq!(asked_protocols("tickertape.v1, bearer.x , mqtt"), ["tickertape.v1", "mqtt"]);
    }

    #[test]
    fn a_principal_survives_the_authorizers_context() {
        for principal in [agent(), Principal::local()] {
            let context = to_context(&principal);
            assert_eq!(from_context(|key| context.get(key).map(String::as_str)), Ok(principal));
        }
    }

    #[test]
    fn a_context_of_another_authorizer_is_refused() {
        let mut context = to_context(&agent());
        context.insert("subscribe".into(), "* a//b".into());
        assert_eq!(
            from_context(|key| context.get(key).map(String::as_str)),
            Err(ContextError::Value { key: "subscribe", value: "* a//b".into() })
        );
        context.remove("subscribe");
        assert_eq!(
            from_context(|key| context.get(key).map(String::as_str)),
            Err(ContextError::Missing { key: "subscribe" })
        );
    }
}
