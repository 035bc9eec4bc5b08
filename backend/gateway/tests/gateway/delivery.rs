use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use apigw_websocket::{ConnectionId, Connections, Frame, PostError};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{Harness, RawSocket, Script, Start, ok, soon, text};

/// A number of bytes that is larger than all socket buffers between the gateway and a client together.
const MORE_THAN_BUFFERS: usize = 64 * 1024 * 1024;

#[tokio::test]
async fn posts_arrive_in_the_order_they_were_made() {
    let mut harness = Start::new(Script::default()).run().await;
    let (mut client, id) = harness.identified_client().await;
    for number in 0..1000 {
        harness.connections.post(&id, &Frame::text(&number.to_string())).expect("posted");
    }
    for number in 0..1000 {
        assert_eq!(text(&mut client).await, number.to_string());
    }
}

#[tokio::test]
async fn a_broadcast_reaches_every_client_and_reports_those_that_are_gone() {
    let mut harness = Start::new(Script::default()).run().await;
    let (mut first, first_id) = harness.identified_client().await;
    let (mut second, second_id) = harness.identified_client().await;
    let gone: ConnectionId = "XDmENcnwIE0CFEQ=".parse().expect("an id");
    let failed = harness.connections.post_to_all([&first_id, &gone, &second_id], &Frame::text("all")).await;
    assert_eq!(failed, [(gone, PostError::Gone)]);
    assert_eq!(text(&mut first).await, "all");
    assert_eq!(text(&mut second).await, "all");
}

/// The gateway remembers the connections of a broadcast of this size until one is added or removed.
#[tokio::test]
async fn a_repeated_broadcast_knows_who_has_come_and_gone_since() {
    let mut harness = Start::new(Script::default()).run().await;
    let (mut clients, mut ids) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        let (client, id) = harness.identified_client().await;
        clients.push(client);
        ids.push(id);
    }
    for round in ["first", "second"] {
        assert_eq!(harness.connections.post_to_all(&ids, &Frame::text(round)).await, []);
    }
    drop(clients.remove(0));
    harness.disconnect().await;
    soon(async {
        while harness.connections.count() > 19 {
            tokio::task::yield_now().await
        }
    })
    .await;
    let failed = harness.connections.post_to_all(&ids, &Frame::text("third")).await;
    assert_eq!(failed, [(ids[0], PostError::Gone)]);
    let (newcomer, id) = harness.identified_client().await;
    clients.push(newcomer);
    ids.push(id);
    let failed = harness.connections.post_to_all(&ids, &Frame::text("fourth")).await;
    assert_eq!(failed, [(ids[0], PostError::Gone)]);
    for client in &mut clients[..19] {
        for round in ["first", "second", "third", "fourth"] {
            assert_eq!(text(client).await, round);
        }
    }
    assert_eq!(text(&mut clients[19]).await, "fourth");
}

/// The test runs on one thread. So the other task can run only when the broadcast yields.
#[tokio::test(flavor = "current_thread")]
async fn a_broadcast_to_thousands_lets_other_tasks_run_meanwhile() {
    let harness = Start::new(Script::default()).run().await;
    let (counter, counted) = (Arc::new(AtomicUsize::new(0)), 10_000);
    let turns = counter.clone();
    let other = tokio::spawn(async move {
        loop {
            turns.fetch_add(1, Relaxed);
            tokio::task::yield_now().await;
        }
    });
    let ids: Vec<ConnectionId> =
        (0..counted).map(|number| format!("{number:015}=").parse().expect("an id")).collect();
    let before = counter.load(Relaxed);
    let failed = harness.connections.post_to_all(&ids, &Frame::text("all")).await;
    let turns = counter.load(Relaxed) - before;
    other.abort();
    assert_eq!(failed, ids.iter().map(|id| (*id, PostError::Gone)).collect::<Vec<_>>());
    assert!(turns >= counted / 256, "another task ran {turns} times while {counted} posts were made");
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_refused_for_every_client() {
    let mut harness = Start::new(Script::default()).run().await;
    let (mut client, id) = harness.identified_client().await;
    let too_large = PostError::PayloadTooLarge { size_bytes: 131_073, limit_bytes: 131_072 };
    let frame = Frame::text(&"x".repeat(131_073));
    assert_eq!(harness.connections.post(&id, &frame), Err(too_large));
    assert_eq!(harness.connections.post_to_all([&id], &frame).await, [(id, too_large)]);
    harness.connections.post(&id, &Frame::text(&"x".repeat(131_072))).expect("posted");
    assert_eq!(text(&mut client).await.len(), 131_072);
}

#[tokio::test]
async fn a_post_from_within_connect_is_gone_and_one_after_it_arrives() {
    let script = Script::new(|event, connections| async move {
        let context = event.request_context;
        let id = context.connection_id.and_then(|id| id.parse().ok()).expect("an id");
        if context.event_type.as_deref() == Some("CONNECT") {
            assert_eq!(connections.post(&id, &Frame::text("too early")), Err(PostError::Gone));
        }
        ok()
    });
    let mut harness = Start::new(script).run().await;
    let (mut client, id) = harness.identified_client().await;
    harness.connections.post(&id, &Frame::text("in time")).expect("posted");
    assert_eq!(text(&mut client).await, "in time");
}

#[tokio::test]
async fn a_client_that_never_reads_uses_bounded_memory_and_delays_no_other() {
    let mut harness = Start::new(Script::default()).run().await;
    let (_stalled, stalled_id) = stalled_client(&mut harness).await;
    let (mut healthy, healthy_id) = harness.identified_client().await;
    let frame = Frame::text(&"x".repeat(64 * 1024));
    let mut refused = 0;
    for _ in 0..MORE_THAN_BUFFERS / frame.payload_bytes() {
        let failed = harness.connections.post_to_all([&stalled_id, &healthy_id], &frame).await;
        assert!(
            failed.iter().all(|failure| *failure == (stalled_id, PostError::LimitExceeded)),
            "{failed:?}"
        );
        refused += failed.len();
        assert_eq!(text(&mut healthy).await.len(), frame.payload_bytes());
    }
    let accepted = MORE_THAN_BUFFERS - refused * frame.payload_bytes();
    assert!(accepted < 16 * 1024 * 1024, "{accepted} bytes were taken for a client that reads nothing");
}

#[tokio::test]
async fn a_client_that_reads_again_gets_every_accepted_frame_in_order() {
    let mut harness = Start::new(Script::default()).run().await;
    let (mut slow, id) = stalled_client(&mut harness).await;
    let padding = "x".repeat(16 * 1024);
    let mut accepted = 0;
    while harness.connections.post(&id, &Frame::text(&format!("{accepted} {padding}"))).is_ok() {
        accepted += 1;
    }
    for number in 0..accepted {
        let (first, payload) = slow.read().await.expect("a frame");
        assert_eq!(first, 0x81);
        assert_eq!(payload, format!("{number} {padding}").into_bytes());
    }
    harness.connections.post(&id, &Frame::text("again")).expect("posted");
    assert_eq!(slow.read().await, Some((0x81, b"again".to_vec())));
}

#[tokio::test]
async fn a_connection_with_a_full_queue_can_be_closed_and_the_close_comes_last() {
    let mut harness = Start::new(Script::default()).run().await;
    let (mut slow, id) = stalled_client(&mut harness).await;
    let frame = Frame::text(&"x".repeat(16 * 1024));
    while harness.connections.post(&id, &frame).is_ok() {}
    harness.connections.delete(&id).expect("deleted");
    assert_eq!(harness.connections.post(&id, &frame), Err(PostError::Gone));
    loop {
        match slow.read().await {
            Some((0x81, _)) => {}
            Some((0x88, payload)) => break assert_eq!(payload, b"\x03\xe8Connection Closed Normally"),
            other => panic!("expected a close at last, got {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_gone_connection_is_gone_for_every_command_and_no_other_is() {
    let mut harness = Start::new(Script::default()).run().await;
    let (leaving, left_id) = harness.identified_client().await;
    let (_staying, staying_id) = harness.identified_client().await;
    drop(leaving);
    harness.disconnect().await;
    let frame = Frame::text("x");
    assert_eq!(harness.connections.post(&left_id, &frame), Err(PostError::Gone));
    assert!(harness.connections.get(&left_id).is_err());
    assert!(harness.connections.delete(&left_id).is_err());
    assert_eq!(harness.connections.ids(), [staying_id]);
    harness.connections.post(&staying_id, &frame).expect("posted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn posts_from_many_threads_never_mix_or_overtake_whether_queued_or_not() {
    let mut harness = Start::new(Script::default()).run().await;
    let (mut slow, id) = stalled_client(&mut harness).await;
    let posters: Vec<_> = (0..4)
        .map(|poster| {
            let connections = harness.connections.clone();
            tokio::task::spawn_blocking(move || post_numbers(&connections, &id, poster))
        })
        .collect();
    let mut next = [0; 4];
    for _ in 0..4 * POSTS {
        let (_, payload) = slow.read().await.expect("a frame");
        let message = String::from_utf8(payload).expect("text");
        let (poster, number) = message.trim_end_matches('x').split_once(':').expect("a whole message");
        let expected = &mut next[poster.parse::<usize>().expect("a poster")];
        assert_eq!(number, expected.to_string());
        *expected += 1;
    }
    for poster in posters {
        soon(poster).await.expect("a poster that ended");
    }
}

const POSTS: usize = 1000;

/// Posts numbered messages to a connection. They are padded so much that the socket is full from time to time.
fn post_numbers(connections: &Connections, id: &ConnectionId, poster: usize) {
    let padding = "x".repeat(4096);
    for number in 0..POSTS {
        let frame = Frame::text(&format!("{poster}:{number}{padding}"));
        while connections.post(id, &frame) == Err(PostError::LimitExceeded) {
            std::thread::yield_now();
        }
    }
}

/// Connects a client that has a small receive buffer and reads only when the test tells it to.
async fn stalled_client(harness: &mut Harness) -> (RawSocket, ConnectionId) {
    let client = RawSocket::connect_with(small_buffer(harness.address).await, "/ws", "").await;
    let event = harness.event("CONNECT").await;
    let id = event.request_context.connection_id.and_then(|id| id.parse().ok()).expect("an id");
    (client, id)
}

async fn small_buffer(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(8 * 1024).expect("a small buffer");
    soon(socket.connect(address)).await.expect("the server listens")
}
