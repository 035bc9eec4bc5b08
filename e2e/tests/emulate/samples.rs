//! Four apps as people write them run without a change: SAM in Python, SAM in Node.js, the output of CDK, a serverless.yml.

use std::time::Duration;

use serde_json::json;

use crate::app::App;
use crate::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn sam_in_python_rooms_with_a_table_and_posts_by_domain_name() {
    let app = App::start("sam-python-chat");
    let mut ann = app.connect("").await;
    let bob = app.connect("").await;
    let hello = r#"{"room": "lobby", "text": "hello"}"#;
    assert_eq!(ann.ask("hello").await, hello);
    bob.leave().await;
    // Bob's connection is gone, and the others are posted to all the same.
    assert_eq!(ann.ask("hello").await, hello);
}

#[tokio::test(flavor = "multi_thread")]
async fn sam_in_node_an_authorizer_a_layer_an_index_and_two_way_routes() {
    let app = App::start("sam-node-auth");
    let connect = async |token: &str| {
        let protocols = format!("chat.v1, {token}");
        Client::connect(app.url(), &[("Sec-WebSocket-Protocol", &protocols)]).await
    };
    let refused = async |token: &str| connect(token).await.err().map(|(status, _)| status);
    assert_eq!(Client::connect(app.url(), &[]).await.err().map(|(status, _)| status), Some(401));
    assert_eq!((refused("wrong").await, refused("not-a-secret.mallory").await), (Some(401), Some(403)));
    let mut ann = connect("not-a-secret.ann").await.expect("allowed");
    let mut bob = connect("not-a-secret.bob").await.expect("allowed");
    assert_eq!(ann.protocol.as_deref(), Some("chat.v1"));
    bob.send(r#"{"service":"chat","action":"who"}"#).await;
    let mut names = bob.json().await;
    names.as_array_mut().expect("names").sort_by_key(ToString::to_string);
    assert_eq!(names, json!(["ann", "bob"]));
    bob.send(r#"{"service":"chat","action":"say","text":"hi"}"#).await;
    let said = json!({"from": "bob", "text": "hi"});
    assert_eq!((ann.json().await, bob.json().await), (said.clone(), said));
    assert!(bob.ask(r#"{"service":"other"}"#).await.starts_with(r#"{"message": "Forbidden""#));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_of_cdk_a_stream_pushes_what_was_written() {
    let app = App::start("cdk-out");
    let mut viewer = app.connect("").await;
    let mut sensor = app.connect("").await;
    let reading = r#"{"action":"measure","celsius":21.5}"#;
    sensor.send(reading).await;
    assert_eq!((viewer.text().await, sensor.text().await), (reading.to_owned(), reading.to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_serverless_yml_presence_by_a_stream_and_an_authorizer_by_query() {
    let app = App::start("serverless-yml");
    let refused = async |query: &str| {
        Client::connect(&format!("{}{query}", app.url()), &[]).await.err().map(|(status, _)| status)
    };
    assert_eq!((refused("").await, refused("?token=no").await), (Some(401), Some(403)));
    let mut ann = app.connect("?token=ann").await;
    assert_eq!(ann.text().await, "ann came");
    let bob = app.connect("?token=bob").await;
    assert_eq!(ann.text().await, "bob came");
    assert_eq!(ann.ask(r#"{"action":"who"}"#).await.len(), r#"["ann","bob"]"#.len());
    bob.leave().await;
    assert_eq!(ann.text().await, "bob left");
    assert_eq!(ann.text_within(Duration::from_millis(200)).await, None);
}
