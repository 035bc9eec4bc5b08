//! The configuration of a REQUEST authorizer ("Create a Lambda REQUEST authorizer").

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use http::HeaderMap;
use serde_json::Value;

/// The configuration of an API's authorizer. The authorizer is invoked once for each handshake, since API Gateway does
/// not cache the answers of an authorizer for WebSocket APIs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authorizer {
    /// Headers, query parameters and other values that a handshake must have. If one of them is missing or empty, the handshake is
    /// answered with 401 and the authorizer is not invoked.
    pub identity_sources: Vec<IdentitySource>,
}

impl Authorizer {
    /// Creates an authorizer that requires these headers, query parameters and other values.
    pub fn new(identity_sources: impl IntoIterator<Item = IdentitySource>) -> Self {
        Self { identity_sources: identity_sources.into_iter().collect() }
    }
}

/// A header, a query parameter or another value that a handshake must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentitySource {
    /// The header of this name. API Gateway writes it as `route.request.header.{name}`.
    Header(String),
    /// The query parameter of this name. API Gateway writes it as `route.request.querystring.{name}`.
    QueryString(String),
    /// The stage variable of this name. API Gateway writes it as `stageVariables.{name}`.
    StageVariable(String),
    /// The field of the event's `requestContext` with this path, such as `identity.sourceIp`. API Gateway writes it as
    /// `context.{path}`.
    Context(String),
}

/// The values of a handshake that identity sources select.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sources<'a> {
    pub headers: &'a HeaderMap,
    pub query: &'a HashMap<String, Vec<String>>,
    pub stage_variables: &'a BTreeMap<String, String>,
    /// The `requestContext` of the authorizer's event.
    pub context: &'a Value,
}

/// The error for a text that is not an identity source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not an identity source: use route.request.header.NAME, route.request.querystring.NAME, stageVariables.NAME or context.NAME"
)]
#[non_exhaustive]
pub struct UnknownIdentitySource {
    /// The text that is not an identity source.
    pub text: String,
}

impl FromStr for IdentitySource {
    type Err = UnknownIdentitySource;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = |prefix| text.strip_prefix(prefix).filter(|name| !name.is_empty()).map(str::to_owned);
        named("route.request.header.")
            .map(Self::Header)
            .or_else(|| named("route.request.querystring.").map(Self::QueryString))
            .or_else(|| named("stageVariables.").map(Self::StageVariable))
            .or_else(|| named("context.").map(Self::Context))
            .ok_or_else(|| UnknownIdentitySource { text: text.to_owned() })
    }
}

impl IdentitySource {
    /// Returns true if a handshake has this value, and it is not empty.
    pub(crate) fn is_in(&self, sources: Sources<'_>) -> bool {
        match self {
            Self::Header(name) => sources.headers.get(name).is_some_and(|value| !value.is_empty()),
            Self::QueryString(name) => {
                sources.query.get(name).is_some_and(|values| values.iter().any(|v| !v.is_empty()))
            }
            Self::StageVariable(name) => {
                sources.stage_variables.get(name).is_some_and(|value| !value.is_empty())
            }
            Self::Context(path) => {
                let value = path.split('.').fold(sources.context, |context, name| &context[name]);
                !value.is_null() && value != ""
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_sources_are_read_as_templates_write_them() {
        assert_eq!("route.request.header.Auth".parse(), Ok(IdentitySource::Header("Auth".into())));
        assert_eq!("route.request.querystring.t".parse(), Ok(IdentitySource::QueryString("t".into())));
        assert_eq!("stageVariables.v".parse(), Ok(IdentitySource::StageVariable("v".into())));
        assert_eq!(
            "context.identity.sourceIp".parse(),
            Ok(IdentitySource::Context("identity.sourceIp".into()))
        );
        for text in ["$request.header.Auth", "route.request.header.", "context.", "stageVariables"] {
            assert_eq!(text.parse::<IdentitySource>(), Err(UnknownIdentitySource { text: text.into() }));
        }
    }

    #[test]
    fn a_handshake_must_carry_the_source_with_a_value_that_is_not_empty() {
        let mut headers = HeaderMap::new();
        headers.insert("auth", http::HeaderValue::from_static("secret"));
        headers.insert("blank", http::HeaderValue::from_static(""));
        let query = HashMap::from([("token".to_owned(), vec![String::new(), "t".to_owned()])]);
        let stage_variables = [("colour", "blue"), ("blank", "")];
        let stage_variables = stage_variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let context =
            serde_json::json!({"stage": "prod", "identity": {"sourceIp": "192.0.2.1", "userAgent": ""}});
        let sources = Sources {
            headers: &headers,
            query: &query,
            stage_variables: &stage_variables,
            context: &context,
        };
        for (source, carried) in [
            (IdentitySource::Header("Auth".into()), true),
            (IdentitySource::Header("blank".into()), false),
            (IdentitySource::Header("token".into()), false),
            (IdentitySource::QueryString("token".into()), true),
            (IdentitySource::QueryString("Token".into()), false),
            (IdentitySource::QueryString("auth".into()), false),
            (IdentitySource::StageVariable("colour".into()), true),
            (IdentitySource::StageVariable("blank".into()), false),
            (IdentitySource::StageVariable("other".into()), false),
            (IdentitySource::Context("stage".into()), true),
            (IdentitySource::Context("identity.sourceIp".into()), true),
            (IdentitySource::Context("identity.userAgent".into()), false),
            (IdentitySource::Context("identity.caller".into()), false),
            (IdentitySource::Context("stage.deeper".into()), false),
        ] {
            assert_eq!(source.is_in(sources), carried, "{source:?}");
        }
    }
}
