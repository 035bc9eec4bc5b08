//! Tests of the limits for each client: a client that exceeds its limits does not affect the others.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use apigw_websocket::{
    Authorizer, AuthorizerAnswer, ConnectionId, Frame, PostError, ServerSettings, TrustedProxies, serve,
};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::support::{Harness, RawSocket, Script, Start, soon};

#[tokio::test]
async fn a_flood_without_a_token_uses_up_no_handshake_of_those_who_have_one() {
    let start = asking_for_tokens().change(|api| api.limits.connects_per_second = 2);
    let harness = start.run().await;
    for _ in 0..50 {
        assert_eq!(harness.handshake_status("/ws?token=wrong").await, 401);
    }
    assert_eq!(harness.handshake_status("/ws?token=a").await, 101);
    assert_eq!(harness.handshake_status("/ws?token=b").await, 101);
    assert_eq!(harness.handshake_status("/ws?token=c").await, 429);
}

#[tokio::test]
async fn handshakes_beyond_the_rate_of_an_address_are_429_and_the_authorizer_is_not_asked() {
    let start = behind_a_proxy(asking_for_tokens());
    let mut harness = start.change(|api| api.limits.handshakes_per_second_of_address = Some(2)).run().await;
    let flood = "X-Forwarded-For: 2001:db8:1:2::7\r\n";
    for status in [401, 401, 429, 429] {
        assert_eq!(status_with(&harness, "/ws?token=wrong", flood).await, status);
    }
    let neighbour = "X-Forwarded-For: 2001:db8:1:2::8\r\n";
    assert_eq!(status_with(&harness, "/ws?token=a", neighbour).await, 429, "the same 64 bits");
    let other = "X-Forwarded-For: 2001:db8:1:3::7\r\n";
    assert_eq!(status_with(&harness, "/ws?token=a", other).await, 101);
    assert_eq!(harness.pending_authorizations(), 3);
    harness.clock.advance(Duration::from_secs(1));
    assert_eq!(status_with(&harness, "/ws?token=a", flood).await, 101);
}

#[tokio::test]
async fn connections_beyond_the_share_of_a_principal_at_an_address_are_429() {
    let start = behind_a_proxy(asking_for_tokens());
    let harness = start.change(|api| api.limits.connections_of_principal = Some(1)).run().await;
    let at = |last: u8| format!("X-Forwarded-For: 192.0.2.{last}\r\n");
    let first = handshake(&harness, "/ws?token=a", &at(1)).await;
    assert!(first.head.starts_with("HTTP/1.1 101"));
    assert_eq!(status_with(&harness, "/ws?token=a", &at(1)).await, 429);
    let _elsewhere = handshake(&harness, "/ws?token=a", &at(2)).await;
    let _other = handshake(&harness, "/ws?token=b", &at(1)).await;
    assert_eq!(harness.connections.count(), 3);
    drop(first);
    soon(async { while status_with(&harness, "/ws?token=a", &at(1)).await != 101 {} }).await;
}

#[tokio::test]
async fn new_connections_beyond_the_rate_of_a_principal_are_429_and_others_connect() {
    let start = asking_for_tokens().change(|api| api.limits.connects_per_second_of_principal = Some(1));
    let harness = start.run().await;
    assert_eq!(harness.handshake_status("/ws?token=a").await, 101);
    assert_eq!(harness.handshake_status("/ws?token=a").await, 429);
    assert_eq!(harness.handshake_status("/ws?token=b").await, 101);
}

#[tokio::test]
async fn handshakes_of_one_address_that_wait_leave_room_for_others() {
    let start = behind_a_proxy(Start::new(Script::new(|_, _| std::future::pending())));
    let mut harness = start
        .change(|api| {
            api.limits.handshakes = 2;
            api.limits.handshakes_of_address = Some(1);
        })
        .run()
        .await;
    let address = harness.address;
    let waiting = tokio::spawn(async move { RawSocket::connect(address, "/ws").await });
    harness.event("CONNECT").await;
    assert_eq!(harness.handshake_status("/ws").await, 429);
    let other = tokio::spawn(async move {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        RawSocket::connect_with(stream, "/ws", "X-Forwarded-For: 192.0.2.1\r\n").await
    });
    harness.event("CONNECT").await;
    waiting.abort();
    other.abort();
}

#[tokio::test]
async fn a_trusted_proxy_names_the_client_and_anybody_else_only_themselves() {
    let mut harness = behind_a_proxy(Start::new(Script::default())).run().await;
    let _behind = handshake(&harness, "/ws", "X-Forwarded-For: 127.0.0.9, 192.0.2.7\r\n").await;
    let event = harness.event("CONNECT").await;
    assert_eq!(event.request_context.identity.source_ip.as_deref(), Some("192.0.2.7"));
    assert_eq!(event.headers["x-forwarded-for"], "192.0.2.7");
    let stranger = stream_from([127, 0, 0, 2], harness.address).await;
    let _direct = RawSocket::connect_with(stranger, "/ws", "X-Forwarded-For: 192.0.2.7\r\n").await;
    let event = harness.event("CONNECT").await;
    assert_eq!(event.request_context.identity.source_ip.as_deref(), Some("127.0.0.2"));
}

#[tokio::test]
async fn a_client_behind_a_proxy_on_this_machine_cannot_use_the_management_api() {
    let harness = behind_a_proxy(Start::new(Script::default())).run().await;
    let head = "GET /ws/@connections/XDmENcnwIE0CFEQ%3D HTTP/1.1\r\n";
    assert_eq!(harness.http().send(head, b"").await.status, 410);
    let behind = format!("{head}X-Forwarded-For: 192.0.2.7\r\n");
    assert_eq!(harness.http().send(&behind, b"").await.status, 403);
}

#[tokio::test]
async fn silent_tcp_connections_give_way_to_a_client_that_speaks() {
    let mut start = Start::new(Script::default());
    start.server.connections = 4;
    start.server.header_read = Duration::from_secs(3600);
    let harness = start.run().await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(stream_from([127, 0, 0, 2], harness.address).await);
    }
    assert_eq!(harness.handshake_status("/ws").await, 101);
    assert_eq!(silent[0].read(&mut [0; 1]).await.ok(), Some(0), "the first had to go");
}

#[tokio::test]
async fn silent_tcp_connections_beyond_the_share_of_their_address_displace_only_each_other() {
    let mut start = Start::new(Script::default());
    start.server.connections_of_address = 2;
    start.server.header_read = Duration::from_secs(3600);
    let harness = start.run().await;
    let mut other = stream_from([127, 0, 0, 3], harness.address).await;
    let mut silent = Vec::new();
    for _ in 0..5 {
        silent.push(stream_from([127, 0, 0, 2], harness.address).await);
    }
    for displaced in &mut silent[..3] {
        assert_eq!(soon(displaced.read(&mut [0; 1])).await.ok(), Some(0));
    }
    let request = format!("GET /ws HTTP/1.1\r\nHost: {}\r\n\r\n", harness.address);
    other.write_all(request.as_bytes()).await.expect("still open");
    assert!(soon(other.read(&mut [0; 1])).await.is_ok_and(|read| read == 1));
}

#[tokio::test]
async fn a_client_that_does_not_take_its_answer_is_given_up() {
    const ANSWER: &[u8] = &[b'x'; 64 * 1024 * 1024];
    // The server has one clone of the service, and each connection one or more.
    let clones = Arc::new(());
    let counted = clones.clone();
    let service = tower::service_fn(move |_: Request<Incoming>| {
        let _counted = &counted;
        async { Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(ANSWER)))) }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let mut settings = ServerSettings::default();
    settings.write = Duration::from_millis(250);
    let server = tokio::spawn(serve(listener, service, settings, std::future::pending()));
    let mut client = TcpStream::connect(address).await.expect("the server listens");
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("sent");
    // The client reads nothing until the server has closed the connection, because of the limit of 250 ms.
    until(|| Arc::strong_count(&clones) > 2).await;
    until(|| Arc::strong_count(&clones) == 2).await;
    let mut taken = Vec::new();
    let _ = soon(client.read_to_end(&mut taken)).await;
    assert!(taken.len() < ANSWER.len(), "the whole answer was kept for a client that did not read");
    server.abort();
}

/// Waits until a condition is true.
async fn until(is_true: impl Fn() -> bool) {
    soon(async {
        while !is_true() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_that_takes_its_answer_slowly_gets_all_of_it() {
    const ANSWER: &[u8] = &[b'x'; 16 * 1024 * 1024];
    let service = tower::service_fn(|_: Request<Incoming>| async {
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(ANSWER))))
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let mut settings = ServerSettings::default();
    // The whole answer takes longer than this, and no part of it does, even if the machine is busy.
    let limit = Duration::from_secs(2);
    settings.write = limit;
    let server = tokio::spawn(serve(listener, service, settings, std::future::pending()));
    let mut client = TcpStream::connect(address).await.expect("the server listens");
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("sent");
    let (began, mut taken, mut buffer) = (Instant::now(), 0, vec![0; 128 * 1024]);
    loop {
        tokio::time::sleep(Duration::from_millis(50)).await;
        match soon(client.read(&mut buffer)).await.expect("no reset") {
            0 => break,
            read => taken += read,
        }
    }
    assert!(taken > ANSWER.len(), "{taken} bytes");
    assert!(began.elapsed() > 2 * limit, "{:?}", began.elapsed());
    server.abort();
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_found_and_its_last_frame_replaces_what_waits() {
    let mut harness = Start::new(Script::default()).run().await;
    let (mut slow, id) = stalled_client(&mut harness).await;
    let (mut healthy, _) = harness.identified_client().await;
    let frame = Frame::text(&"x".repeat(16 * 1024));
    while harness.connections.post(&id, &frame).is_ok() {}
    let found = soon(async {
        loop {
            harness.clock.advance(Duration::from_secs(10));
            tokio::time::sleep(Duration::from_millis(50)).await;
            let found = harness.connections.stalled(Duration::from_secs(30));
            if !found.is_empty() {
                return found;
            }
        }
    });
    assert_eq!(found.await, [id]);
    harness.connections.delete_with(&id, &Frame::text("too slow")).expect("open");
    assert_eq!(harness.connections.post(&id, &frame), Err(PostError::Gone));
    let mut whole = 0;
    loop {
        match slow.read().await {
            Some((0x81, payload)) if payload == b"too slow" => break,
            Some((0x81, _)) => whole += 1,
            other => panic!("expected the last frame, got {other:?}"),
        }
    }
    assert_eq!(slow.read().await, Some((0x88, b"\x03\xe8Connection Closed Normally".to_vec())));
    assert!(whole * frame.payload_bytes() < 8 * 1024 * 1024, "{whole} frames were in the socket's buffers");
    futures_util::SinkExt::close(&mut healthy).await.expect("nothing happened to it");
}

#[tokio::test]
async fn the_queues_of_one_client_hold_no_more_than_its_share() {
    let mut start = Start::new(Script::default());
    // Only the share of the client bounds its queues.
    start.api.limits.queue_bytes = usize::MAX;
    start.api.limits.queue_frames = usize::MAX;
    start.api.limits.queued_bytes_of_principal = Some(128 * 1024);
    let mut harness = start.run().await;
    let mut slow = Vec::new();
    for _ in 0..4 {
        slow.push(stalled_client(&mut harness).await);
    }
    let frame = Frame::text(&"x".repeat(8 * 1024));
    let ids: Vec<ConnectionId> = slow.iter().map(|(_, id)| *id).collect();
    let mut rounds = 0;
    while harness.connections.post_to_all(&ids, &frame).await.len() < ids.len() {
        rounds += 1;
        assert!(rounds < 2_000, "the queues never fill");
    }
    let elsewhere = stream_from([127, 0, 0, 2], harness.address).await;
    let _other = RawSocket::connect_with(elsewhere, "/ws", "").await;
    let event = harness.event("CONNECT").await;
    let other: ConnectionId =
        event.request_context.connection_id.and_then(|id| id.parse().ok()).expect("an id");
    assert_eq!(harness.connections.post(&other, &frame), Ok(()));
}

/// Configures a gateway whose authorizer accepts every token except `wrong`. The name of the principal is the token.
fn asking_for_tokens() -> Start {
    let script = Script::default().authorizing(|event| {
        let token = event.query_string_parameters.first("token").unwrap_or_default().to_owned();
        if token == "wrong" {
            return Err(apigw_websocket::AuthorizeError::Unauthorized);
        }
        let policy = json!({
            "principalId": token,
            "policyDocument": {"Version": "2012-10-17", "Statement": [
                {"Action": ["execute-api:Invoke"], "Effect": "Allow", "Resource": ["*"]}
            ]},
        });
        Ok(AuthorizerAnswer::from_json(policy.to_string().as_bytes())?)
    });
    Start::new(script).change(|api| {
        let mut authorizer = Authorizer::default();
        authorizer.identity_sources = Vec::new();
        api.authorizer = Some(authorizer);
    })
}

/// Configures 127.0.0.1 as a trusted proxy. The requests of the tests come from this address.
fn behind_a_proxy(mut start: Start) -> Start {
    start.server.trusted_proxies = TrustedProxies::new([Ipv4Addr::LOCALHOST.into()]);
    start
}

async fn handshake(harness: &Harness, path: &str, headers: &str) -> RawSocket {
    let stream = TcpStream::connect(harness.address).await.expect("the server listens");
    RawSocket::connect_with(stream, path, headers).await
}

async fn status_with(harness: &Harness, path: &str, headers: &str) -> u16 {
    let head = handshake(harness, path, headers).await.head;
    head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
}

async fn stream_from(from: [u8; 4], to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from((from, 0))).expect("an address of this machine");
    soon(socket.connect(to)).await.expect("the server listens")
}

/// Connects a client that has a small receive buffer and reads only when the test tells it to.
async fn stalled_client(harness: &mut Harness) -> (RawSocket, ConnectionId) {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(8 * 1024).expect("a small buffer");
    let stream = soon(socket.connect(harness.address)).await.expect("the server listens");
    let client = RawSocket::connect_with(stream, "/ws", "").await;
    let event = harness.event("CONNECT").await;
    (client, event.request_context.connection_id.and_then(|id| id.parse().ok()).expect("an id"))
}
