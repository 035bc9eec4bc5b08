//! Tests the authorizer with the event that AWS documents, and its three possible answers: a policy that allows, a
//! policy that denies, and an error.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

use aws_lambda_events::apigw::ApiGatewayCustomAuthorizerRequestTypeRequest;
use backend_core::token::{Claims, Verifier, mint};
use backend_core::{Access, Principal, authorize as core};
use backend_edge::{AuthorizerError, authorize};
use serde_json::{Value, json};
use shared::{Filter, Millis};

const EVENT: &str = include_str!("fixtures/authorizer.json");
const SECRET: &[u8] = b"thirty-two bytes of pure secrecy";
const NOW: Millis = 1_800_000_000_000;

#[test]
fn a_good_token_is_answered_with_a_policy_for_the_whole_stage_and_the_principal() {
    let answer = decide("Authorization", &format!("Bearer {}", token(&claims()))).unwrap();
    assert_eq!(answer["principalId"], "agent");
    assert_eq!(
        answer["policyDocument"],
        json!({"Version": "2012-10-17", "Statement": [{
            "Action": ["execute-api:Invoke"],
            "Effect": "Allow",
            "Resource": ["arn:aws:execute-api:us-east-1:123456789012:abcd123/prod/*"],
        }]})
    );
    let back = core::from_context(|key| answer["context"].get(key).and_then(Value::as_str));
    assert_eq!(back, Ok(Principal::from(claims())));
}

#[test]
fn a_token_among_the_protocols_is_as_good() {
    let list = format!("tickertape.v1, bearer.{}", token(&claims()));
    assert_eq!(decide("Sec-WebSocket-Protocol", &list).unwrap()["principalId"], "agent");
}

#[test]
fn a_token_that_allows_nothing_is_denied() {
    let idle = token(&Claims { subscribe: vec![], publish: vec![], ..claims() });
    let answer = decide("Authorization", &format!("Bearer {idle}")).unwrap();
    assert_eq!(answer["policyDocument"]["Statement"][0]["Effect"], "Deny");
}

#[test]
fn no_token_a_foreign_one_and_an_old_one_throw_the_very_word_that_makes_401() {
    let old = token(&Claims { exp: NOW / 1000, ..claims() });
    for value in ["", "Bearer x.y.z", &format!("Bearer {old}")] {
        let error = decide("Authorization", value).unwrap_err();
        assert_eq!(
            (error.clone(), error.to_string()),
            (AuthorizerError::Unauthorized, "Unauthorized".into())
        );
    }
}

#[test]
fn an_event_without_a_method_arn_is_a_fault_in_the_set_up() {
    for arn in [json!(null), json!("$connect"), json!("arn:aws:execute-api:us-east-1:1:abcd123")] {
        let mut event: Value = serde_json::from_str(EVENT).unwrap();
        event["methodArn"] = arn;
        let error = authorize(&request(event), &Access::Open, NOW).unwrap_err();
        assert!(matches!(error, AuthorizerError::MethodArn { .. }), "{error}");
    }
}

fn decide(header: &str, value: &str) -> Result<Value, AuthorizerError> {
    let mut event: Value = serde_json::from_str(EVENT).unwrap();
    event["headers"][header] = json!(value);
    event["multiValueHeaders"][header] = json!([value]);
    let access = Access::Tokens(Verifier::new(SECRET).unwrap());
    let response = authorize(&request(event), &access, NOW)?;
    Ok(serde_json::to_value(response).unwrap())
}

fn request(event: Value) -> ApiGatewayCustomAuthorizerRequestTypeRequest {
    serde_json::from_value(event).unwrap()
}

fn claims() -> Claims {
    Claims {
        sub: "agent".into(),
        exp: NOW / 1000 + 60,
        nbf: None,
        subscribe: vec![Filter::new("host/*").unwrap()],
        publish: vec![],
        forget: vec![],
        edit: vec![],
    }
}

fn token(claims: &Claims) -> String {
    mint(claims, SECRET).unwrap()
}
