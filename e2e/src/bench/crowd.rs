//! Thousands of viewers that read publications without parsing them, so that they leave the processor to the server
//! that is measured.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use super::frames;
use super::hub::Hub;

/// Number of viewers with the same source address. A server that limits the connections of an address must accept all.
const VIEWERS_OF_ADDRESS: usize = 64;
/// The member of a publication that [`payload`](super::viewer::payload) writes, before its digits.
const SENT: &[u8] = b"\"sent\":";
const READ_BYTES: usize = 16 * 1024;

/// Viewers of one topic. Dropping this value closes their connections.
pub struct Crowd {
    seen: Arc<Mutex<Seen>>,
    _readers: JoinSet<()>,
}

/// The deliveries to all viewers of a crowd together.
#[derive(Debug, Default)]
struct Seen {
    deliveries: u64,
    /// Time from publishing to each delivery, in microseconds.
    ages_us: Vec<f64>,
}

impl Crowd {
    /// Connects viewers to a server, each of which subscribes to `topic`. The ages of publications are computed from
    /// `start`, as in [`payload`](super::viewer::payload).
    ///
    /// # Panics
    ///
    /// If the server refuses a viewer for another reason than its limit of new connections per second.
    pub async fn gather(hub: &Hub, topic: &str, viewers: usize, start: Instant) -> Self {
        let (address, path) = parts(&hub.protocol.viewers(&hub.ws, topic));
        let subscription = hub.protocol.subscription(topic);
        let subscription = subscription.map(|text| frames::masked_text(text.as_bytes()));
        let (seen, mut readers) = (Arc::<Mutex<Seen>>::default(), JoinSet::new());
        for number in 0..viewers {
            let mut stream = shake_hands(address, &path, number).await;
            let unread = match &subscription {
                Some(message) => subscribe(&mut stream, message).await,
                None => Vec::new(),
            };
            readers.spawn(read(stream, unread, seen.clone(), start));
        }
        Self { seen, _readers: readers }
    }

    /// Returns the number of publications that all viewers together have received since [`Crowd::forget`] was called.
    pub fn deliveries(&self) -> u64 {
        lock(&self.seen).deliveries
    }

    /// Forgets the deliveries so far.
    pub fn forget(&self) {
        *lock(&self.seen) = Seen::default();
    }

    /// Returns the time from publishing to each delivery, in microseconds.
    pub fn ages_us(&self) -> Vec<f64> {
        lock(&self.seen).ages_us.clone()
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

fn parts(ws: &str) -> (SocketAddr, String) {
    let rest = ws.strip_prefix("ws://").expect("a URL of a WebSocket");
    let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
    (address.parse().expect("a numeric address"), format!("/{path}"))
}

/// Opens a connection from the source address of the viewer's number, and repeats it after an answer with 429.
async fn shake_hands(address: SocketAddr, path: &str, number: usize) -> TcpStream {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    loop {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(source(number)).expect("a loopback address");
        let mut stream = socket.connect(address).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut head = Vec::new();
        // A refusal has a body after its head. There are no frames after the head of another answer, because nobody publishes yet.
        while find(&head, b"\r\n\r\n").is_none() {
            let read = stream.read_buf(&mut head).await.expect("an answer");
            assert!(read > 0, "the hub closed a viewer's socket");
        }
        if head.starts_with(b"HTTP/1.1 101") {
            return stream;
        }
        let is_too_many = head.starts_with(b"HTTP/1.1 429");
        assert!(is_too_many, "the hub refuses: {}", String::from_utf8_lossy(&head));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Returns the source address of a viewer: one of the network 127.0.0.0/8, all of which belong to this machine.
fn source(number: usize) -> SocketAddr {
    let group = u32::try_from(number / VIEWERS_OF_ADDRESS).unwrap_or_default();
    let address = Ipv4Addr::from_bits(Ipv4Addr::LOCALHOST.to_bits() + 256 + group);
    SocketAddr::from((address, 0))
}

/// Sends the frame that subscribes, waits for the answer, and returns the bytes after it.
async fn subscribe(stream: &mut TcpStream, message: &[u8]) -> Vec<u8> {
    stream.write_all(message).await.expect("sent");
    let mut received = Vec::new();
    loop {
        let read = stream.read_buf(&mut received).await.expect("an answer");
        assert!(read > 0, "the hub closed a viewer's socket");
        let mut left = &received[..];
        while let Some((payload, rest)) = frames::split(left) {
            left = rest;
            if find(payload, b"\"subscribed\"").is_some() {
                return left.to_vec();
            }
        }
    }
}

/// Counts the publications of one viewer until its connection is closed.
async fn read(stream: TcpStream, mut unread: Vec<u8>, seen: Arc<Mutex<Seen>>, start: Instant) {
    while stream.readable().await.is_ok() {
        if !read_once(&stream, &mut unread, &seen, start) {
            return;
        }
    }
}

/// Reads what has arrived. The beginning of a frame that is not complete is kept in `unread`. Returns false if the
/// connection is closed.
fn read_once(stream: &TcpStream, unread: &mut Vec<u8>, seen: &Mutex<Seen>, start: Instant) -> bool {
    let mut buffer = [0; READ_BYTES];
    let read = match stream.try_read(&mut buffer) {
        Ok(0) => return false,
        Ok(read) => read,
        Err(error) => return error.kind() == std::io::ErrorKind::WouldBlock,
    };
    let now_us = start.elapsed().as_micros() as f64;
    if unread.is_empty() {
        *unread = count(&buffer[..read], now_us, seen).to_vec();
    } else {
        unread.extend_from_slice(&buffer[..read]);
        *unread = count(unread, now_us, seen).to_vec();
    }
    true
}

/// Counts the publications in all complete frames, and returns the bytes after them.
fn count<'a>(mut bytes: &'a [u8], now_us: f64, seen: &Mutex<Seen>) -> &'a [u8] {
    let mut seen = lock(seen);
    while let Some((mut payload, rest)) = frames::split(bytes) {
        bytes = rest;
        while let Some(at) = find(payload, SENT) {
            payload = &payload[at + SENT.len()..];
            let digits = payload.iter().take_while(|byte| byte.is_ascii_digit());
            let sent_us = digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
            seen.deliveries += 1;
            seen.ages_us.push(now_us - sent_us as f64);
        }
    }
    bytes
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publications_are_counted_once_even_if_they_arrive_in_pieces() {
        let seen = Mutex::default();
        let one = frames::text(br#"{"type":"batch","parts":[{"sent":10},{"sent":15}]}"#);
        let all = [frames::text(b"{\"type\":\"occupancy\"}"), one.clone(), one].concat();
        for cut in 0..all.len() {
            *lock(&seen) = Seen::default();
            let mut unread = count(&all[..cut], 20.0, &seen).to_vec();
            unread.extend_from_slice(&all[cut..]);
            assert!(count(&unread, 20.0, &seen).is_empty());
            let seen = lock(&seen);
            assert_eq!((seen.deliveries, &seen.ages_us[..]), (4, &[10.0, 5.0, 10.0, 5.0][..]));
        }
    }

    #[test]
    fn viewers_have_addresses_of_their_own_groups() {
        assert_eq!(source(0), source(63));
        assert_eq!(source(64), "127.0.1.2:0".parse().expect("an address"));
        assert_eq!(source(64 * 300).ip().to_string(), "127.0.2.45");
    }

    #[test]
    fn urls_have_an_address_and_a_path() {
        let address = "127.0.0.1:80".parse().expect("an address");
        assert_eq!(parts("ws://127.0.0.1:80/ws"), (address, "/ws".to_owned()));
        assert_eq!(parts("ws://127.0.0.1:80"), (address, "/".to_owned()));
    }
}
