//! Functions that are invoked from outside, as with `aws lambda invoke --endpoint-url`.

use std::fs;

use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::app::App;

/// Sends a request and returns status, error type and JSON of the answer.
async fn sent(request: RequestBuilder) -> (StatusCode, Option<String>, Value) {
    let answer = request.send().await.expect("an answer");
    let kind =
        answer.headers().get("x-amzn-errortype").and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    (answer.status(), kind, answer.json().await.unwrap_or_default())
}

fn url(app: &App, function: &str) -> String {
    let base = app.ready["services"]["lambda"].as_str().expect("an address");
    format!("{base}/2015-03-31/functions/{function}/invocations")
}

fn invocation(app: &App, function: &str) -> RequestBuilder {
    reqwest::Client::new().post(url(app, function))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_must_be_json() {
    let app = App::start("mirror");
    for payload in ["hello", "{", "{} {}"] {
        let (status, kind, answer) = sent(invocation(&app, "mirror").body(payload)).await;
        let kind = kind.expect("a type");
        assert_eq!((status.as_u16(), kind.as_str()), (400, "InvalidRequestContentException"), "{payload}");
        assert!(answer.to_string().contains("Could not parse request body into json"), "{answer}");
    }
    let (status, _, answer) = sent(invocation(&app, "mirror").body(r#"{"a":1}"#)).await;
    assert_eq!((status.as_u16(), &answer["payload"]), (200, &json!({"a": 1})));
    let (_, _, answer) = sent(invocation(&app, "mirror")).await;
    assert_eq!(answer["payload"], json!({}), "nothing is an empty object");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_context_reaches_the_function_and_a_wrong_one_is_refused() {
    let app = App::start("mirror");
    // {"custom":{"tenant":"t1"}} in base64.
    let context = "eyJjdXN0b20iOnsidGVuYW50IjoidDEifX0=";
    let (_, _, answer) = sent(invocation(&app, "mirror").header("X-Amz-Client-Context", context)).await;
    assert_eq!(answer["custom"], json!({"tenant": "t1"}));
    let wrong = invocation(&app, "mirror").header("X-Amz-Client-Context", "not base64!");
    assert_eq!(sent(wrong).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_qualifier_that_a_function_does_not_have_is_not_found() {
    let app = App::start("mirror");
    for function in ["mirror:live", "mirror:7", "other"] {
        let (status, kind, _) = sent(invocation(&app, function)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{function}");
        assert_eq!(kind.as_deref(), Some("ResourceNotFoundException"), "{function}");
    }
    let by_query = |qualifier: &str| {
        let url = format!("{}?Qualifier={qualifier}", url(&app, "mirror"));
        reqwest::Client::new().post(url)
    };
    assert_eq!(sent(by_query("live")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(sent(by_query("$LATEST")).await.0, StatusCode::OK);
    assert_eq!(sent(invocation(&app, "mirror:$LATEST")).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_a_request_id_which_is_that_of_the_invocation() {
    let app = App::start("mirror");
    let id = |answer: &reqwest::Response| {
        let id = answer.headers().get("x-amzn-requestid").and_then(|id| id.to_str().ok());
        id.expect("an id").to_owned()
    };
    let answer = invocation(&app, "mirror").send().await.expect("an answer");
    let outside = id(&answer);
    let inside: Value = answer.json().await.expect("JSON");
    assert_eq!(inside["request"], outside);
    for function in ["other", "mirror:live"] {
        let answer = invocation(&app, function).send().await.expect("an answer");
        assert_eq!(id(&answer).len(), outside.len(), "{function}");
    }
    let refused = invocation(&app, "mirror").body("no JSON").send().await.expect("an answer");
    assert_eq!(id(&refused).len(), outside.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn web_pages_invoke_nothing() {
    let app = App::start("mirror");
    for origin in ["http://localhost:3000", "https://evil.example"] {
        let request = invocation(&app, "mirror").header("Origin", origin);
        assert_eq!(sent(request).await.0, StatusCode::FORBIDDEN, "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_with_a_long_cause_reaches_the_caller_and_the_process_is_kept() {
    let app = App::telling(crate::app::copy_of("mirror"), &["--no-board"]);
    for length in [100, 20_000, 900_000] {
        let (status, _, answer) = sent(invocation(&app, "long-error").json(&json!({"length": length}))).await;
        assert_eq!(status, StatusCode::OK);
        let message = answer["errorMessage"].as_str().expect("the function's own error");
        assert_eq!((answer["errorType"].as_str(), message.len()), (Some("ValueError"), length.min(100_000)));
    }
    app.says(&["reported with 202"]);
    let processes: std::collections::BTreeSet<String> =
        app.lines("by process").iter().filter_map(|line| Some(line.rsplit_once(' ')?.1.to_owned())).collect();
    assert_eq!(processes.len(), 1, "{processes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_in_a_file_of_variables_may_be_in_quotation_marks() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), "PLAIN=one\nQUOTED=\"two words\"\nSINGLE='p@ss'\nexport EXPORTED=1\n")
        .expect("written");
    let app = App::start_with("mirror", &["--no-board", "--env", &file.path().to_string_lossy()]);
    let (_, _, answer) = sent(invocation(&app, "mirror")).await;
    let expected = [("PLAIN", "one"), ("QUOTED", "two words"), ("SINGLE", "p@ss"), ("EXPORTED", "1")];
    for (name, value) in expected {
        assert_eq!(answer["environment"][name], value, "{name}");
    }
}
