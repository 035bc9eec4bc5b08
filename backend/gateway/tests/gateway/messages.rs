use std::sync::Arc;
use std::time::Duration;

use apigw_websocket::{Api, Frame, FunctionError, Route};
use futures_util::SinkExt;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::support::{Harness, Script, Start, body, masked_ids, ok, text};

const ECHO: &str = r#"{"action":"echo","n":1}"#;

#[tokio::test]
async fn a_message_without_a_route_is_answered_with_forbidden_and_the_socket_stays_open() {
    let mut harness = Start::with_routes(&["$connect", "echo"], Script::default()).run().await;
    let (mut client, id) = harness.identified_client().await;
    for _ in 0..2 {
        client.send(r#"{"action":"unknown"}"#.into()).await.expect("sent");
        let (frame, ids) = masked_ids(&text(&mut client).await);
        assert_eq!(frame, r#"{"message": "Forbidden", "connectionId":"…", "requestId":"…"}"#);
        assert_eq!(ids[0], id.as_str());
    }
}

#[tokio::test]
async fn a_function_that_throws_or_panics_is_an_internal_server_error_and_the_socket_stays_open() {
    let script = Script::on_message(|event, _| async move {
        if event.body.as_deref() == Some("panic") {
            panic!("on purpose");
        }
        Err(FunctionError::new("a secret detail"))
    });
    let harness = Start::new(script).run().await;
    let mut client = harness.client().await;
    for message in ["throw", "panic", "throw"] {
        client.send(message.into()).await.expect("sent");
        let (frame, _) = masked_ids(&text(&mut client).await);
        assert_eq!(frame, r#"{"message": "Internal server error", "connectionId":"…", "requestId":"…"}"#);
    }
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_an_endpoint_time_out_and_the_socket_stays_open() {
    let script = Script::on_message(|_, _| std::future::pending());
    let harness =
        Start::new(script).change(|api| api.limits.integration = Duration::from_millis(20)).run().await;
    let mut client = harness.client().await;
    for _ in 0..2 {
        client.send(ECHO.into()).await.expect("sent");
        let (frame, _) = masked_ids(&text(&mut client).await);
        assert_eq!(
            frame,
            r#"{"message": "Endpoint request timed out", "connectionId":"…", "requestId":"…"}"#
        );
    }
}

#[tokio::test]
async fn the_request_id_of_an_error_is_that_of_the_event() {
    let script = Script::on_message(|_, _| async { Err(FunctionError::new("")) });
    let mut harness = Start::new(script).run().await;
    let mut client = harness.client().await;
    client.send(ECHO.into()).await.expect("sent");
    let (_, ids) = masked_ids(&text(&mut client).await);
    assert_eq!(harness.event("MESSAGE").await.request_context.request_id.as_deref(), Some(ids[1].as_str()));
}

#[tokio::test]
async fn the_body_that_a_one_way_route_returns_is_discarded() {
    let script = Script::on_message(|event, connections| async move {
        if event.body.as_deref() == Some("last") {
            let id = event.request_context.connection_id.and_then(|id| id.parse().ok());
            connections.post(&id.expect("an id"), &Frame::text("posted")).expect("posted");
        }
        body(500, "returned")
    });
    let harness = Start::new(script).run().await;
    let mut client = harness.client().await;
    client.send(ECHO.into()).await.expect("sent");
    client.send("last".into()).await.expect("sent");
    assert_eq!(text(&mut client).await, "posted");
}

#[tokio::test]
async fn the_body_that_a_two_way_route_returns_is_sent_whatever_its_status() {
    let script = Script::on_message(|event, _| async move {
        match event.body.as_deref() {
            Some("500") => body(500, "failed politely"),
            _ => body(200, "answer"),
        }
    });
    let harness = Start::new(script).change(two_way).run().await;
    let mut client = harness.client().await;
    for message in ["500", "x"] {
        client.send(message.into()).await.expect("sent");
    }
    assert_eq!(text(&mut client).await, "failed politely");
    assert_eq!(text(&mut client).await, "answer");
}

#[tokio::test]
async fn a_two_way_answer_without_a_body_is_an_empty_message() {
    let script = Script::on_message(|event, _| async move {
        if event.body.as_deref() == Some("nothing") { ok() } else { body(200, "") }
    });
    let harness = Start::new(script).change(two_way).run().await;
    let mut client = harness.client().await;
    for message in ["nothing", "an empty text"] {
        client.send(message.into()).await.expect("sent");
        assert_eq!(text(&mut client).await, "", "{message}");
    }
}

#[tokio::test]
async fn the_event_names_the_route_that_was_selected() {
    let mut harness = Start::new(Script::default()).run().await;
    let mut client = harness.client().await;
    for (message, route) in
        [(ECHO, "echo"), (r#"{"action":"other"}"#, "$default"), ("not json", "$default"), ("42", "$default")]
    {
        client.send(message.into()).await.expect("sent");
        let event = harness.event("MESSAGE").await;
        assert_eq!(event.request_context.route_key.as_deref(), Some(route));
        assert_eq!(event.body.as_deref(), Some(message));
    }
}

#[tokio::test]
async fn a_message_event_is_context_and_body_and_nothing_of_the_handshake() {
    let mut harness = Start::new(Script::default()).run().await;
    let mut client = harness.client_at("/ws?a=1").await;
    client.send(ECHO.into()).await.expect("sent");
    let json = apigw_websocket::event_json(&harness.event("MESSAGE").await);
    let keys: Vec<_> = json.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["requestContext", "body", "isBase64Encoded"]);
    assert_eq!(json["isBase64Encoded"], json!(false));
}

#[tokio::test]
async fn messages_of_one_connection_are_handled_one_after_the_other() {
    let gate = Arc::new(Semaphore::new(0));
    let mut harness = gated(gate.clone()).await;
    let mut client = harness.client().await;
    for number in ["1", "2", "3"] {
        client.send(number.into()).await.expect("sent");
    }
    for number in ["1", "2", "3"] {
        assert_eq!(harness.event("MESSAGE").await.body.as_deref(), Some(number));
        assert_eq!(harness.pending_events(), 0);
        gate.add_permits(1);
        assert_eq!(text(&mut client).await, number);
    }
}

#[tokio::test]
async fn a_busy_connection_delays_no_other() {
    let gate = Arc::new(Semaphore::new(0));
    let mut harness = gated(gate.clone()).await;
    let (mut busy, mut other) = (harness.client().await, harness.client().await);
    busy.send("1".into()).await.expect("sent");
    harness.event("MESSAGE").await;
    other.send("2".into()).await.expect("sent");
    assert_eq!(harness.event("MESSAGE").await.body.as_deref(), Some("2"));
}

#[tokio::test]
async fn pings_are_answered_while_a_message_is_handled() {
    let harness = Start::new(Script::on_message(|_, _| std::future::pending())).run().await;
    let mut socket = harness.raw().await;
    socket.send(0x81, b"1").await;
    socket.send(0x89, b"alive?").await;
    assert_eq!(socket.read().await, Some((0x8A, b"alive?".to_vec())));
}

#[tokio::test]
async fn messages_sent_before_a_close_are_still_handled_and_then_the_disconnect() {
    let gate = Arc::new(Semaphore::new(0));
    let mut harness = gated(gate.clone()).await;
    let mut client = harness.client().await;
    client.send("1".into()).await.expect("sent");
    client.send("2".into()).await.expect("sent");
    client.close(None).await.expect("closed");
    gate.add_permits(2);
    assert_eq!(harness.event("MESSAGE").await.body.as_deref(), Some("1"));
    assert_eq!(harness.event("MESSAGE").await.body.as_deref(), Some("2"));
    harness.event("DISCONNECT").await;
}

/// Starts a gateway whose function waits for a permit of the semaphore `gate` before it echoes a message.
async fn gated(gate: Arc<Semaphore>) -> Harness {
    let script = Script::on_message(move |event, _| {
        let gate = gate.clone();
        async move {
            gate.acquire().await.expect("a permit").forget();
            body(200, event.body.as_deref().unwrap_or_default())
        }
    });
    Start::new(script).change(two_way).run().await
}

/// Makes the route `$default` two-way.
fn two_way(api: &mut Api) {
    api.routes.insert("$default", Route::two_way()).expect("a route key");
}
