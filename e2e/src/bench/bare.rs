//! The *bare loop*: the least that a server can do to deliver a publication. It answers handshakes, and writes each
//! publication that it receives to every subscriber with one system call. It parses nothing, keeps nothing and limits
//! nothing. Other servers are compared with it.

use std::cell::RefCell;
use std::rc::Rc;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::frames;

/// The sockets of all subscribers, beside each other in memory.
type Subscribers = Rc<RefCell<Vec<TcpStream>>>;

/// Runs the server until its process ends. Prints the URL of its WebSocket first.
///
/// # Panics
///
/// If it cannot listen on the loopback address.
pub async fn run() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("ws://{}", listener.local_addr().expect("it is bound"));
    let subscribers = Subscribers::default();
    let accepting = async {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            stream.set_nodelay(true).expect("a TCP socket");
            spawn_local(serve(stream, subscribers.clone()));
        }
    };
    LocalSet::new().run_until(accepting).await;
}

/// Serves one connection until it ends or subscribes. A subscriber sends nothing more, so its socket is not read any
/// more.
async fn serve(mut stream: TcpStream, subscribers: Subscribers) {
    if shake_hands(&mut stream).await.is_none() {
        return;
    }
    let mut received = Vec::new();
    while stream.read_buf(&mut received).await.is_ok_and(|read| read > 0) {
        while let Some((payload, rest)) = frames::split_masked(&received) {
            received = rest;
            if contains(&payload, b"\"subscribe\"") {
                write(&stream, &frames::text(br#"{"type":"subscribed"}"#));
                return subscribers.borrow_mut().push(stream);
            }
            let frame = frames::text(&payload);
            subscribers.borrow().iter().for_each(|subscriber| write(subscriber, &frame));
            write(&stream, &frames::text(br#"{"type":"published"}"#));
        }
    }
}

/// Answers a handshake; `None` if the client left or sent something else.
async fn shake_hands(stream: &mut TcpStream) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_buf(&mut head).await.ok().filter(|read| *read > 0)?;
    }
    let head = String::from_utf8(head).ok()?;
    let is_key = |line: &&str| line.to_ascii_lowercase().starts_with("sec-websocket-key:");
    let key = head.lines().find(is_key)?.split_once(':')?.1.trim();
    let accept = derive_accept_key(key.as_bytes());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await.ok()
}

/// Writes a frame to a socket, whose buffer is empty at the few frames per second of the benchmark. An error means that
/// the benchmark has ended.
fn write(stream: &TcpStream, frame: &[u8]) {
    let _ = SockRef::from(stream).send(frame);
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}
