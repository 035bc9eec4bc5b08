//! The answer of an authorizer ("API Gateway Lambda authorizer output format").

use std::collections::HashMap;

use aws_lambda_events::apigw::ApiGatewayCustomAuthorizerResponse;
use serde_json::Value;

use crate::condition::Facts;
use crate::policy::Policy;

/// Maximum size of an authorizer's answer, in bytes (quotas page: "Authorizer result size", 8 KB).
const MAX_BYTES: usize = 8 * 1024;

/// The answer of an authorizer: the name of the client, a policy that allows or denies access, and further values for the events
/// of the connection.
///
/// ```
/// use apigw_websocket::AuthorizerAnswer;
///
/// let answer = AuthorizerAnswer::from_json(br#"{
///     "principalId": "ada",
///     "policyDocument": {
///         "Version": "2012-10-17",
///         "Statement": {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}
///     },
///     "context": {"level": 3}
/// }"#);
/// assert!(answer.is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizerAnswer {
    policy: Policy,
    /// The context, as text, and the principal. They become `requestContext.authorizer` in the events of the connection.
    context: HashMap<String, Value>,
}

/// The error for an answer of an authorizer that is not valid. The handshake is answered with 500.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer of the authorizer is malformed: {reason}")]
#[non_exhaustive]
pub struct MalformedAnswer {
    /// Description of the mistake.
    pub reason: String,
}

impl AuthorizerAnswer {
    /// Reads the JSON that an authorizer returned. The policy may be written in all ways that IAM's grammar allows.
    ///
    /// # Errors
    ///
    /// [`MalformedAnswer`] if the answer has more than 8 KB, no principal or no valid policy, or a value in its context that is
    /// an object or a list.
    pub fn from_json(json: &[u8]) -> Result<Self, MalformedAnswer> {
        Self::read(json).map_err(|reason| MalformedAnswer { reason })
    }

    fn read(json: &[u8]) -> Result<Self, String> {
        if json.len() > MAX_BYTES {
            return Err(format!("it has {} bytes, and the limit is {MAX_BYTES}", json.len()));
        }
        let answer: Value =
            serde_json::from_slice(json).map_err(|error| format!("it is not JSON: {error}"))?;
        let principal = answer["principalId"].as_str().ok_or("it has no principalId that is text")?;
        let policy = Policy::read(&answer["policyDocument"])?;
        let mut context = context_fields(&answer["context"])?;
        context.insert("principalId".into(), principal.into());
        Ok(Self { policy, context })
    }

    /// Returns the fields of `requestContext.authorizer` if the policy allows access to `arn`, which is the ARN of `$connect`.
    pub(crate) fn allowed(self, arn: &str, facts: Facts<'_>) -> Option<HashMap<String, Value>> {
        self.policy.allows(arn, facts).then_some(self.context)
    }
}

impl TryFrom<ApiGatewayCustomAuthorizerResponse> for AuthorizerAnswer {
    type Error = MalformedAnswer;

    fn try_from(response: ApiGatewayCustomAuthorizerResponse) -> Result<Self, MalformedAnswer> {
        let json = serde_json::to_vec(&response)
            .map_err(|error| MalformedAnswer { reason: format!("it cannot be written as JSON: {error}") })?;
        Self::from_json(&json)
    }
}

/// Converts the values of an authorizer's context to text. API Gateway allows neither objects nor lists.
fn context_fields(context: &Value) -> Result<HashMap<String, Value>, String> {
    let fields = match context {
        Value::Null => return Ok(HashMap::new()),
        Value::Object(fields) => fields,
        _ => return Err("its context is not an object".into()),
    };
    let fields = fields.iter().filter(|(_, value)| !value.is_null());
    fields
        .map(|(key, value)| match value {
            Value::String(_) => Ok((key.clone(), value.clone())),
            Value::Bool(_) | Value::Number(_) => Ok((key.clone(), value.to_string().into())),
            _ => Err(format!("the value {key:?} in its context is an object or a list: use JSON.stringify")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_context_becomes_text_beside_the_principal() {
        let context =
            json!({"text": "t", "number": 1, "flag": true, "nothing": null, "principalId": "other"});
        let fields = read(&answer(&context)).expect("it is valid").allowed("arn", Facts::default());
        let expected = json!({"text": "t", "number": "1", "flag": "true", "principalId": "me"});
        assert_eq!(json!(fields), expected);
    }

    #[test]
    fn an_answer_without_a_principal_or_beyond_8_kb_or_with_a_list_is_malformed() {
        let with = |name: &str, value: Value| {
            let mut answer = answer(&Value::Null);
            answer[name] = value;
            answer
        };
        for (answer, part) in [
            (answer(&json!({"list": [1]})), "\"list\""),
            (answer(&json!({"object": {"a": 1}})), "\"object\""),
            (answer(&json!("text")), "context"),
            (answer(&json!({"long": "x".repeat(9000)})), "8192"),
            (with("principalId", Value::Null), "principalId"),
            (with("principalId", json!(7)), "principalId"),
            (with("policyDocument", Value::Null), "Statement"),
            (with("policyDocument", json!("{}")), "Statement"),
            (json!({"isAuthorized": true}), "principalId"),
            (json!("Allow"), "principalId"),
            (Value::Null, "principalId"),
        ] {
            let error = read(&answer).expect_err("it is malformed").to_string();
            assert!(error.contains(part), "{answer}: {error}");
        }
    }

    #[test]
    fn the_typed_answer_is_read_like_its_json() {
        let json = answer(&json!({"level": 3}));
        let typed: ApiGatewayCustomAuthorizerResponse =
            serde_json::from_value(json.clone()).expect("an answer");
        assert_eq!(AuthorizerAnswer::try_from(typed), read(&json));
    }

    fn answer(context: &Value) -> Value {
        let statement = json!({"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
        json!({"principalId": "me", "policyDocument": policy, "context": context})
    }

    fn read(answer: &Value) -> Result<AuthorizerAnswer, MalformedAnswer> {
        AuthorizerAnswer::from_json(answer.to_string().as_bytes())
    }
}
