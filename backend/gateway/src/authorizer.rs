//! The configuration of a REQUEST authorizer, and the evaluation of its answers ("Create a Lambda REQUEST authorizer").

use std::collections::HashMap;
use std::str::FromStr;

use aws_lambda_events::apigw::{ApiGatewayCustomAuthorizerPolicy, ApiGatewayCustomAuthorizerResponse};
use aws_lambda_events::iam::{IamPolicyEffect, IamPolicyStatement};
use http::HeaderMap;
use serde_json::Value;

/// Maximum size of an authorizer's answer, in bytes (quotas page: "Authorizer result size", 8 KB).
const MAX_RESULT_BYTES: usize = 8 * 1024;

/// The configuration of an API's authorizer. The authorizer is invoked once for each handshake, since API Gateway does
/// not cache the answers of an authorizer for WebSocket APIs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authorizer {
    /// Headers and query parameters that a handshake must have. If one of them is missing or empty, the handshake is
    /// answered with 401 and the authorizer is not invoked.
    pub identity_sources: Vec<IdentitySource>,
}

impl Authorizer {
    /// Creates an authorizer that requires these headers and query parameters.
    pub fn new(identity_sources: impl IntoIterator<Item = IdentitySource>) -> Self {
        Self { identity_sources: identity_sources.into_iter().collect() }
    }
}

/// A header or query parameter that a handshake must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentitySource {
    /// The header of this name. API Gateway writes it as `route.request.header.{name}`.
    Header(String),
    /// The query parameter of this name. API Gateway writes it as `route.request.querystring.{name}`.
    QueryString(String),
}

/// The error for a text that is not an identity source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not an identity source: use route.request.header.NAME or route.request.querystring.NAME"
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
            .ok_or_else(|| UnknownIdentitySource { text: text.to_owned() })
    }
}

impl IdentitySource {
    /// Returns true if a handshake has this header or parameter, with a value that is not empty.
    pub(crate) fn is_in(&self, headers: &HeaderMap, query: &HashMap<String, Vec<String>>) -> bool {
        match self {
            Self::Header(name) => headers.get(name).is_some_and(|value| !value.is_empty()),
            Self::QueryString(name) => {
                query.get(name).is_some_and(|values| values.iter().any(|v| !v.is_empty()))
            }
        }
    }
}

/// The gateway's decision about a handshake, which it derives from the authorizer's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The handshake is allowed. The map is the context that the authorizer returned. It becomes
    /// `requestContext.authorizer` in the events of the connection.
    Allow(HashMap<String, Value>),
    /// The handshake is answered with 403.
    Deny,
    /// The answer is invalid. The handshake is answered with 500.
    Malformed,
}

/// Decides about a handshake from the authorizer's answer. The handshake is allowed if the policy in the answer allows
/// access to `arn`, which is the ARN of `$connect`.
pub(crate) fn decide(response: ApiGatewayCustomAuthorizerResponse, arn: &str) -> Decision {
    let oversized = serde_json::to_vec(&response).map_or(true, |json| json.len() > MAX_RESULT_BYTES);
    let Some(principal) = response.principal_id.filter(|_| !oversized) else { return Decision::Malformed };
    let Some(mut fields) = context_fields(&response.context) else { return Decision::Malformed };
    if !allows(&response.policy_document, arn) {
        return Decision::Deny;
    }
    fields.insert("principalId".into(), Value::String(principal));
    Decision::Allow(fields)
}

/// Converts the values of an authorizer's context to text. Returns `None` if a value is an object or an array, since
/// API Gateway allows neither.
fn context_fields(context: &Value) -> Option<HashMap<String, Value>> {
    match context {
        Value::Null => Some(HashMap::new()),
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| Some((key.clone(), Value::String(scalar(value)?))))
            .collect(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Applies IAM's rule: access is allowed if at least one statement allows it and none denies it. Conditions are not
/// evaluated. A statement with a condition can therefore deny access, but not allow it.
fn allows(policy: &ApiGatewayCustomAuthorizerPolicy, arn: &str) -> bool {
    let covering = || policy.statement.iter().filter(|statement| covers(statement, arn));
    let denied = covering().any(|statement| statement.effect == IamPolicyEffect::Deny);
    !denied
        && covering().any(|statement| statement.effect == IamPolicyEffect::Allow && !has_condition(statement))
}

/// Returns true if a statement has a condition. AWS's own blueprints write `"Condition": {}`, which counts as no
/// condition.
fn has_condition(statement: &IamPolicyStatement) -> bool {
    statement.condition.as_ref().is_some_and(|condition| !condition.is_empty())
}

fn covers(statement: &IamPolicyStatement, arn: &str) -> bool {
    let action = |pattern: &String| glob(&pattern.to_ascii_lowercase(), "execute-api:invoke");
    statement.action.iter().any(action) && statement.resource.iter().any(|pattern| glob(pattern, arn))
}

/// Returns true if `text` matches `pattern`, in which `*` stands for any text and `?` for one character. After a
/// mismatch, the search continues from the last `*`. It need not return to an earlier `*`, because the earlier one
/// could match nothing that the last one cannot match.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut mark = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                mark = Some((p, t));
                p += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match &mut mark {
                Some((star, from)) => {
                    *from += 1;
                    (p, t) = (*star + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:execute-api:eu-west-1:123456789012:abcd123/prod/$connect";

    #[test]
    fn the_method_arn_and_a_wildcard_below_the_stage_allow() {
        for resource in [ARN, "arn:aws:execute-api:eu-west-1:123456789012:abcd123/prod/*", "arn:aws:*", "*"] {
            assert!(matches!(decide_on("Allow", resource), Decision::Allow(_)), "{resource}");
        }
    }

    #[test]
    fn the_resource_of_a_rest_api_does_not_cover_a_route() {
        let rest = "arn:aws:execute-api:eu-west-1:123456789012:abcd123/prod/*/*";
        assert_eq!(decide_on("Allow", rest), Decision::Deny);
        assert_eq!(
            decide_on("Allow", "arn:aws:execute-api:eu-west-1:123456789012:abcd123/test/*"),
            Decision::Deny
        );
    }

    #[test]
    fn a_deny_beats_an_allow() {
        let statements = json!([statement("Allow", "*"), statement("Deny", ARN)]);
        assert_eq!(decide(answer(statements, json!({})), ARN), Decision::Deny);
        assert_eq!(decide(answer(json!([]), json!({})), ARN), Decision::Deny);
    }

    #[test]
    fn an_empty_condition_is_none_and_another_one_does_not_allow() {
        let with = |condition: Value| {
            let mut statement = statement("Allow", "*");
            statement["Condition"] = condition;
            decide(answer(json!([statement]), json!({})), ARN)
        };
        assert!(matches!(with(json!({})), Decision::Allow(_)));
        let condition = json!({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}});
        assert_eq!(with(condition), Decision::Deny);
    }

    #[test]
    fn the_context_becomes_text_beside_the_principal() {
        let context = json!({"text": "t", "number": 1, "flag": true, "nothing": null});
        let Decision::Allow(fields) = decide(answer(json!([statement("Allow", "*")]), context), ARN) else {
            panic!("refused");
        };
        let expected = json!({"text": "t", "number": "1", "flag": "true", "principalId": "me"});
        assert_eq!(json!(fields), expected);
    }

    #[test]
    fn an_answer_without_a_principal_or_beyond_8_kb_or_with_a_list_is_malformed() {
        let allow = || json!([statement("Allow", "*")]);
        assert_eq!(decide(answer(allow(), json!({"list": [1]})), ARN), Decision::Malformed);
        assert_eq!(decide(answer(allow(), json!({"long": "x".repeat(9000)})), ARN), Decision::Malformed);
        let mut nobody = answer(allow(), json!({}));
        nobody.principal_id = None;
        assert_eq!(decide(nobody, ARN), Decision::Malformed);
    }

    #[test]
    fn identity_sources_are_read_as_templates_write_them() {
        assert_eq!("route.request.header.Auth".parse(), Ok(IdentitySource::Header("Auth".into())));
        assert_eq!("route.request.querystring.t".parse(), Ok(IdentitySource::QueryString("t".into())));
        for text in ["$request.header.Auth", "route.request.header.", "context.x"] {
            assert_eq!(text.parse::<IdentitySource>(), Err(UnknownIdentitySource { text: text.into() }));
        }
    }

    #[test]
    fn a_handshake_must_carry_the_source_with_a_value_that_is_not_empty() {
        let mut headers = HeaderMap::new();
        headers.insert("auth", http::HeaderValue::from_static("secret"));
        headers.insert("blank", http::HeaderValue::from_static(""));
        let query = HashMap::from([("token".to_owned(), vec![String::new(), "t".to_owned()])]);
        for (source, carried) in [
            (IdentitySource::Header("Auth".into()), true),
            (IdentitySource::Header("blank".into()), false),
            (IdentitySource::Header("token".into()), false),
            (IdentitySource::QueryString("token".into()), true),
            (IdentitySource::QueryString("Token".into()), false),
            (IdentitySource::QueryString("auth".into()), false),
        ] {
            assert_eq!(source.is_in(&headers, &query), carried, "{source:?}");
        }
    }

    #[test]
    fn wildcards_match_any_text_and_one_character() {
        for (pattern, text, matches) in [
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("*", "", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*a*b", "xaxaxb", true),
            ("abc", "ab", false),
        ] {
            assert_eq!(glob(pattern, text), matches, "{pattern} {text}");
        }
    }

    fn decide_on(effect: &str, resource: &str) -> Decision {
        decide(answer(json!([statement(effect, resource)]), json!({})), ARN)
    }

    fn statement(effect: &str, resource: &str) -> Value {
        json!({"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource})
    }

    fn answer(statements: Value, context: Value) -> ApiGatewayCustomAuthorizerResponse {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        serde_json::from_value(json!({"principalId": "me", "policyDocument": policy, "context": context}))
            .expect("an authorizer response")
    }
}
