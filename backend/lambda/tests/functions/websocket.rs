//! Tests of the handler of the Lambda function `websocket`.

use backend_core::ports::{ConnectionId, Connections};
use backend_lambda::keys::Guard;
use backend_lambda::websocket::{ToldTimes, Websocket};
use serde_json::{Value, json};
use shared::ServerMessage;

use crate::support::*;

type Function = Websocket<
    backend_core::testing::FakeConnections,
    backend_core::testing::FakeLog,
    backend_core::testing::FakeManagement,
    FakeSource,
>;

const TOLD: ToldTimes = ToldTimes { rotate_in_ms: 1_234_567, frame_every_ms: 5_000 };

fn function(world: &World, guard: Guard<FakeSource>) -> Function {
    let World { connections, log, management, .. } = world;
    Websocket::new(connections.clone(), log.clone(), management.clone(), guard, TOLD)
}

/// Returns the id of the connection in the test events.
fn id() -> ConnectionId {
    ConnectionId::new("XDmENcnwIE0CFEQ=")
}

async fn send(function: &Function, world: &World, message: Value) -> Vec<ServerMessage> {
    let payload = edited(MESSAGE, |event| event["body"] = json!(message.to_string()));
    let response = function.handle(event(payload), NOW).await.unwrap();
    assert_eq!(response.status_code, 200);
    world.management.take_messages(&id())
}

#[tokio::test]
async fn a_connection_is_accepted_answered_and_removed() {
    let world = World::default();
    let function = function(&world, FakeSource::with_secret(SECRET).guard().await);
    let response = function.handle(event(serde_json::from_str(CONNECT).unwrap()), NOW).await.unwrap();
    let response = serde_json::to_value(response).unwrap();
    assert_eq!(response["statusCode"], 200);
    assert_eq!(response["headers"], json!({"sec-websocket-protocol": "tickertape.v1"}));
    assert_eq!(world.management.take_posts(), [], "nothing is posted from $connect");

    world.management.connect(&id());
    function.handle(event(serde_json::from_str(MESSAGE).unwrap()), NOW).await.unwrap();
    let [ServerMessage::Pong(pong)] = &world.management.take_messages(&id())[..] else { panic!("no pong") };
    assert_eq!((pong.t, pong.server_ts), (1, NOW));

    function.handle(event(serde_json::from_str(DISCONNECT).unwrap()), NOW).await.unwrap();
    assert_eq!(world.connections.get(&id(), NOW).await.unwrap(), None);
}

#[tokio::test]
async fn the_number_of_viewers_is_not_sent_because_it_would_not_be_updated() {
    let world = World::default();
    let function = function(&world, open());
    world.viewer(id().as_str(), &[]).await;
    let replies = send(&function, &world, json!({"action": "subscribe", "id": 1, "filter": "*"})).await;
    let [ServerMessage::Subscribed(subscribed)] = &replies[..] else { panic!("{replies:?}") };
    assert_eq!(subscribed.viewers, None);
}

#[tokio::test]
async fn viewers_are_told_when_to_replace_their_connection() {
    let world = World::default();
    let function = function(&world, open());
    world.viewer(id().as_str(), &[]).await;
    let replies = send(&function, &world, json!({"action": "subscribe", "id": 1, "filter": "*"})).await;
    let [ServerMessage::Subscribed(subscribed)] = &replies[..] else { panic!("{replies:?}") };
    assert_eq!(subscribed.rotate_in_ms, TOLD.rotate_in_ms);
    assert_eq!(subscribed.limits.frame_every_ms, TOLD.frame_every_ms);
}

#[tokio::test]
async fn a_bad_message_is_answered_and_is_not_an_error_of_the_function() {
    let world = World::default();
    let function = function(&world, open());
    world.viewer(id().as_str(), &[]).await;
    let replies = send(&function, &world, json!({"action": "dance", "id": 7})).await;
    let [ServerMessage::Error(error)] = &replies[..] else { panic!("{replies:?}") };
    assert_eq!(error.id, Some(7));
}

#[tokio::test]
async fn a_new_token_signed_with_a_new_secret_is_accepted_on_an_open_connection() {
    let world = World::default();
    let source = FakeSource::with_secret(SECRET);
    let function = function(&world, source.guard().await);
    function.handle(event(serde_json::from_str(CONNECT).unwrap()), NOW).await.unwrap();
    world.management.connect(&id());
    source.change(NEXT_SECRET);
    let token = token(&["*"], &[], NEXT_SECRET);
    let replies = send(&function, &world, json!({"action": "refresh", "id": 2, "token": token})).await;
    assert!(matches!(&replies[..], [ServerMessage::Refreshed(_)]), "{replies:?}");
}

#[tokio::test]
async fn an_event_that_is_not_a_websocket_apis_fails_the_invocation() {
    let function = function(&World::default(), open());
    for payload in [json!({}), json!("hello"), edited(MESSAGE, |event| event["body"] = Value::Null)] {
        let error = function.handle(event(payload), NOW).await.unwrap_err();
        assert_eq!(error.error_type, "Event");
    }
}
