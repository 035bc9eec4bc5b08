use std::time::Duration;

use apigw_websocket::Frame;
use futures_util::SinkExt;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::support::{RawSocket, Script, Start, closed, ok, soon};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn ten_minutes_of_silence_close_with_1001() {
    let mut harness = Start::new(Script::default()).run().await;
    let mut client = harness.client().await;
    harness.clock.advance(10 * MINUTE);
    assert_eq!(closed(&mut client).await, (1001, "Going away".into()));
    assert_eq!(harness.disconnect().await, (1001, "Going away".into()));
}

#[tokio::test]
async fn a_message_in_either_direction_keeps_a_connection_open() {
    let mut harness = Start::new(Script::default()).run().await;
    let (mut silent, silent_id) = harness.identified_client().await;
    let (mut sender, sending) = harness.identified_client().await;
    let (_receiver, receiving) = harness.identified_client().await;
    harness.clock.advance(9 * MINUTE);
    sender.send("{}".into()).await.expect("sent");
    harness.event("MESSAGE").await;
    harness.connections.post(&receiving, &Frame::text("still here")).expect("posted");
    harness.clock.advance(2 * MINUTE);
    assert_eq!(closed(&mut silent).await.0, 1001);
    let ended = harness.event("DISCONNECT").await.request_context.connection_id;
    assert_eq!(ended.as_deref(), Some(silent_id.as_str()));
    assert!(harness.connections.get(&sending).is_ok());
    assert!(harness.connections.get(&receiving).is_ok());
}

#[tokio::test]
async fn pings_keep_a_connection_open_only_if_configured() {
    for resets in [false, true] {
        let start = Start::new(Script::default()).change(|api| api.client_ping_resets_idle = resets);
        let mut harness = start.run().await;
        let mut socket = harness.raw().await;
        let event = harness.event("CONNECT").await;
        harness.clock.advance(9 * MINUTE);
        socket.send(0x89, b"").await;
        assert_eq!(socket.read().await, Some((0x8A, vec![])));
        let id = event.request_context.connection_id.and_then(|id| id.parse().ok()).expect("an id");
        let active = harness.connections.get(&id).expect("open").last_active_at_ms;
        let connected = harness.connections.get(&id).expect("open").connected_at_ms;
        assert_eq!(active - connected, if resets { 540_000 } else { 0 });
    }
}

#[tokio::test]
async fn two_hours_close_even_a_busy_connection_with_1001() {
    let mut harness = Start::new(Script::default()).run().await;
    let mut client = harness.client().await;
    for _ in 0..14 {
        harness.clock.advance(8 * MINUTE);
        client.send("{}".into()).await.expect("sent");
        harness.event("MESSAGE").await;
    }
    harness.clock.advance(8 * MINUTE);
    assert_eq!(closed(&mut client).await, (1001, "Going away".into()));
    assert_eq!(harness.disconnect().await, (1001, "Going away".into()));
}

#[tokio::test]
async fn a_deleted_connection_closes_with_1000() {
    let mut harness = Start::new(Script::default()).run().await;
    let (mut client, id) = harness.identified_client().await;
    harness.connections.delete(&id).expect("deleted");
    assert_eq!(closed(&mut client).await, (1000, "Connection Closed Normally".into()));
    assert_eq!(harness.disconnect().await, (1000, "Connection Closed Normally".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_many_busy_connections_gets_the_close_of_its_deletion() {
    let mut harness = Start::new(Script::default()).run().await;
    for _ in 0..300 {
        let mut socket = harness.raw().await;
        let event = harness.event("CONNECT").await;
        let id = event.request_context.connection_id.and_then(|id| id.parse().ok()).expect("an id");
        let connections = harness.connections.clone();
        let deleted = tokio::task::spawn_blocking(move || connections.delete(&id));
        for _ in 0..3 {
            // The pings keep the connection's task busy. An error is ignored, because the connection may be closed
            // before the last ping.
            let _ = socket.stream.write_all(&crate::support::frame(0x89, b"")).await;
        }
        soon(deleted).await.expect("a thread").expect("deleted");
        let mut last = socket.read().await;
        while last.as_ref().is_some_and(|(first, _)| *first == 0x8A) {
            last = socket.read().await;
        }
        assert_eq!(last, Some((0x88, b"\x03\xe8Connection Closed Normally".to_vec())));
    }
}

#[tokio::test]
async fn a_bare_close_of_the_client_is_1005() {
    let mut harness = Start::new(Script::default()).run().await;
    let mut socket = harness.raw().await;
    socket.send(0x88, b"").await;
    assert_eq!(socket.read().await, Some((0x88, vec![])));
    assert_eq!(socket.read().await, None);
    assert_eq!(harness.disconnect().await, (1005, "Client-side close frame status not set".into()));
}

#[tokio::test]
async fn the_clients_own_code_and_reason_are_in_the_disconnect_event() {
    let mut harness = Start::new(Script::default()).run().await;
    let mut client = harness.client().await;
    let frame = CloseFrame { code: CloseCode::from(4001), reason: "bye".into() };
    client.close(Some(frame)).await.expect("closed");
    assert_eq!(harness.disconnect().await, (4001, "bye".into()));
}

#[tokio::test]
async fn a_socket_that_ends_without_a_close_is_1006() {
    let mut harness = Start::new(Script::default()).run().await;
    let socket = harness.raw().await;
    SockRef::from(&socket.stream).set_linger(Some(Duration::ZERO)).expect("a reset instead of a close");
    drop(socket);
    assert_eq!(harness.disconnect().await.0, 1006);
    let socket = harness.raw().await;
    drop(socket);
    assert_eq!(harness.disconnect().await.0, 1006);
}

#[tokio::test]
async fn a_frame_of_32_kb_is_taken_and_one_byte_more_is_1009() {
    let mut harness = Start::new(Script::default()).run().await;
    let mut socket = harness.raw().await;
    socket.send(0x81, &[b'x'; 32_768]).await;
    assert_eq!(harness.event("MESSAGE").await.body.map(|body| body.len()), Some(32_768));
    socket.send(0x81, &[b'x'; 32_769]).await;
    assert_eq!(socket.close_code().await, Some(1009));
    drop(socket);
    assert_eq!(harness.disconnect().await.0, 1009);
}

#[tokio::test]
async fn a_message_of_128_kb_is_taken_and_one_byte_more_is_1009() {
    let mut harness = Start::new(Script::default()).run().await;
    let mut socket = harness.raw().await;
    for first in [0x01, 0x00, 0x00, 0x80] {
        socket.send(first, &[b'x'; 32_768]).await;
    }
    assert_eq!(harness.event("MESSAGE").await.body.map(|body| body.len()), Some(131_072));
    for first in [0x01, 0x00, 0x00, 0x00] {
        socket.send(first, &[b'x'; 32_768]).await;
    }
    socket.send(0x80, b"x").await;
    assert_eq!(socket.close_code().await, Some(1009));
}

#[tokio::test]
async fn a_binary_frame_is_1003_and_bad_text_is_1007() {
    let harness = Start::new(Script::default()).run().await;
    let mut binary = harness.raw().await;
    binary.send(0x82, b"x").await;
    assert_eq!(binary.close_code().await, Some(1003));
    let mut bad = harness.raw().await;
    bad.send(0x81, b"\xff\xfe").await;
    assert_eq!(bad.close_code().await, Some(1007));
}

#[tokio::test]
async fn a_client_that_still_sends_after_its_error_sees_an_orderly_end_and_no_reset() {
    let mut harness = Start::new(Script::default()).run().await;
    let mut socket = harness.raw().await;
    let rest = [0; 64 * 1024];
    socket.send(0x81, &[b'x'; 100_000]).await;
    assert_eq!(socket.close_code().await, Some(1009));
    for _ in 0..4 {
        socket.stream.write_all(&rest).await.expect("the server still reads");
        assert_eq!(soon(socket.stream.read(&mut [0; 1])).await.ok(), Some(0));
    }
    drop(socket);
    assert_eq!(harness.disconnect().await.0, 1009);
}

#[tokio::test]
async fn a_disconnect_that_fails_affects_no_other_connection() {
    let script = Script::new(|event, _| async move {
        match event.request_context.event_type.as_deref() {
            Some("DISCONNECT") => panic!("on purpose"),
            _ => ok(),
        }
    });
    let mut harness = Start::new(script).run().await;
    drop(harness.client().await);
    harness.disconnect().await;
    soon(harness.connections.wait_until_empty()).await;
    assert_eq!(harness.handshake_status("/ws").await, 101);
}

#[tokio::test]
async fn a_client_that_does_not_answer_a_close_is_aborted() {
    let mut harness = Start::new(Script::default()).run().await;
    let (client, id) = harness.identified_client().await;
    harness.connections.delete(&id).expect("deleted");
    harness.clock.advance(Duration::from_secs(5));
    assert_eq!(harness.disconnect().await, (1000, "Connection Closed Normally".into()));
    drop(client);
}

#[tokio::test]
async fn shutting_down_closes_every_connection_and_waits_for_its_disconnect() {
    let mut harness = Start::new(Script::default()).run().await;
    let (mut first, mut second) = (harness.client().await, harness.client().await);
    let gateway = harness.gateway.clone();
    let down = tokio::spawn(async move { gateway.shut_down(1001, "restarting").await });
    assert_eq!(closed(&mut first).await, (1001, "restarting".into()));
    assert_eq!(closed(&mut second).await, (1001, "restarting".into()));
    drop((first, second));
    soon(down).await.expect("shut down");
    assert_eq!(harness.connections.count(), 0);
    harness.disconnect().await;
    harness.disconnect().await;
    assert_eq!(harness.handshake_status("/ws").await, 503);
}

#[tokio::test]
async fn a_handshake_in_progress_when_the_shutdown_begins_is_503_and_gets_its_disconnect() {
    let (release, released) = tokio::sync::watch::channel(false);
    let script = Script::new(move |event, _| {
        let mut released = released.clone();
        async move {
            if event.request_context.event_type.as_deref() == Some("CONNECT") {
                let _ = released.wait_for(|released| *released).await;
            }
            ok()
        }
    });
    let mut harness = Start::new(script).run().await;
    let address = harness.address;
    let client = tokio::spawn(async move { RawSocket::connect(address, "/ws").await });
    harness.event("CONNECT").await;
    let gateway = harness.gateway.clone();
    let shut_down = gateway.shut_down(1001, "restarting");
    tokio::pin!(shut_down);
    let early = tokio::time::timeout(Duration::from_millis(50), &mut shut_down).await;
    assert!(early.is_err(), "the shutdown waits for the handshake");
    assert_eq!(harness.handshake_status("/ws").await, 503);
    release.send_replace(true);
    let head = soon(client).await.expect("a client").head;
    assert!(head.starts_with("HTTP/1.1 503"), "{head}");
    soon(shut_down).await;
    assert_eq!(harness.disconnect().await, (1001, "Going away".into()));
    assert_eq!(harness.connections.count(), 0);
}
