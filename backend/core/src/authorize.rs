//! Authenticates the senders of requests. Finds the token in the headers of a request, and converts a principal (the
//! authenticated sender) to the context of an API Gateway authorizer and back.

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
    /// Value of the header `Authorization`.
    pub authorization: Option<&'a str>,
    /// Value of the header `Sec-WebSocket-Protocol`. Browsers cannot set other headers of a WebSocket handshake, so
    /// this one may contain a token.
    pub protocols: Option<&'a str>,
}

impl<'a> Credentials<'a> {
    /// Returns the token from the header `Authorization: Bearer …`, or else from the sub-protocol `bearer.…`. Returns
    /// `None` if there is no token.
    pub fn token(&self) -> Option<&'a str> {
        self.authorization
            .and_then(bearer)
            .or_else(|| split_protocols(self.protocols?).find_map(handshake::token_in))
    }
}

/// Prints only whether there is a token, since the output may end in a log.
impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = if self.token().is_some() { "present" } else { "absent" };
        f.debug_struct("Credentials").field("token", &token).finish()
    }
}

/// Returns the WebSocket sub-protocols in `header` without the one that contains the client's token, so that the result
/// can be logged.
pub fn asked_protocols(header: &str) -> Vec<String> {
    let asked = split_protocols(header).filter(|protocol| handshake::token_in(protocol).is_none());
    asked.map(str::to_owned).collect()
}

/// Splits the value of a `Sec-WebSocket-Protocol` header into its sub-protocols.
fn split_protocols(header: &str) -> impl Iterator<Item = &str> {
    header.split(',').map(str::trim).filter(|protocol| !protocol.is_empty())
}

/// Returns the sub-protocol that the server selects from those that the client offers, or `None` if none of them is
/// supported. The sub-protocol that contains the token is never selected.
pub fn agree<'a>(protocols: impl IntoIterator<Item = &'a str>) -> Option<&'static str> {
    protocols.into_iter().any(|protocol| protocol == PROTOCOL).then_some(PROTOCOL)
}

/// Authenticates the sender of a request. If the server needs no tokens, returns the principal `local`, which may do
/// everything.
///
/// # Errors
///
/// [`TokenError`] if the server needs tokens, and the token is missing or not valid.
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

/// Converts a principal to the context that an API Gateway authorizer returns. API Gateway allows only scalars there
/// and passes them on as strings. So each list of filters is joined with spaces, which no filter contains.
pub fn to_context(principal: &Principal) -> BTreeMap<String, String> {
    let mut context = BTreeMap::from([
        (SUB.to_owned(), principal.name.clone()),
        (SUBSCRIBE.to_owned(), join(&principal.subscribe)),
        (PUBLISH.to_owned(), join(&principal.publish)),
        (FORGET.to_owned(), join(&principal.forget)),
        (EDIT.to_owned(), join(&principal.edit)),
    ]);
    context.extend(principal.expires_at.map(|at| (EXPIRES_AT.to_owned(), at.to_string())));
    context
}

/// Converts an authorizer's context that [`to_context`] created to a principal. `get` returns the value of a key of the
/// context.
///
/// # Errors
///
/// [`ContextError`] if [`to_context`] did not create the context. The connection must be refused then.
pub fn from_context<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<Principal, ContextError> {
    let required = |key| get(key).ok_or(ContextError::Missing { key });
    Ok(Principal {
        name: required(SUB)?.to_owned(),
        subscribe: split(SUBSCRIBE, required(SUBSCRIBE)?)?,
        publish: split(PUBLISH, required(PUBLISH)?)?,
        // An authorizer of version 0.1.0 does not write these two keys.
        forget: split(FORGET, get(FORGET).unwrap_or_default())?,
        edit: split(EDIT, get(EDIT).unwrap_or_default())?,
        expires_at: get(EXPIRES_AT).map(parse_time).transpose()?,
    })
}

const SUB: &str = "sub";
const SUBSCRIBE: &str = "subscribe";
const PUBLISH: &str = "publish";
const FORGET: &str = "forget";
const EDIT: &str = "edit";
const EXPIRES_AT: &str = "expires_at";

/// The reason why an authorizer's context cannot be converted to a principal: another authorizer created it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContextError {
    /// The context lacks a key that [`to_context`] always writes.
    #[error("the authorizer's context lacks {key}: the API must use the authorizer of Tickertape")]
    Missing {
        /// Name of the missing key.
        key: &'static str,
    },
    /// The value of a key of the context cannot be parsed.
    #[error(
        "{key} in the authorizer's context cannot be read ({value:?}): the API must use the authorizer of Tickertape"
    )]
    Value {
        /// Name of the key.
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
            edit: vec![Filter::new("shop").unwrap()],
            expires_at: Some(17_000),
        }
    }

    fn token() -> String {
        let Principal { name: sub, subscribe, publish, forget, edit, .. } = agent();
        mint(&Claims { sub, exp: 17, nbf: None, subscribe, publish, forget, edit }, SECRET).unwrap()
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
