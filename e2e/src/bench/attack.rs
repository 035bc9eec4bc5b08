//! Attacks on a server. Two attackers with different IP addresses, 127.0.0.2 and 127.0.0.3, each run in a thread of
//! their own, as fast as it can.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use futures_util::{SinkExt, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

/// Number of attackers. Each runs in a thread of its own and has its own IP address.
const ATTACKERS: u8 = 2;

/// One kind of attack, with its name.
pub struct Attack {
    /// Name of the attack in the benchmark's report.
    pub name: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// Opens WebSockets one after the other, and closes each directly after its handshake.
    Handshakes,
    /// Opens TCP connections and sends nothing on them.
    Silence,
    /// Sends handshakes without `Sec-WebSocket-Key` on one connection, each before the response to the one before.
    /// The server refuses all of them.
    Refused,
    /// Sends this message again and again on one WebSocket, and reads the answers. [`NUMBER`] in it is replaced by the
    /// number of the message, and [`FILLER`] by a long text.
    Messages(&'static str),
    /// Opens WebSockets, subscribes to all topics on each, and never reads from them.
    Deaf,
    /// Requests the list of topics over HTTP, and does not read the responses.
    Lists,
}

/// Placeholder for a number that is different in each message.
const NUMBER: &str = "<number>";
/// Placeholder for a long text.
const FILLER: &str = "<filler>";
/// Length of the text that replaces [`FILLER`], in bytes. It is nearly the maximum of a publication.
const FILLER_BYTES: usize = 20_000;

/// All kinds of attacks that the benchmark measures.
pub const ALL: &[Attack] = &[
    Attack { name: "handshakes", kind: Kind::Handshakes },
    Attack { name: "handshakes that are refused", kind: Kind::Refused },
    Attack { name: "silent connections", kind: Kind::Silence },
    Attack {
        name: "history",
        kind: Kind::Messages(r#"{"action":"history","id":1,"topic":"bench/healthy"}"#),
    },
    Attack { name: "pings", kind: Kind::Messages(r#"{"action":"ping","t":1}"#) },
    Attack {
        name: "new topics",
        kind: Kind::Messages(r#"{"action":"publish","id":<number>,"topic":"new/<number>","data":1}"#),
    },
    Attack {
        name: "new producers",
        kind: Kind::Messages(
            r#"{"action":"publish","id":1,"topic":"bench/producers","data":1,"producer":{"id":"p<number>","seq":1}}"#,
        ),
    },
    Attack {
        name: "large publications",
        kind: Kind::Messages(r#"{"action":"publish","id":1,"topic":"bench/large","data":"<filler>"}"#),
    },
    Attack { name: "viewers that never read", kind: Kind::Deaf },
    Attack { name: "lists that are not read", kind: Kind::Lists },
];

/// An attack in progress. Dropping this value ends the attack.
pub struct Running {
    ends: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // A panic of the thread has already been printed.
            let _ = thread.join();
        }
    }
}

impl Attack {
    /// Starts the attack on the server whose WebSocket has the URL `ws`.
    ///
    /// # Panics
    ///
    /// If the address is not `ws://ADDRESS:PORT/ws`.
    pub fn start(&self, ws: &str) -> Running {
        let address = ws.strip_prefix("ws://").and_then(|rest| rest.strip_suffix("/ws"));
        let address: SocketAddr = address.and_then(|address| address.parse().ok()).expect("an address");
        let ends = Arc::new(AtomicBool::new(false));
        let kind = self.kind;
        let threads = (0..ATTACKERS).map(|number| {
            let ends = ends.clone();
            let from = SocketAddr::from(([127, 0, 0, 2 + number], 0));
            std::thread::spawn(move || attack(kind, Target { from, address }, &ends))
        });
        Running { threads: threads.collect(), ends }
    }
}

#[derive(Clone, Copy)]
struct Target {
    from: SocketAddr,
    address: SocketAddr,
}

fn attack(kind: Kind, target: Target, ends: &AtomicBool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut held = Vec::new();
        while !ends.load(Ordering::Relaxed) {
            // A request that the server refuses is made again, because this is the attack.
            let _ = once(kind, target, &mut held, ends).await;
        }
    });
}

/// The TCP connections that one attacker keeps open.
type Held = Vec<TcpStream>;

/// Maximum number of connections that one attacker keeps open.
const MOST_HELD: usize = 1_500;

async fn once(
    kind: Kind,
    target: Target,
    held: &mut Held,
    ends: &AtomicBool,
) -> Result<(), Box<dyn std::error::Error>> {
    match kind {
        Kind::Handshakes => drop(handshake(target).await?),
        Kind::Silence => hold(connect(target).await?, held).await,
        Kind::Refused => {
            let mut stream = connect(target).await?;
            let request = format!(
                "GET /ws HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
                target.address
            );
            // The server closes the connection or stops to read it, and the attacker then opens another one.
            let send = stream.write_all(request.repeat(100).as_bytes()).await;
            tokio::time::timeout(PATIENCE, read_all(&mut stream)).await.ok();
            send?;
        }
        Kind::Messages(text) => {
            let text = text.replace(FILLER, &"x".repeat(FILLER_BYTES));
            flood(handshake(target).await?, &text, ends).await?;
        }
        Kind::Deaf => {
            let mut socket = handshake(target).await?;
            socket
                .send(Message::text(r#"{"action":"subscribe","id":1,"filter":"*","rewind":{"count":300}}"#))
                .await?;
            hold(socket.into_inner(), held).await;
        }
        Kind::Lists => {
            let mut stream = connect(target).await?;
            let request = format!("GET /topics HTTP/1.1\r\nHost: {}\r\n\r\n", target.address);
            stream.write_all(request.repeat(100).as_bytes()).await?;
            hold(stream, held).await;
        }
    }
    Ok(())
}

/// Adds a connection to those that stay open. When there are [`MOST_HELD`] of them, waits for 200 ms and closes the
/// oldest tenth. The attack then opens new connections, so that those which the server has closed are replaced too.
async fn hold(stream: TcpStream, held: &mut Held) {
    held.push(stream);
    if held.len() >= MOST_HELD {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        held.drain(..MOST_HELD / 10);
    }
}

async fn connect(target: Target) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(target.from)?;
    socket.connect(target.address).await
}

async fn handshake(target: Target) -> Result<WebSocketStream<TcpStream>, Box<dyn std::error::Error>> {
    let stream = connect(target).await?;
    Ok(client_async(format!("ws://{}/ws", target.address), stream).await?.0)
}

/// Maximum time for which an attacker waits for responses.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(100);

async fn read_all(stream: &mut TcpStream) -> std::io::Result<u64> {
    tokio::io::copy(stream, &mut tokio::io::sink()).await
}

/// Sends a message again and again, and reads the answers, so that only the server's limits slow down the attack.
/// Returns when the server closes the connection or the attack ends.
async fn flood(
    socket: WebSocketStream<TcpStream>,
    text: &str,
    ends: &AtomicBool,
) -> Result<(), Box<dyn std::error::Error>> {
    let (mut sink, mut stream) = socket.split();
    // Two attackers, and an attacker's next socket, begin at different numbers.
    let mut number: u64 = rand::random::<u32>().into();
    while !ends.load(Ordering::Relaxed) {
        for _ in 0..100 {
            sink.feed(Message::text(text.replace(NUMBER, &number.to_string()))).await?;
            number += 1;
        }
        sink.flush().await?;
        for _ in 0..100 {
            stream.next().await.ok_or("the server closed the socket")??;
        }
    }
    Ok(())
}
