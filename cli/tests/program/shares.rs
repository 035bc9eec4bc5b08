//! Tests that a client which uses more than its share of the server is limited, and that other clients are not
//! affected.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shared::limits;

use crate::support::{Client, Guarded, Server, Socket, TIMEOUT, request, run, stream_from};

/// The loopback address of the client that uses too much. The other clients of a test have another address, because
/// limits are counted for each address.
const ATTACKER: [u8; 4] = [127, 0, 0, 2];

#[test]
fn a_flood_of_handshakes_without_a_token_refuses_nobody_who_has_one() {
    let guarded = Guarded::start(&[]);
    let token = guarded.token(&["--subscribe", "*"]);
    let answered = Arc::new(AtomicUsize::new(0));
    flood_of_handshakes(guarded.server.address, answered.clone());
    wait_until(|| answered.load(Relaxed) > 2000);
    let list = format!("tickertape.v1, bearer.{token}");
    let statuses: Vec<_> = (0..50)
        .map(|_| Socket::connect_with(guarded.server.address, &[("sec-websocket-protocol", &list)]))
        .map(|handshake| handshake.err())
        .collect();
    let during = answered.load(Relaxed);
    assert_eq!(statuses, vec![None; 50], "while {during} handshakes without a token were answered");
}

#[test]
fn silent_connections_leave_room_for_those_who_speak() {
    let server = Server::start_with_open_files(256, &[]);
    let mut viewer = server.watch("*");
    let silent: Vec<_> = (0..400).map(|_| stream_from(ATTACKER, server.address)).collect();
    let began = Instant::now();
    for number in 0..5 {
        assert_eq!(server.post("/topics/a", number.to_string()).status, 200);
        assert_eq!(viewer.hear_data(), [("a".to_owned(), json!(number))]);
        server.connect().is_alive();
    }
    // The silent connections are closed before their time-out, because otherwise there would be no room for others.
    let took = began.elapsed();
    assert!(took < Duration::from_millis(limits::HEADER_MS - 1000), "{took:?}");
    drop(silent);
}

#[test]
fn the_number_of_open_files_is_raised_to_what_the_system_permits() {
    let server = Server::start_with_open_files(64, &[]);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let mut numbers = line.split_whitespace().skip(3);
    assert_eq!((numbers.next(), numbers.next()), (Some("64"), Some("64")), "the hard limit was lowered");
    let server = Server::start_with_soft_open_files(64, &[]);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let numbers: Vec<&str> = line.split_whitespace().skip(3).take(2).collect();
    assert_eq!(numbers[0], numbers[1], "{line}");
}

#[test]
fn one_client_has_its_part_of_the_websockets_and_the_others_theirs() {
    let server = Server::start_with_open_files(128, &[]);
    let mut held = Vec::new();
    let refused = loop {
        match Socket::over(stream_from(ATTACKER, server.address), server.address, &[]) {
            Ok(socket) => held.push(socket),
            Err(status) => break status,
        }
        assert!(held.len() < 128, "there is no bound");
    };
    assert_eq!(refused, 429);
    server.connect().is_alive();
}

#[test]
fn a_list_of_topics_comes_in_pages() {
    let server = Server::start();
    let mut publisher = server.connect();
    for number in 0..limits::TOPICS_PAGE + 5 {
        publisher
            .say(&json!({"action": "publish", "id": number, "topic": format!("t{number:05}"), "data": 1}));
        publisher.hear_type("published");
    }
    let first = server.get("/topics").json();
    assert_eq!(first["topics"].as_array().unwrap().len(), limits::TOPICS_PAGE);
    let next = first["next"].as_str().unwrap();
    let rest = server.get(&format!("/topics?after={next}")).json();
    assert_eq!(rest["topics"].as_array().unwrap().len(), 5);
    assert_eq!(rest["next"], Value::Null);
    let listed = run(&server.ws(), &["topics"]);
    assert_eq!(String::from_utf8(listed.stdout).unwrap().lines().count(), limits::TOPICS_PAGE + 5);
}

#[test]
fn a_connection_ends_with_its_token_and_is_told_so_at_that_moment() {
    let guarded = Guarded::start(&[]);
    let token = guarded.token(&["--subscribe", "*", "--ttl", "3s"]);
    let list = format!("tickertape.v1, bearer.{token}");
    let protocols = [("sec-websocket-protocol", list.as_str())];
    let mut viewer = Socket::connect_with(guarded.server.address, &protocols).unwrap();
    viewer.say(&json!({"action": "subscribe", "id": 1, "filter": "*"}));
    viewer.hear_type("subscribed");
    let began = Instant::now();
    let end = viewer.hear_type("disconnect");
    assert_eq!((&end["code"], &end["reconnect"]), (&json!(3500), &json!(false)));
    assert!(began.elapsed() < Duration::from_millis(4500), "{:?}", began.elapsed());
    assert_eq!(u16::from(viewer.hear_close().unwrap().code), 1000);
}

#[test]
fn a_command_whose_token_ends_says_so_and_ends_with_3() {
    let guarded = Guarded::start(&[]);
    let token = guarded.token(&["--subscribe", "*", "--ttl", "3s"]);
    let watch = Client::start(&guarded.server, &["watch", "*", "--token", &token]);
    watch.says("token");
    assert_eq!(watch.ended(), 3);
}

#[test]
fn connections_live_for_30_days_unless_awss_limits_are_asked_for() {
    let rotation = |arguments: &[&str]| {
        let server = Server::start_with(arguments);
        let mut socket = server.connect();
        socket.say(&json!({"action": "subscribe", "id": 1, "filter": "*"}));
        socket.hear_type("subscribed")["rotate_in_ms"].clone()
    };
    assert_eq!(rotation(&[]), 30 * 24 * 3_600_000_u64);
    assert_eq!(rotation(&["--limits", "aws"]), 6_600_000);
}

#[test]
fn behind_a_trusted_proxy_each_client_has_its_own_part() {
    let server = Server::start_with_open_files(128, &["--trust-proxy", "127.0.0.2"]);
    let connect = |client: &str| {
        Socket::over(stream_from(ATTACKER, server.address), server.address, &[("x-forwarded-for", client)])
    };
    let mut held = Vec::new();
    let refused = loop {
        match connect("192.0.2.1") {
            Ok(socket) => held.push(socket),
            Err(status) => break status,
        }
    };
    assert_eq!(refused, 429);
    connect("192.0.2.2").unwrap().is_alive();
}

/// Sends handshakes without a token over one TCP connection, as fast as the server answers them, and counts the
/// answers.
fn flood_of_handshakes(address: SocketAddr, answered: Arc<AtomicUsize>) {
    const COUNT: usize = 50_000;
    let mut stream = stream_from(ATTACKER, address);
    let mut writer = stream.try_clone().unwrap();
    let one = format!(
        "GET /ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    std::thread::spawn(move || (0..COUNT).try_for_each(|_| writer.write_all(one.as_bytes())));
    std::thread::spawn(move || {
        let mut buffer = [0; 64 * 1024];
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            answered.fetch_add(count(&buffer[..read], b"HTTP/1.1 4"), Relaxed);
        }
    });
}

fn wait_until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < TIMEOUT, "it does not happen");
        std::thread::yield_now();
    }
}

fn count(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).filter(|window| *window == part).count()
}

#[test]
fn an_answer_that_is_not_read_does_not_keep_others_waiting() {
    let server = Server::start();
    assert_eq!(server.post("/topics/a", "1").status, 200);
    let mut deaf: Vec<TcpStream> = (0..50).map(|_| stream_from(ATTACKER, server.address)).collect();
    for stream in &mut deaf {
        let request = format!("GET /topics HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
        stream.write_all(request.repeat(100).as_bytes()).unwrap();
    }
    assert_eq!(request(server.address, "GET", "/topics", &[], b"").status, 200);
}
