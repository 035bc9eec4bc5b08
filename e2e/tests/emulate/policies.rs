//! Policies of authorizers.

use serde_json::{Value, json};

use crate::answers::wanting;
use crate::app::App;
use crate::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_read_as_iam_reads_it() {
    let app = App::start("mirror");
    let url = guarded(&app);
    let allow = |part: Value| {
        let mut statement =
            json!({"Sid": "One", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "ARN"});
        for (name, value) in part.as_object().expect("an object") {
            match value {
                Value::Null => drop(statement.as_object_mut().expect("an object").remove(name)),
                value => statement[name] = value.clone(),
            }
        }
        statement
    };
    let plain = || allow(json!({}));
    let deny = |resource: Value| allow(json!({"Effect": "Deny", "Resource": resource}));
    for (statements, status) in [
        (json!([plain()]), 101),
        // As AWS's own blueprint writes policies.
        (
            json!([
                allow(json!({"Condition": {}})),
                allow(json!({"Effect": "Deny", "Resource": [], "Condition": {}}))
            ]),
            101,
        ),
        (plain(), 101),
        (
            json!([allow(
                json!({"Action": ["execute-api:*"], "Resource": ["other", "arn:aws:execute-api:*:*:*/test/$conn???"]})
            )]),
            101,
        ),
        (json!([allow(json!({"Action": "*", "Resource": "*"}))]), 101),
        (json!([plain(), deny(json!("ARN"))]), 403),
        (json!([deny(json!("*")), plain()]), 403),
        (json!([plain(), deny(json!("arn:aws:execute-api:*:*:*/test/send"))]), 101),
        (json!([]), 403),
        (json!([allow(json!({"Resource": "arn:aws:execute-api:*:*:*/test/*/*"}))]), 403),
        (json!([allow(json!({"Action": "execute-api:ManageConnections"}))]), 403),
        (json!([allow(json!({"Action": null, "NotAction": "execute-api:ManageConnections"}))]), 101),
        (json!([allow(json!({"Resource": null, "NotResource": "ARN"}))]), 403),
        (json!([plain(), allow(json!({"Effect": "Deny", "Resource": null, "NotResource": "ARN"}))]), 101),
        (json!([allow(json!({"Condition": {"IpAddress": {"aws:SourceIp": ["127.0.0.0/8", "::1"]}}}))]), 101),
        (json!([allow(json!({"Condition": {"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}}}))]), 403),
        (json!([allow(json!({"Condition": {"Bool": {"aws:SecureTransport": true}}}))]), 101),
        (
            json!([allow(
                json!({"Condition": {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}})
            )]),
            101,
        ),
        (json!([allow(json!({"Condition": {"NumericLessThan": {"aws:EpochTime": 5}}}))]), 403),
        (json!([allow(json!({"Condition": {"StringLike": {"aws:UserAgent": "robot/*"}}}))]), 101),
        (
            json!([allow(json!({"Condition": {"StringEquals": {"aws:Referer": "https://here.example/"}}}))]),
            403,
        ),
        (
            json!([allow(
                json!({"Condition": {"StringEqualsIfExists": {"aws:Referer": "https://here.example/"}}})
            )]),
            101,
        ),
        (json!([allow(json!({"Effect": null}))]), 500),
        (json!([allow(json!({"Effect": "allow"}))]), 500),
        (json!([allow(json!({"Resource": null}))]), 500),
        (json!([allow(json!({"NotAction": "x"}))]), 500),
        (json!("Allow"), 500),
        (Value::Null, 500),
    ] {
        let answer = json!({"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": statements}});
        assert_eq!(status_of(&url, &answer).await, status, "{statements}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorizer_that_fails_or_answers_something_else_is_401_or_500_and_told() {
    let app = App::telling(crate::app::copy_of("mirror"), &["--no-board"]);
    let url = guarded(&app);
    for (answer, status) in [
        (json!({"raises": "Unauthorized"}), 401),
        (json!({"raises": "something else"}), 500),
        (Value::Null, 500),
        (json!("allow"), 500),
        (json!({"isAuthorized": true}), 500),
        (with("policyDocument", Value::Null), 500),
        (with("context", json!({"roles": ["admin"]})), 500),
        (with("context", json!({"user": {"name": "me"}})), 500),
        (with("principalId", Value::Null), 500),
    ] {
        assert_eq!(status_of(&url, &answer).await, status, "{answer}");
    }
    app.says(&["authorizer", "\"roles\" in its context is an object or a list", "JSON.stringify"]);
    app.says(&["authorizer", "no principalId"]);
    // The identity source is missing, so that the authorizer is not asked.
    assert_eq!(Client::connect(&url, &[]).await.err().map(|(status, _)| status), Some(401));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_context_of_the_authorizer_is_text_in_the_events_of_the_connection() {
    let app = App::start("mirror");
    let answer = with("context", json!({"text": "t", "number": 3, "flag": true, "nothing": null}));
    let mut client =
        Client::connect(&wanting(&guarded(&app), "answer", &answer), &[]).await.expect("allowed");
    client.send(r#"{"action":"ask","tells":"event"}"#).await;
    let expected = json!({"principalId": "me", "text": "t", "number": "3", "flag": "true"});
    assert_eq!(client.json().await["requestContext"]["authorizer"], expected);
}

/// Returns an answer that allows access, with another value of one field.
fn with(name: &str, value: Value) -> Value {
    let statement = json!({"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "ARN"});
    let mut answer =
        json!({"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}});
    answer[name] = value;
    answer
}

/// Returns the status of a handshake whose authorizer returns an answer, in which `ARN` stands for that of the handshake.
async fn status_of(url: &str, answer: &Value) -> u16 {
    let agent = [("User-Agent", "robot/1.0")];
    let client = Client::connect(&wanting(url, "answer", answer), &agent).await;
    client.err().map_or(101, |(status, _)| status)
}

/// Returns the address of the API that has an authorizer.
fn guarded(app: &App) -> String {
    let apis = app.ready["apis"].as_array().expect("APIs");
    let api = apis.iter().find(|api| api["api"] == "Guarded").expect("the API");
    api["url"].as_str().expect("an address").to_owned()
}
