use apigw_websocket::{Api, AuthorizeError, Authorizer, AuthorizerAnswer};
use futures_util::SinkExt;
use serde_json::json;

use crate::support::{Harness, Script, Start};

#[tokio::test]
async fn the_authorizers_context_is_in_every_event() {
    let mut harness = start(|arn| Ok(policy("Allow", arn))).await;
    let mut client = harness.client_at("/ws?token=t").await;
    client.send("{}".into()).await.expect("sent");
    let expected = json!({"principalId": "me", "level": "3", "admin": "true"});
    for event_type in ["CONNECT", "MESSAGE"] {
        let event = harness.event(event_type).await;
        assert_eq!(json!(event.request_context.authorizer.fields), expected, "{event_type}");
    }
    client.close(None).await.expect("closed");
    let event = harness.event("DISCONNECT").await;
    assert_eq!(json!(event.request_context.authorizer.fields), expected);
}

#[tokio::test]
async fn the_authorizer_is_invoked_once_for_a_connection_with_the_arn_of_connect() {
    let mut harness = start(|arn| Ok(policy("Allow", arn))).await;
    let mut client = harness.client_at("/ws?token=t").await;
    client.close(None).await.expect("closed");
    harness.event("DISCONNECT").await;
    let event = harness.authorization().await;
    assert_eq!(event.method_arn.as_deref(), Some("arn:aws:execute-api:local:000000000000:local/ws/$connect"));
    assert_eq!(event.type_.as_deref(), Some("REQUEST"));
    assert_eq!(event.query_string_parameters.first("token"), Some("t"));
    assert_eq!(harness.pending_authorizations(), 0);
}

#[tokio::test]
async fn an_authorizers_answer_is_not_cached_for_the_next_handshake() {
    let mut harness = start(|arn| Ok(policy("Allow", arn))).await;
    let (_first, _second) = (harness.client_at("/ws?token=t").await, harness.client_at("/ws?token=t").await);
    harness.authorization().await;
    harness.authorization().await;
}

#[tokio::test]
async fn a_missing_or_empty_identity_source_is_401_and_no_function_is_invoked() {
    let mut harness = start(|arn| Ok(policy("Allow", arn))).await;
    for path in ["/ws", "/ws?token=", "/ws?other=t"] {
        assert_eq!(harness.handshake_status(path).await, 401, "{path}");
    }
    assert_eq!(harness.pending_authorizations(), 0);
    assert_eq!(harness.pending_events(), 0);
}

#[tokio::test]
async fn a_refusal_is_401_403_or_500_and_connect_is_not_invoked() {
    for (answer, status) in [
        (Answer::Policy("Deny", "*"), 403),
        (Answer::Policy("Allow", "arn:aws:execute-api:local:000000000000:local/ws/*/*"), 403),
        (Answer::Error(AuthorizeError::Unauthorized), 401),
        (Answer::Error(AuthorizeError::Failed { message: "broken".into() }), 500),
        (Answer::Panic, 500),
    ] {
        let expected = format!("{answer:?}");
        let mut harness = start(move |_| answer.give()).await;
        assert_eq!(harness.handshake_status("/ws?token=t").await, status, "{expected}");
        assert_eq!(harness.pending_events(), 0, "{expected}");
    }
}

#[derive(Debug)]
enum Answer {
    Policy(&'static str, &'static str),
    Error(AuthorizeError),
    Panic,
}

impl Answer {
    fn give(&self) -> Result<AuthorizerAnswer, AuthorizeError> {
        match self {
            Self::Policy(effect, resource) => Ok(policy(effect, resource)),
            Self::Error(error) => Err(error.clone()),
            Self::Panic => panic!("on purpose"),
        }
    }
}

async fn start(
    answer: impl Fn(&str) -> Result<AuthorizerAnswer, AuthorizeError> + Send + Sync + 'static,
) -> Harness {
    let script =
        Script::default().authorizing(move |event| answer(event.method_arn.as_deref().unwrap_or_default()));
    let sources = ["route.request.querystring.token".parse().expect("an identity source")];
    let authorizer = |api: &mut Api| api.authorizer = Some(Authorizer::new(sources));
    Start::new(script).change(authorizer).run().await
}

fn policy(effect: &str, resource: &str) -> AuthorizerAnswer {
    let statement = json!({"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource});
    let answer = json!({
        "principalId": "me",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"level": 3, "admin": true},
    });
    AuthorizerAnswer::from_json(answer.to_string().as_bytes()).expect("an authorizer's answer")
}
