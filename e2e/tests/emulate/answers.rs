//! Proxy answers of functions of every kind, to handshakes and to messages, and what clients then get.

use reqwest::Url;
use serde_json::{Value, json};

use crate::app::App;
use crate::client::Client;

/// Answers that API Gateway calls malformed.
fn malformed() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(7),
        json!("text"),
        json!([{"statusCode": 200}]),
        json!({"statusCode": 200, "message": "an unknown key"}),
        json!({"statusCode": 200, "cookies": []}),
        json!({"statusCode": 200, "body": {"an": "object"}}),
        json!({"statusCode": "two hundred"}),
        json!({"statusCode": [200]}),
        json!({"statusCode": 200, "headers": {"a": ["a", "list"]}}),
        json!({"statusCode": 200, "multiValueHeaders": {"a": "text"}}),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_has_the_status_that_connect_returns_or_502() {
    let app = App::start("mirror");
    for (answer, status) in [
        (json!({"statusCode": "200"}), 101),
        (json!({"statusCode": 201.0}), 101),
        (json!({"statusCode": 299, "headers": null, "body": null}), 101),
        (json!({"statusCode": 200, "headers": {"x-number": 1, "x-none": null}}), 101),
        (json!({"statusCode": 301}), 301),
        (json!({"statusCode": "401"}), 401),
        (json!({"statusCode": 503}), 503),
        (json!({}), 502),
        (json!({"statusCode": null}), 502),
        (json!({"statusCode": 42}), 502),
    ] {
        assert_eq!(status_of(&app, &json!({"returns": answer})).await, status, "{answer}");
    }
    for answer in malformed() {
        assert_eq!(status_of(&app, &json!({"returns": answer})).await, 502, "{answer}");
    }
    assert_eq!(status_of(&app, &json!({"raises": "no"})).await, 502);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_answer_to_a_message_is_an_error_frame_and_the_socket_stays() {
    let app = App::start("mirror");
    let mut client = app.connect("").await;
    for route in ["oneway", "ask"] {
        for answer in malformed() {
            client.send(&json!({"action": route, "returns": answer}).to_string()).await;
            let frame = client.json().await;
            assert_eq!(frame["message"], "Internal server error", "{route}: {answer}");
            assert!(frame["connectionId"].is_string() && frame["requestId"].is_string(), "{frame}");
        }
    }
    client
        .send(&json!({"action": "oneway", "returns": {"statusCode": 500, "body": "discarded"}}).to_string())
        .await;
    assert_eq!(client.ask(r#"{"action":"ask"}"#).await, "ask");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_two_way_route_answers_with_the_body_whatever_the_status() {
    let app = App::start("mirror");
    let mut client = app.connect("").await;
    for (answer, text) in [
        (json!({"statusCode": 200, "body": "yes"}), "yes"),
        (json!({"statusCode": 500, "body": "no"}), "no"),
        (json!({"statusCode": "404", "body": "text"}), "text"),
        (json!({"body": "without a status"}), "without a status"),
        (json!({"statusCode": 200, "body": ""}), ""),
        (json!({"statusCode": 200, "body": null}), ""),
        (json!({"statusCode": 200}), ""),
    ] {
        let message = json!({"action": "ask", "returns": answer}).to_string();
        assert_eq!(client.ask(&message).await, text, "{message}");
    }
    let ask_for = |length: usize| json!({"action": "ask", "long": length}).to_string();
    assert_eq!(client.ask(&ask_for(128 * 1024)).await.len(), 128 * 1024);
    let beyond = client.ask(&ask_for(128 * 1024 + 1)).await;
    assert!(beyond.contains("Internal server error"), "{} bytes", beyond.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sub_protocol_is_the_one_that_connect_returns() {
    let app = App::start("mirror");
    for (headers, chosen) in [
        (json!({"headers": {"Sec-WebSocket-Protocol": "two"}}), Some("two")),
        (json!({"headers": {"sec-websocket-protocol": "one"}}), Some("one")),
        (json!({"multiValueHeaders": {"Sec-WebSocket-Protocol": ["two"]}}), Some("two")),
    ] {
        let mut answer = headers;
        answer["statusCode"] = 200.into();
        let url = wanting(app.url(), "wanted", &json!({"returns": answer}));
        let client = Client::connect(&url, &[("Sec-WebSocket-Protocol", "one, two")]).await;
        assert_eq!(client.expect("a handshake").protocol.as_deref(), chosen, "{answer}");
    }
}

/// Returns the status of a handshake whose `$connect` does what `wanted` says.
async fn status_of(app: &App, wanted: &Value) -> u16 {
    let url = wanting(app.url(), "wanted", wanted);
    Client::connect(&url, &[]).await.err().map_or(101, |(status, _)| status)
}

/// Returns an address with a query parameter that is JSON.
pub fn wanting(url: &str, name: &str, json: &Value) -> String {
    Url::parse_with_params(url, [(name, json.to_string())]).expect("an address").to_string()
}
