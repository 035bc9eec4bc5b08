//! Reads the policy in an authorizer's answer, and decides by it ("Grammar of the IAM JSON policy language", "Policy
//! evaluation logic").

use serde_json::{Map, Value};

use crate::condition::{self, Condition, Facts};
use crate::glob::glob;

/// The action that a policy must allow for a handshake.
const INVOKE: &str = "execute-api:invoke";

/// A policy of IAM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    statements: Vec<Statement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Statement {
    effect: Effect,
    actions: Patterns,
    resources: Patterns,
    conditions: Vec<Condition>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Allow,
    Deny,
}

/// The actions or the resources of a statement: those that match a pattern or, with `NotAction` and `NotResource`, those that
/// match none.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Patterns {
    patterns: Vec<String>,
    is_negated: bool,
}

impl Policy {
    /// Reads a policy. `Statement` may be a single statement without brackets, and every list may be a single text.
    ///
    /// # Errors
    ///
    /// A clause that says what IAM's grammar does not allow.
    pub(crate) fn read(policy: &Value) -> Result<Self, String> {
        let statements = match &policy["Statement"] {
            Value::Array(statements) => statements.iter().map(Statement::read).collect::<Result<_, _>>()?,
            one @ Value::Object(_) => vec![Statement::read(one)?],
            _ => return Err("its policyDocument has no Statement".into()),
        };
        Ok(Self { statements })
    }

    /// Applies IAM's rule: access is allowed if at least one statement allows it and none denies it. A statement with a condition
    /// that is not known here can deny access, but not allow it.
    pub(crate) fn allows(&self, arn: &str, facts: Facts<'_>) -> bool {
        let covering = |effect| {
            self.statements
                .iter()
                .filter(move |statement| statement.effect == effect && statement.covers(arn))
        };
        let holds = |statement: &Statement| condition::hold(&statement.conditions, facts);
        !covering(Effect::Deny).any(|statement| holds(statement).unwrap_or(true))
            && covering(Effect::Allow).any(|statement| holds(statement).unwrap_or(false))
    }
}

impl Statement {
    fn read(statement: &Value) -> Result<Self, String> {
        let fields = statement.as_object().ok_or("a statement of its policy is not an object")?;
        Ok(Self {
            effect: effect(fields.get("Effect"))?,
            actions: Patterns::read(fields, "Action", "NotAction")?,
            resources: Patterns::read(fields, "Resource", "NotResource")?,
            conditions: condition::read(fields.get("Condition"))?,
        })
    }

    /// Returns true if the statement is about handshakes with this ARN.
    fn covers(&self, arn: &str) -> bool {
        self.actions.cover(|pattern| glob(&pattern.to_ascii_lowercase(), INVOKE))
            && self.resources.cover(|pattern| glob(pattern, arn))
    }
}

impl Patterns {
    fn read(statement: &Map<String, Value>, name: &str, negated: &str) -> Result<Self, String> {
        let (name, is_negated) = match (statement.contains_key(name), statement.contains_key(negated)) {
            (true, false) => (name, false),
            (false, true) => (negated, true),
            (true, true) => return Err(format!("a statement of its policy has both {name} and {negated}")),
            (false, false) => return Err(format!("a statement of its policy has no {name}")),
        };
        let patterns = texts(&statement[name]).ok_or_else(|| {
            format!("{name} in a statement of its policy is neither text nor a list of texts")
        })?;
        Ok(Self { patterns, is_negated })
    }

    fn cover(&self, matches: impl Fn(&str) -> bool) -> bool {
        self.patterns.iter().any(|pattern| matches(pattern)) != self.is_negated
    }
}

fn effect(value: Option<&Value>) -> Result<Effect, String> {
    match value.and_then(Value::as_str) {
        Some("Allow") => Ok(Effect::Allow),
        Some("Deny") => Ok(Effect::Deny),
        _ => Err("the Effect of a statement of its policy is neither \"Allow\" nor \"Deny\"".into()),
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match value {
        Value::Array(values) => values.iter().map(text).collect(),
        one => Some(vec![text(one)?]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:execute-api:eu-west-1:123456789012:abcd123/prod/$connect";

    #[test]
    fn the_method_arn_and_a_wildcard_below_the_stage_allow() {
        let below = "arn:aws:execute-api:eu-west-1:123456789012:abcd123/prod/*";
        let one_character = "arn:aws:execute-api:eu-west-1:123456789012:abcd12?/pro?/$connect";
        for resource in [ARN, below, one_character, "arn:aws:*", "*"] {
            assert!(allows(&json!([statement("Allow", resource)])), "{resource}");
        }
    }

    #[test]
    fn the_resource_of_a_rest_api_does_not_cover_a_route() {
        let api = "arn:aws:execute-api:eu-west-1:123456789012:abcd123";
        assert!(!allows(&json!([statement("Allow", &format!("{api}/prod/*/*"))])));
        assert!(!allows(&json!([statement("Allow", &format!("{api}/test/*"))])));
    }

    #[test]
    fn a_deny_beats_an_allow() {
        assert!(!allows(&json!([statement("Allow", "*"), statement("Deny", ARN)])));
        assert!(!allows(&json!([])));
    }

    #[test]
    fn actions_are_compared_without_their_case_and_with_wildcards() {
        for (action, is_allowed) in [
            (json!("execute-api:Invoke"), true),
            (json!("Execute-API:invoke"), true),
            (json!(["execute-api:ManageConnections", "execute-api:*"]), true),
            (json!("*"), true),
            (json!("execute-api:ManageConnections"), false),
            (json!([]), false),
        ] {
            let statement = json!({"Effect": "Allow", "Action": action, "Resource": "*"});
            assert_eq!(allows(&statement), is_allowed, "{action}");
        }
    }

    #[test]
    fn not_action_and_not_resource_cover_everything_else() {
        for (part, is_allowed) in [
            (json!({"Action": "*", "NotResource": "arn:aws:execute-api:*/prod/admin"}), true),
            (json!({"Action": "*", "NotResource": [ARN, "other"]}), false),
            (json!({"NotAction": "execute-api:ManageConnections", "Resource": "*"}), true),
            (json!({"NotAction": ["execute-api:Inv*"], "Resource": "*"}), false),
        ] {
            let mut statement = part;
            statement["Effect"] = "Allow".into();
            assert_eq!(allows(&statement), is_allowed, "{statement}");
            statement["Effect"] = "Deny".into();
            let both = json!([super::tests::statement("Allow", "*"), statement]);
            assert_eq!(allows(&both), !is_allowed, "{both}");
        }
    }

    #[test]
    fn a_policy_may_have_a_single_statement_without_brackets() {
        assert!(allows(&statement("Allow", "*")));
    }

    #[test]
    fn an_empty_condition_holds_and_an_unknown_one_does_not_allow() {
        let with = |effect: &str, condition: Value| {
            let mut statement = statement(effect, "*");
            statement["Condition"] = condition;
            allows(&json!([statement, super::tests::statement("Allow", "other")]))
        };
        let near = json!({"IpAddress": {"aws:SourceIp": ["127.0.0.0/8"]}});
        for condition in [json!({}), Value::Null, near] {
            assert!(with("Allow", condition.clone()), "{condition}");
        }
        for condition in [
            json!({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}),
            json!({"StringEquals": {"aws:RequestedRegion": ["eu-west-1"]}}),
        ] {
            assert!(!with("Allow", condition.clone()), "{condition}");
        }
    }

    #[test]
    fn a_deny_whose_condition_does_not_hold_denies_nothing() {
        let with = |condition: Value| {
            let mut deny = statement("Deny", "*");
            deny["Condition"] = condition;
            allows(&json!([statement("Allow", "*"), deny]))
        };
        assert!(with(json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})));
        assert!(!with(json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})), "it is not known");
    }

    #[test]
    fn what_the_grammar_does_not_allow_is_an_error() {
        let without = |name: &str| {
            let mut statement = statement("Allow", "*");
            statement.as_object_mut().expect("an object").remove(name);
            statement
        };
        let with = |name: &str, value: Value| {
            let mut statement = statement("Allow", "*");
            statement[name] = value;
            statement
        };
        for (statements, part) in [
            (Value::Null, "no Statement"),
            (json!(["Allow"]), "not an object"),
            (without("Effect"), "Effect"),
            (with("Effect", json!("allow")), "Effect"),
            (without("Action"), "no Action"),
            (without("Resource"), "no Resource"),
            (with("Resource", json!(7)), "Resource"),
            (with("Resource", json!([["*"]])), "Resource"),
            (with("NotResource", json!("x")), "both Resource and NotResource"),
            (with("NotAction", json!("x")), "both Action and NotAction"),
            (with("Condition", json!("always")), "Condition"),
            (with("Condition", json!({"IpAddress": "127.0.0.1"})), "Condition"),
            (with("Condition", json!({"IpAddress": {"aws:SourceIp": {}}})), "Condition"),
        ] {
            let error = Policy::read(&json!({"Statement": statements})).expect_err(&statements.to_string());
            assert!(error.contains(part), "{statements}: {error}");
        }
    }

    fn statement(effect: &str, resource: &str) -> Value {
        json!({"Sid": "One", "Action": "execute-api:Invoke", "Effect": effect, "Resource": resource})
    }

    /// Decides about a handshake of a client on this machine.
    fn allows(statements: &Value) -> bool {
        let policy = Policy::read(&json!({"Version": "2012-10-17", "Statement": statements}));
        policy.expect("a policy").allows(ARN, Facts::default())
    }
}
