//! A proxy between clients and a server. It forwards bytes unchanged and records the HTTP and WebSocket messages in
//! them.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use compatibility::{Content, Exchange, Line, Side};

/// Names of headers that are not recorded, because they differ from run to run and are not part of the protocol.
const LEFT_OUT: [&str; 4] = ["date", "host", "sec-websocket-key", "sec-websocket-accept"];

/// The lines of the recording so far.
#[derive(Debug)]
struct Book {
    began: Instant,
    lines: Mutex<Vec<Line>>,
}

impl Book {
    fn write(&self, connection: u32, from: Side, content: Content) {
        let at_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        lock(&self.lines).push(Line { at_ms, connection, from, content });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A proxy that listens on a port and forwards each connection to the current server. If there is no server, it closes
/// new connections at once.
pub struct Proxy {
    address: SocketAddr,
    server: Arc<Mutex<Option<SocketAddr>>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
    book: Arc<Book>,
}

impl Proxy {
    /// Listens on any free port of the loopback interface.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let proxy = Self {
            address: listener.local_addr()?,
            server: Arc::default(),
            open: Arc::default(),
            book: Arc::new(Book { began: Instant::now(), lines: Mutex::default() }),
        };
        let (server, open, book) = (proxy.server.clone(), proxy.open.clone(), proxy.book.clone());
        thread::spawn(move || {
            let numbers = AtomicU32::new(1);
            for client in listener.incoming().flatten() {
                let Some(server) = *lock(&server) else { continue };
                let Ok(upstream) = TcpStream::connect(server) else { continue };
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                lock(&open).extend(client.try_clone().into_iter().chain(upstream.try_clone()));
                relay(number, client, upstream, &book);
            }
        });
        Ok(proxy)
    }

    /// Returns the address to which clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Forwards new connections to `server` from now on. With `None`, new connections are refused, and open ones are
    /// closed.
    pub fn point_to(&self, server: Option<SocketAddr>) {
        *lock(&self.server) = server;
        if server.is_none() {
            for stream in lock(&self.open).drain(..) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// Returns all lines that were recorded so far.
    pub fn lines(&self) -> Vec<Line> {
        lock(&self.book.lines).clone()
    }
}

fn relay(number: u32, client: TcpStream, upstream: TcpStream, book: &Arc<Book>) {
    let upgraded = Arc::new(Mutex::new(false));
    for (from, reader, writer) in [(Side::Client, &client, &upstream), (Side::Server, &upstream, &client)] {
        let (Ok(reader), Ok(writer)) = (reader.try_clone(), writer.try_clone()) else { return };
        let tap = Tap {
            number,
            from,
            book: book.clone(),
            buffer: Vec::new(),
            message: Vec::new(),
            upgraded: upgraded.clone(),
        };
        thread::spawn(move || pass(reader, writer, tap));
    }
}

fn pass(mut reader: TcpStream, mut writer: TcpStream, mut tap: Tap) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(read) = reader.read(&mut bytes) {
        if read == 0 {
            break;
        }
        tap.feed(&bytes[..read]);
        if writer.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    tap.end();
    let _ = writer.shutdown(Shutdown::Write);
}

/// Finds the messages in the bytes of one direction of one connection, and records them.
struct Tap {
    number: u32,
    from: Side,
    book: Arc<Book>,
    buffer: Vec<u8>,
    /// The fragments of a WebSocket message whose last fragment has not been received yet.
    message: Vec<u8>,
    /// True once the server has accepted the upgrade, so that the bytes of the connection are WebSocket frames and no
    /// longer HTTP.
    upgraded: Arc<Mutex<bool>>,
}

impl Tap {
    fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        loop {
            let is_upgraded = *lock(&self.upgraded);
            let took = if is_upgraded { self.take_frame() } else { self.take_http(false) };
            if !took {
                return;
            }
        }
    }

    /// Records the end of the connection, and before it an HTTP response without a length, which ends with the
    /// connection.
    fn end(&mut self) {
        let is_upgraded = *lock(&self.upgraded);
        if !is_upgraded {
            self.take_http(true);
        }
        self.book.write(self.number, self.from, Content::End(true));
    }

    fn take_http(&mut self, ended: bool) -> bool {
        let Some(head_len) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
            return false;
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_len]).into_owned();
        let mut exchange = read_head(&head);
        let length = exchange.headers.get("content-length").and_then(|length| length.parse().ok());
        let has_body = !matches!(exchange.status(), Some(101 | 204 | 304)) && self.from == Side::Server;
        let rest = self.buffer.len() - head_len - 4;
        let body_len = match length {
            Some(length) if length <= rest => length,
            None if ended => rest,
            None if !has_body => 0,
            Some(_) | None => return false,
        };
        let body: Vec<u8> = self.buffer.drain(..head_len + 4 + body_len).skip(head_len + 4).collect();
        exchange.body = String::from_utf8_lossy(&body).into_owned();
        let is_agreed = exchange.status() == Some(101);
        self.book.write(self.number, self.from, Content::Http(exchange));
        if is_agreed {
            *lock(&self.upgraded) = true;
        }
        true
    }

    /// Removes one complete WebSocket frame (RFC 6455, section 5.2) from the buffer and records it. Returns false if
    /// the buffer does not contain a complete frame yet.
    fn take_frame(&mut self) -> bool {
        let Some((opcode, is_last, payload)) = frame(&mut self.buffer) else { return false };
        match opcode {
            0 | 1 => {
                self.message.extend_from_slice(&payload);
                if is_last {
                    let text = String::from_utf8_lossy(&std::mem::take(&mut self.message)).into_owned();
                    self.book.write(self.number, self.from, Content::Text(text));
                }
            }
            8 => {
                let code = payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code));
                self.book.write(self.number, self.from, Content::Close(code));
            }
            // Pings and pongs of the WebSocket itself are not part of the protocol.
            _ => {}
        }
        true
    }
}

fn read_head(head: &str) -> Exchange {
    let mut lines = head.split("\r\n");
    let start = lines.next().unwrap_or_default().to_owned();
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers: BTreeMap<_, _> =
        lines.filter_map(header).filter(|(name, _)| !LEFT_OUT.contains(&name.as_str())).collect();
    Exchange { start, headers, body: String::new() }
}

/// Removes the first WebSocket frame of `buffer`. Returns its opcode, true if it is the last frame of its message, and
/// its payload. Returns `None` if the frame is not complete yet.
fn frame(buffer: &mut Vec<u8>) -> Option<(u8, bool, Vec<u8>)> {
    let (first, second) = (*buffer.first()?, *buffer.get(1)?);
    let (len, mut at) = match second & 0x7f {
        126 => (u64::from(u16::from_be_bytes(*buffer.get(2..)?.first_chunk()?)), 4),
        127 => (u64::from_be_bytes(*buffer.get(2..)?.first_chunk()?), 10),
        short => (u64::from(short), 2),
    };
    let mut mask = [0; 4];
    if second & 0x80 != 0 {
        mask = *buffer.get(at..)?.first_chunk()?;
        at += 4;
    }
    let end = at + usize::try_from(len).ok()?;
    if buffer.len() < end {
        return None;
    }
    let frame: Vec<u8> = buffer.drain(..end).collect();
    let payload = frame[at..].iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
    Some((first & 0x0f, first & 0x80 != 0, payload))
}
