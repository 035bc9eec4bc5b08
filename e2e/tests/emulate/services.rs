//! Routes that lead to services by mapping templates.

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
