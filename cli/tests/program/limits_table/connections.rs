//! The limits of connections: their number, and times after which they are closed.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;
use shared::limits::Limit;
use tempfile::TempDir;
use tickertape_server::LimitsOf;

use crate::support::{Authority, Server, Socket, TIMEOUT, read, stream_from, write_private};

/// An address that is not that of the other clients.
const ANOTHER: [u8; 4] = [127, 0, 0, 2];
/// Number of files that a server with few files may have open.
const FEW_FILES: u32 = 128;

/// Starts a server for which time passes faster by this factor.
fn faster(factor: u32) -> (Server, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let chaos = directory.path().join("chaos.json");
    std::fs::write(&chaos, format!("{{\"time_scale\": {factor}}}")).unwrap();
    (Server::start_with(&["--chaos", chaos.to_str().unwrap()]), directory)
}

fn scaled(limit: &Limit, factor: u32) -> Duration {
    Duration::from_millis(limit.value / u64::from(factor))
}

pub fn silence(limit: &Limit) {
    const FACTOR: u32 = 300;
    let (server, _directory) = faster(FACTOR);
    // Before the connection is opened, so that the measured time is not shorter than its silence.
    let began = Instant::now();
    let (mut silent, mut busy) = (server.connect(), server.connect());
    let closed = std::thread::spawn(move || (u16::from(silent.hear_close().unwrap().code), began.elapsed()));
    while !closed.is_finished() {
        assert!(began.elapsed() < TIMEOUT, "it is not closed");
        busy.is_alive();
    }
    let (code, after) = closed.join().unwrap();
    assert_eq!(code, 1001);
    assert!(after >= scaled(limit, FACTOR), "closed after {after:?}");
    busy.is_alive();
}

pub fn life_on_aws(limit: &Limit) {
    const FACTOR: u32 = 1_200;
    let (server, _directory) = faster(FACTOR);
    let mut busy = server.connect();
    let began = Instant::now();
    let code = loop {
        assert!(began.elapsed() < TIMEOUT, "it is not closed");
        busy.say(&json!({"action": "ping", "t": 1}));
        if let Err(code) = busy.hear_or_close() {
            break code;
        }
    };
    assert_eq!(code, Some(1001));
    assert!(began.elapsed() + Duration::from_millis(100) >= scaled(limit, FACTOR), "{:?}", began.elapsed());
}

/// Returns the limits of a server with few open files.
fn few() -> LimitsOf {
    LimitsOf::Machine { open_files: Some(FEW_FILES.into()), cores: 1 }
}

pub fn sockets(limit: &Limit) {
    let many = LimitsOf::Machine { open_files: Some(1_000_000), cores: 1 }.gateway();
    let enforced = (many.connections_of_principal.unwrap() as u64, Some(many.connections as u64));
    assert_eq!((limit.value, limit.all), enforced);
    let server = Server::start_with_open_files(FEW_FILES, &[]);
    let mut held = Vec::new();
    let refused = loop {
        match Socket::over(stream_from(ANOTHER, server.address), server.address, &[]) {
            Ok(socket) => held.push(socket),
            Err(status) => break status,
        }
    };
    assert_eq!((refused, held.len()), (429, few().gateway().connections_of_principal.unwrap()));
    // The more clients have many, the fewer another one may have, and it may have some.
    for last in 3..=5 {
        let address = [127, 0, 0, last];
        while let Ok(socket) = Socket::over(stream_from(address, server.address), server.address, &[]) {
            held.push(socket);
        }
    }
    assert!(held.len() <= few().gateway().connections);
    server.connect().is_alive();
}

pub fn http(limit: &Limit) {
    let many = LimitsOf::Machine { open_files: Some(1_000_000), cores: 1 }.http(&[]);
    let enforced = (many.connections_of_address as u64, Some(many.connections as u64));
    assert_eq!((limit.value, limit.all), enforced);
    let server = Server::start_with_open_files(FEW_FILES, &[]);
    let most = few().http(&[]).connections_of_address;
    let mut silent: Vec<TcpStream> = (0..=most).map(|_| stream_from(ANOTHER, server.address)).collect();
    assert_eq!(silent[0].read(&mut [0]).ok(), Some(0), "the oldest is closed");
    assert!(is_open(&mut silent[1]) && is_open(&mut silent[most]));
}

fn is_open(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    stream.read(&mut [0]).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

/// Starts a server with a certificate that may have so many files open.
fn with_tls(files: u32) -> (Server, Authority) {
    let authority = Authority::new();
    let (certificate, key) = authority.certificate("localhost");
    let (certificate_file, key_file) =
        (authority.file().with_file_name("c.pem"), authority.file().with_file_name("k.pem"));
    write_private(&certificate_file, &certificate);
    write_private(&key_file, &key);
    let arguments =
        ["--tls-cert", certificate_file.to_str().unwrap(), "--tls-key", key_file.to_str().unwrap()];
    (Server::start_with_open_files(files, &arguments), authority)
}

pub fn tls_handshakes(limit: &Limit) {
    const FILES: u32 = 256;
    let most = LimitsOf::Machine { open_files: Some(1_000_000), cores: 1 }.tls_handshakes();
    assert_eq!((limit.value, limit.all), (most.of_address as u64, Some(most.of_all as u64)));
    let (server, _authority) = with_tls(FILES);
    let most = LimitsOf::Machine { open_files: Some(FILES.into()), cores: 1 }.tls_handshakes().of_address;
    let mut silent: Vec<TcpStream> = (0..=most).map(|_| stream_from(ANOTHER, server.address)).collect();
    let began = Instant::now();
    assert!(matches!(silent[most].read(&mut [0]), Ok(0) | Err(_)), "one too many is closed");
    assert!(began.elapsed() < Duration::from_secs(5), "at once, and not by its time");
    assert!(silent[..most].iter_mut().all(is_open));
}

pub fn tls_handshake(limit: &Limit) {
    let (server, _authority) = with_tls(256);
    let mut silent = stream_from(ANOTHER, server.address);
    let began = Instant::now();
    assert_eq!(silent.read(&mut [0]).ok(), Some(0));
    // The server's clock of the connection began a little before this one.
    let (after, least) = (began.elapsed() + Duration::from_millis(500), Duration::from_millis(limit.value));
    assert!(after >= least && after < least * 3, "closed after {after:?}");
}

pub fn head_of_a_request(limit: &Limit) {
    let server = Server::start();
    let mut slow = stream_from(ANOTHER, server.address);
    let began = Instant::now();
    slow.write_all(format!("GET /topics HTTP/1.1\r\nHost: {}\r\n", server.address).as_bytes()).unwrap();
    let mut trickle = slow.try_clone().unwrap();
    std::thread::spawn(move || {
        // A header every half second does not give more time.
        while trickle.write_all(b"x: y\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(500));
        }
    });
    let mut answer = Vec::new();
    let _ = slow.read_to_end(&mut answer);
    // The server's clock of the connection began a little before this one.
    let (after, least) = (began.elapsed() + Duration::from_millis(500), Duration::from_millis(limit.value));
    assert!(after >= least && after < least * 3, "closed after {after:?}");
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
}

/// Starts a server whose list of topics has a megabyte.
fn with_a_long_list() -> Server {
    let server = Server::start();
    let data = format!("\"{}\"", "x".repeat(24_000));
    for number in 0..40 {
        assert_eq!(server.post(&format!("/topics/large/{number}"), &data).status, 200);
    }
    server
}

/// Requests the list of topics so often that the answers do not fit the system's buffers, and reads none of them.
fn deaf(server: &Server, requests: usize) -> TcpStream {
    let mut deaf = stream_from(ANOTHER, server.address);
    let request = format!("GET /topics HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
    deaf.write_all(request.repeat(requests).as_bytes()).unwrap();
    deaf
}

pub fn large_answers(limit: &Limit) {
    let server = with_a_long_list();
    let list = |from: [u8; 4]| {
        let mut stream = stream_from(from, server.address);
        let request =
            format!("GET /topics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
        stream.write_all(request.as_bytes()).unwrap();
        read(stream).status
    };
    let held: Vec<TcpStream> = (0..limit.value).map(|_| deaf(&server, 60)).collect();
    let refused = (0..5).find(|_| list(ANOTHER) == 429);
    assert!(refused.is_some(), "every list was sent");
    assert_eq!(list([127, 0, 0, 3]), 200);
    drop(held);
}

pub fn stalled(limit: &Limit) {
    let server = Server::start();
    let limit = Duration::from_millis(limit.value);
    let data = format!("\"{}\"", "x".repeat(24_000));
    for _ in 0..5 {
        let mut deaf = server.watch("*");
        let began = Instant::now();
        for _ in 0..8 {
            assert_eq!(server.post("/topics/t", vec![data.as_str(); 40].join("\n")).status, 200);
        }
        // Somewhere in between, the connection began to take nothing. The server sends its message after the limit, and gives up
        // the connection five seconds later. On a busy machine publishing may take longer than that.
        if began.elapsed() > Duration::from_secs(3) {
            continue;
        }
        std::thread::sleep(limit + Duration::from_millis(1_500));
        let end = deaf.hear_type("disconnect");
        assert_eq!(end["code"], 3002, "{end}");
        assert!(deaf.hear_close().is_some() && began.elapsed() >= limit);
        return;
    }
    panic!("publishing eight megabytes takes longer than three seconds");
}
