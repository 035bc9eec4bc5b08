//! The fields of events.

use serde_json::{Value, json};

use crate::answers::wanting;
use crate::app::{App, copy_of};
use crate::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn a_connect_event_has_headers_and_query_with_all_their_values() {
    let app = App::telling(copy_of("mirror"), &["--no-board"]);
    let url = format!("{}?room=a&room=b&empty=&name=J%C3%BCrgen+M", app.url());
    let headers =
        [("X-Custom", "one"), ("x-custom", "two"), ("User-Agent", "robot/1.0"), ("Cookie", "a=1; b=2")];
    let client = Client::connect(&url, &headers).await.expect("a handshake");
    let event = connect_event(&app);
    assert_eq!(event["queryStringParameters"], json!({"room": "b", "empty": "", "name": "Jürgen M"}));
    let all = json!({"room": ["a", "b"], "empty": [""], "name": ["Jürgen M"]});
    assert_eq!(event["multiValueQueryStringParameters"], all);
    // The client of this test writes names in lower case.
    assert_eq!(event["headers"]["cookie"], "a=1; b=2");
    assert_eq!(event["headers"]["x-custom"], "two");
    assert_eq!(event["multiValueHeaders"]["x-custom"], json!(["one", "two"]));
    assert!(event["headers"].get("Connection").is_none() && event["headers"].get("Upgrade").is_none());
    assert_eq!(event["headers"]["X-Forwarded-Proto"], "https");
    assert_eq!(event["headers"]["X-Forwarded-Port"], "443");
    assert_eq!(event["headers"]["X-Forwarded-For"], "127.0.0.1");
    let context = &event["requestContext"];
    assert_eq!(context["identity"], json!({"userAgent": "robot/1.0", "sourceIp": "127.0.0.1"}));
    assert_eq!((&context["routeKey"], &context["eventType"]), (&json!("$connect"), &json!("CONNECT")));
    assert_eq!(context["stage"], "test");
    for absent in ["messageId", "authorizer", "disconnectStatusCode", "httpMethod", "resourcePath"] {
        assert!(context.get(absent).is_none(), "{absent}: {context}");
    }
    assert!(event.get("body").is_none());
    client.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connect_event_without_a_query_has_no_query() {
    let app = App::telling(copy_of("mirror"), &["--no-board"]);
    let client = Client::connect(app.url(), &[]).await.expect("a handshake");
    let event = connect_event(&app);
    for absent in ["queryStringParameters", "multiValueQueryStringParameters"] {
        assert!(event.get(absent).is_none(), "{absent}: {event}");
    }
    client.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_events_of_a_connection_have_its_id_and_its_time_and_ids_of_their_own() {
    let app = App::telling(copy_of("mirror"), &["--no-board"]);
    let mut client = app.connect("").await;
    let mut events = vec![connect_event(&app)["requestContext"].clone()];
    for message in [r#"{"action":"ask","tells":"event"}"#, r#"{"action":"7","tells":"event"}"#] {
        client.send(message).await;
        let event = client.json().await;
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!(message), &json!(false)));
        assert!(event.get("headers").is_none() && event.get("queryStringParameters").is_none());
        assert_eq!(event["requestContext"]["eventType"], "MESSAGE");
        assert!(event["requestContext"]["messageId"].is_string());
        events.push(event["requestContext"].clone());
    }
    client.leave().await;
    events.push(event_of(&app, "ended ")["requestContext"].clone());
    for name in ["connectionId", "connectedAt", "domainName", "apiId", "stage"] {
        assert!(
            events.iter().all(|event| !event[name].is_null() && event[name] == events[0][name]),
            "{name}"
        );
    }
    let ids: std::collections::BTreeSet<&str> =
        events.iter().filter_map(|event| event["requestId"].as_str()).collect();
    assert_eq!(ids.len(), events.len(), "each event has a request id of its own");
    for event in &events {
        assert_eq!(event["requestId"], event["extendedRequestId"]);
        assert_eq!(event["messageDirection"], "IN");
        assert!(event["requestTimeEpoch"].as_i64() >= event["connectedAt"].as_i64());
        let id = event["requestId"].as_str().expect("an id");
        assert!(id.len() == 16 && id.ends_with('='), "{id}");
    }
    assert_ne!(events[1]["messageId"], events[2]["messageId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authorizer_gets_the_handshake_with_the_headers_of_the_hop() {
    let app = App::telling(copy_of("mirror"), &["--no-board"]);
    let apis = app.ready["apis"].as_array().expect("APIs");
    let url = apis.iter().find(|api| api["api"] == "Guarded").and_then(|api| api["url"].as_str());
    let denied = wanting(url.expect("an address"), "answer", &json!({"raises": "Unauthorized"}));
    assert!(Client::connect(&denied, &[("X-Custom", "one")]).await.is_err());
    let event = event_of(&app, "asked ");
    assert_eq!(event["type"], "REQUEST");
    let arn = event["methodArn"].as_str().expect("an ARN");
    assert!(arn.starts_with("arn:aws:execute-api:") && arn.ends_with("/test/$connect"), "{arn}");
    assert_eq!(event["headers"]["Upgrade"], "websocket");
    assert_eq!(event["headers"]["x-custom"], "one", "names are as the client writes them");
    assert_eq!(event["queryStringParameters"]["answer"], json!({"raises": "Unauthorized"}).to_string());
    assert_eq!(event["stageVariables"], json!({}));
}

/// Waits for the CONNECT event, which the function prints.
fn connect_event(app: &App) -> Value {
    event_of(app, "connecting ")
}

/// Waits for an event, which the function prints after a word.
fn event_of(app: &App, word: &str) -> Value {
    app.says(&[word]);
    let line = app.lines(word).pop().expect("a line");
    let (_, event) = line.split_once(word).expect("it is in the line");
    serde_json::from_str(event).unwrap_or_else(|error| panic!("{error}: {line}"))
}
