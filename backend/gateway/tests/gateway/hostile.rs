use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::Poll;
use std::time::Duration;

use futures_util::SinkExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Script, Start, ok, soon, text};

#[tokio::test]
async fn a_flood_of_pings_that_reads_no_pongs_costs_one_pong() {
    let mut harness = Start::new(Script::default()).run().await;
    let mut flood = harness.raw().await;
    let pings: Vec<u8> =
        std::iter::repeat_n([0x89, 0x80 | 4, 0, 0, 0, 0, b'p', b'i', b'n', b'g'], 10_000).flatten().collect();
    for _ in 0..100 {
        soon(flood.stream.write_all(&pings)).await.expect("the server reads on");
    }
    flood.send(0x81, b"after the flood").await;
    assert_eq!(harness.event("MESSAGE").await.body.as_deref(), Some("after the flood"));
}

#[tokio::test]
async fn endless_empty_fragments_use_no_memory() {
    let mut harness = Start::new(Script::default()).run().await;
    let mut socket = harness.raw().await;
    socket.send(0x01, b"begun").await;
    let empty: Vec<u8> = std::iter::repeat_n([0x00, 0x80, 0, 0, 0, 0], 100_000).flatten().collect();
    soon(socket.stream.write_all(&empty)).await.expect("the server reads on");
    socket.send(0x80, b" and ended").await;
    assert_eq!(harness.event("MESSAGE").await.body.as_deref(), Some("begun and ended"));
}

#[tokio::test]
async fn a_flood_of_small_frames_lets_other_tasks_run_in_between() {
    const FRAMES: usize = 5_000;
    for (first, payload) in [(0x89, b"".as_slice()), (0x8a, b"x"), (0x81, b"{}")] {
        let mut harness = Start::new(Script::default()).run().await;
        let flood = harness.raw().await;
        harness.event("CONNECT").await;
        let mut bytes = crate::support::frame(first, payload).repeat(FRAMES);
        bytes.extend(crate::support::frame(0x81, b"last"));
        flood.stream.writable().await.expect("a socket");
        // All frames are in the buffer of the socket before the server runs again.
        assert_eq!(flood.stream.try_write(&bytes).expect("room"), bytes.len());
        let turns = Arc::new(AtomicUsize::new(0));
        let counted = turns.clone();
        let counting = tokio::spawn(std::future::poll_fn(move |context| {
            counted.fetch_add(1, Relaxed);
            context.waker().wake_by_ref();
            Poll::<()>::Pending
        }));
        soon(async { while harness.event("MESSAGE").await.body.as_deref() != Some("last") {} }).await;
        counting.abort();
        let turns = turns.load(Relaxed);
        assert!(turns > FRAMES / 20, "{first:#x}: other tasks had {turns} turns");
    }
}

#[tokio::test]
async fn a_flood_of_messages_stops_being_read_while_one_is_handled() {
    let start = Start::new(Script::on_message(|_, _| std::future::pending()));
    let mut harness = start.change(|api| api.limits.inbox_messages = 1000).run().await;
    let mut flood = harness.raw().await;
    let message = crate::support::frame(0x81, &[b'x'; 16 * 1024]);
    let mut sent_bytes = 0;
    let stalled = async {
        loop {
            flood.stream.write_all(&message).await.expect("the socket is open");
            sent_bytes += message.len();
        }
    };
    assert!(tokio::time::timeout(Duration::from_millis(500), stalled).await.is_err());
    // The buffers of the operating system are a little smaller than this. A gateway that read all thousand messages
    // would have taken sixteen megabytes more.
    assert!(sent_bytes < 14 * 1024 * 1024, "{sent_bytes} bytes were read or buffered");
    harness.event("MESSAGE").await;
    assert_eq!(harness.pending_events(), 0);
    let mut other = harness.client().await;
    other.send("1".into()).await.expect("sent");
    assert_eq!(harness.event("MESSAGE").await.body.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_flood_of_tiny_messages_is_handled_whole_and_in_order() {
    let script = Script::on_message(|_, _| async { ok() });
    let mut harness = Start::new(script).run().await;
    let mut flood = harness.raw().await;
    let messages: Vec<u8> =
        (0..2000).flat_map(|number| crate::support::frame(0x81, format!("{number}").as_bytes())).collect();
    soon(flood.stream.write_all(&messages)).await.expect("sent");
    for number in 0..2000 {
        assert_eq!(harness.event("MESSAGE").await.body, Some(number.to_string()));
    }
}

#[tokio::test]
async fn messages_that_come_with_the_handshake_are_not_lost() {
    let mut harness = Start::new(Script::default()).run().await;
    let mut stream = TcpStream::connect(harness.address).await.expect("the server listens");
    let mut wire = format!(
        "GET /ws HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        harness.address
    )
    .into_bytes();
    wire.extend(crate::support::frame(0x81, b"eager"));
    stream.write_all(&wire).await.expect("sent");
    assert_eq!(harness.event("MESSAGE").await.body.as_deref(), Some("eager"));
}

#[tokio::test]
async fn an_incomplete_handshake_times_out_and_others_are_served() {
    let mut start = Start::new(Script::default());
    start.server.header_read = Duration::from_millis(250);
    let mut harness = start.run().await;
    let mut half = TcpStream::connect(harness.address).await.expect("the server listens");
    half.write_all(b"GET /ws HTTP/1.1\r\nHost: x\r\n").await.expect("sent");
    let mut client = harness.client().await;
    client.send("{}".into()).await.expect("sent");
    harness.event("MESSAGE").await;
    let mut answer = Vec::new();
    // The server may first answer 408, but it must close the connection.
    let _ = soon(half.read_to_end(&mut answer)).await;
    assert_eq!(harness.connections.count(), 1);
}

#[tokio::test]
async fn headers_too_many_or_too_large_are_431() {
    let harness = Start::new(Script::default()).run().await;
    let http = harness.http();
    let many: String = (0..200).map(|number| format!("x-{number}: y\r\n")).collect();
    assert_eq!(http.send(&format!("GET /ws HTTP/1.1\r\n{many}"), b"").await.status, 431);
    let large = format!("GET /ws HTTP/1.1\r\nx-large: {}\r\n", "y".repeat(20 * 1024));
    assert_eq!(http.send(&large, b"").await.status, 431);
}

#[tokio::test]
async fn silent_tcp_connections_are_limited_and_time_out() {
    let mut start = Start::new(Script::default());
    start.server.connections = 2;
    start.server.header_read = Duration::from_millis(250);
    let harness = start.run().await;
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(TcpStream::connect(harness.address).await.expect("the backlog takes it"));
    }
    assert_eq!(harness.handshake_status("/ws").await, 101);
}

#[tokio::test]
async fn a_client_that_leaves_during_its_handshake_gets_its_disconnect() {
    let (release, released) = tokio::sync::watch::channel(false);
    let script = Script::new(move |_, _| {
        let mut released = released.clone();
        async move {
            let _ = released.wait_for(|released| *released).await;
            ok()
        }
    });
    let mut harness = Start::new(script).run().await;
    let address = harness.address;
    let client = tokio::spawn(async move { crate::support::RawSocket::connect(address, "/ws").await });
    harness.event("CONNECT").await;
    client.abort();
    assert!(soon(client).await.is_err());
    // This request makes sure that the server has noticed that the client has left.
    assert_eq!(harness.http().request("GET", "/ws", b"").await.status, 426);
    release.send_replace(true);
    assert_eq!(harness.disconnect().await.0, 1006);
    soon(harness.connections.wait_until_empty()).await;
}

#[tokio::test]
async fn an_error_frame_reaches_only_the_client_that_caused_it() {
    let mut harness = Start::with_routes(&["$connect"], Script::default()).run().await;
    let (mut wrong, _) = harness.identified_client().await;
    let (mut other, other_id) = harness.identified_client().await;
    wrong.send("nonsense".into()).await.expect("sent");
    assert!(text(&mut wrong).await.contains("Forbidden"));
    harness.connections.post(&other_id, &apigw_websocket::Frame::text("only this")).expect("posted");
    assert_eq!(text(&mut other).await, "only this");
}
