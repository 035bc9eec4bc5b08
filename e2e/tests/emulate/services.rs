//! Routes that lead to services by mapping templates, and services that get what functions answer.

use serde_json::json;

use crate::app::{App, copy_of};
use crate::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn routes_lead_to_a_table_a_queue_and_a_function_by_mapping_templates() {
    let app = App::telling(copy_of("services"), &["--no-board"]);
    let mut client = Client::connect(&format!("{}?room=lobby", app.url()), &[]).await.expect("a handshake");
    assert_eq!(client.ask(r#"{"action":"row"}"#).await, "room lobby");
    assert_eq!(client.ask(r#"{"action":"job","group":"g1"}"#).await, "done g1");
    client.send(r#"{"action":"ask","text":"a\"b"}"#).await;
    assert_eq!(client.json().await, json!({"route": "ask", "text": "a\"b"}));
    let refused = client.ask(r#"{"action":"faulty"}"#).await;
    assert!(refused.contains("Internal server error"), "{refused}");
    app.says(&["faulty: AWS dynamodb PutItem", "the answer 400"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outcome_of_an_asynchronous_invocation_goes_to_a_queue_or_a_function() {
    let app = App::telling(copy_of("services"), &["--no-board"]);
    for (function, event) in [("fail", "{}"), ("answer", r#"{"route":"r","body":"{\"text\":\"t\"}"}"#)] {
        let base = app.ready["services"]["lambda"].as_str().expect("an address");
        let request = reqwest::Client::new()
            .post(format!("{base}/2015-03-31/functions/{function}/invocations"))
            .header("X-Amz-Invocation-Type", "Event");
        let answer = request.body(event).send().await.expect("an answer");
        assert_eq!(answer.status(), 202);
    }
    app.says(&["collected", "aws:sqs", "RetriesExhausted", "it always fails"]);
    app.says(&["collected", r#""condition":"Success""#, r#""responsePayload":{"route":"r","text":"t"}"#]);
}
