//! Tests of fault injection: each fault happens as it is configured.

use std::time::Duration;

use apigw_websocket::{Chaos, Frame, PostError};
use futures_util::SinkExt;
use tokio::io::AsyncReadExt;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Harness, Script, Start, closed, soon, text};

/// Time to wait before a test concludes that something has not happened.
const A_WHILE: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_refused_handshake_has_the_configured_status_and_no_function_is_invoked() {
    let mut harness = in_chaos(r#"{"refuse": {"probability": 1, "status": 429}}"#).await;
    assert_eq!(harness.handshake_status("/ws").await, 429);
    harness.gateway.chaos().refuse_handshakes(true);
    assert_eq!(harness.handshake_status("/ws").await, 503);
    assert_eq!(harness.pending_events(), 0);
    harness.gateway.chaos().refuse_handshakes(false);
    assert_eq!(harness.handshake_status("/ws").await, 101);
    assert_eq!(harness.gateway.chaos().counts().refused, 2);
}

#[tokio::test]
async fn a_lost_disconnect_is_never_delivered_and_the_connection_is_removed_all_the_same() {
    let mut harness = in_chaos(r#"{"lost_disconnect": 1}"#).await;
    let (client, id) = harness.identified_client().await;
    drop(client);
    soon(harness.connections.wait_until_empty()).await;
    assert_eq!(harness.pending_events(), 0);
    assert_eq!(harness.connections.post(&id, &Frame::text("late")), Err(PostError::Gone));
    assert_eq!(harness.gateway.chaos().counts().lost_disconnects, 1);
}

#[tokio::test]
async fn posts_are_gone_for_a_while_after_connecting_and_then_arrive() {
    let mut harness = in_chaos(r#"{"gone_ms": 100}"#).await;
    let (mut client, id) = harness.identified_client().await;
    wait_until_open(&harness, &id).await;
    assert_eq!(harness.connections.post(&id, &Frame::text("early")), Err(PostError::Gone));
    let path = format!("/ws/@connections/{id}");
    assert_eq!(harness.http().request("POST", &path, b"early").await.status, 410);
    harness.clock.advance(Duration::from_millis(100));
    assert_eq!(harness.connections.post(&id, &Frame::text("in time")), Ok(()));
    assert_eq!(text(&mut client).await, "in time");
}

#[tokio::test]
async fn throttled_posts_are_429_and_beyond_the_rate_always() {
    let mut harness = in_chaos(r#"{"throttle": {"above_per_second": 2}}"#).await;
    let (mut client, id) = harness.identified_client().await;
    wait_until_open(&harness, &id).await;
    let post = |name: &str| harness.connections.post(&id, &Frame::text(name));
    assert_eq!((post("1"), post("2"), post("3")), (Ok(()), Ok(()), Err(PostError::LimitExceeded)));
    harness.clock.advance(Duration::from_millis(500));
    assert_eq!((post("4"), post("5")), (Ok(()), Err(PostError::LimitExceeded)));
    for expected in ["1", "2", "4"] {
        assert_eq!(text(&mut client).await, expected);
    }
    set(&harness, r#"{"throttle": {"probability": 1}}"#);
    assert_eq!(harness.connections.post(&id, &Frame::text("6")), Err(PostError::LimitExceeded));
}

#[tokio::test]
async fn a_delayed_post_is_overtaken_by_a_younger_one() {
    let mut harness = in_chaos(r#"{"delay": {"probability": 1, "ms": [150, 150]}}"#).await;
    let (mut client, id) = harness.identified_client().await;
    wait_until_open(&harness, &id).await;
    assert_eq!(harness.connections.post(&id, &Frame::text("first")), Ok(()));
    set(&harness, "{}");
    assert_eq!(harness.connections.post(&id, &Frame::text("second")), Ok(()));
    assert_eq!((text(&mut client).await, text(&mut client).await), ("second".into(), "first".into()));
}

#[tokio::test]
async fn a_duplicated_post_arrives_twice() {
    let mut harness = in_chaos(r#"{"duplicate": {"probability": 1, "ms": [1, 5]}}"#).await;
    let (mut client, id) = harness.identified_client().await;
    wait_until_open(&harness, &id).await;
    assert_eq!(harness.connections.post(&id, &Frame::text("again")), Ok(()));
    assert_eq!((text(&mut client).await, text(&mut client).await), ("again".into(), "again".into()));
}

#[tokio::test]
async fn a_frozen_connection_reads_nothing_and_writes_nothing_until_it_thaws() {
    let mut harness = Start::new(Script::default()).run().await;
    let (mut client, id) = harness.identified_client().await;
    harness.gateway.chaos().freeze(&id).expect("frozen");
    client.send(Message::text(r#"{"action":"echo"}"#)).await.expect("sent");
    assert_eq!(harness.connections.post(&id, &Frame::text("waits")), Ok(()));
    assert!(tokio::time::timeout(A_WHILE, text(&mut client)).await.is_err());
    assert_eq!(harness.pending_events(), 0);
    harness.gateway.chaos().thaw(&id).expect("thawed");
    assert_eq!(text(&mut client).await, "waits");
    harness.event("MESSAGE").await;
}

#[tokio::test]
async fn the_end_of_a_frozen_connection_is_seen_by_its_functions_and_not_by_its_client() {
    let mut harness = in_chaos(r#"{"freeze": 1}"#).await;
    let mut socket = harness.raw().await;
    let id = harness.event("CONNECT").await.request_context.connection_id.expect("an id");
    let id = id.parse().expect("a well-formed id");
    wait_until_open(&harness, &id).await;
    assert_eq!(harness.connections.post(&id, &Frame::text("lost")), Ok(()));
    harness.clock.advance(Duration::from_secs(2 * 60 * 60));
    while harness.pending_events() == 0 {
        // The clock is advanced repeatedly, because the connection is first closed and, after a further limit, aborted.
        harness.clock.advance(Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(harness.disconnect().await.0, 1001);
    assert!(tokio::time::timeout(A_WHILE, socket.stream.read_u8()).await.is_err());
}

#[tokio::test]
async fn a_cut_connection_ends_in_the_middle_of_a_frame_by_a_reset() {
    let mut harness = in_chaos(r#"{"cut": 1}"#).await;
    let mut socket = harness.raw().await;
    let id = harness.event("CONNECT").await.request_context.connection_id.expect("an id");
    let id = id.parse().expect("a well-formed id");
    wait_until_open(&harness, &id).await;
    assert_eq!(harness.connections.post(&id, &Frame::text(&"x".repeat(1000))), Ok(()));
    let mut received = Vec::new();
    let end = soon(socket.stream.read_to_end(&mut received)).await;
    assert_eq!(end.map_err(|error| error.kind()), Err(std::io::ErrorKind::ConnectionReset));
    assert_eq!(received.len(), Frame::text(&"x".repeat(1000)).wire().len() / 2);
    assert_eq!(harness.disconnect().await.0, 1006);
}

#[tokio::test]
async fn a_connection_is_cut_by_hand_and_no_other() {
    let mut harness = Start::new(Script::default()).run().await;
    let (_victim, cut) = harness.identified_client().await;
    let (mut other, kept) = harness.identified_client().await;
    harness.gateway.chaos().cut(&cut).expect("cut");
    assert_eq!(harness.disconnect().await.0, 1006);
    assert_eq!(harness.connections.post(&kept, &Frame::text("still here")), Ok(()));
    assert_eq!(text(&mut other).await, "still here");
    assert_eq!(harness.gateway.chaos().counts().cut, 1);
}

#[tokio::test]
async fn at_720_times_the_speed_two_hours_are_ten_seconds() {
    let chaos: Chaos = serde_json::from_str(r#"{"time_scale": 720}"#).expect("settings");
    let start = Start::new(Script::default()).change(|api| {
        api.limits.idle = Duration::from_secs(24 * 60 * 60);
        api.limits = chaos.limits(&api.limits);
    });
    let mut harness = start.run().await;
    let (mut client, id) = harness.identified_client().await;
    harness.clock.advance(Duration::from_millis(9_900));
    tokio::time::sleep(A_WHILE).await;
    assert!(harness.connections.get(&id).is_ok());
    harness.clock.advance(Duration::from_millis(100));
    assert_eq!(closed(&mut client).await, (1001, "Going away".into()));
    assert_eq!(harness.disconnect().await.0, 1001);
}

#[tokio::test]
async fn the_same_seed_gives_each_post_the_same_fault() {
    let first = post_results(r#"{"seed": 1, "throttle": {"probability": 0.5}}"#).await;
    assert_eq!(post_results(r#"{"seed": 1, "throttle": {"probability": 0.5}}"#).await, first);
    assert_ne!(post_results(r#"{"seed": 2, "throttle": {"probability": 0.5}}"#).await, first);
}

/// Returns the results of a hundred posts to the first connection of a gateway with these settings.
async fn post_results(settings: &str) -> Vec<Result<(), PostError>> {
    let mut harness = in_chaos(settings).await;
    let (_client, id) = harness.identified_client().await;
    (0..100).map(|_| harness.connections.post(&id, &Frame::text("x"))).collect()
}

async fn in_chaos(settings: &str) -> Harness {
    let harness = Start::new(Script::default()).run().await;
    set(&harness, settings);
    harness
}

fn set(harness: &Harness, settings: &str) {
    harness.gateway.chaos().set(serde_json::from_str(settings).expect("settings"));
}

/// Waits until posts to the connection succeed. This is the case shortly after the test has received its CONNECT event.
async fn wait_until_open(harness: &Harness, id: &apigw_websocket::ConnectionId) {
    soon(async {
        while harness.connections.get(id).is_err() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}
