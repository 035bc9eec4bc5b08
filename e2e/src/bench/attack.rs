//! Attacks on a server, from 127.0.0.2 and the next address. Each of the two attackers runs in one thread, as fast as it can.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use futures_util::{SinkExt, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

/// Number of attackers. Each runs in a thread and has an address of its own.
const ATTACKERS: u8 = 2;

/// One kind of attack, and its name.
pub struct Attack {
    /// Name of the attack in the report.
    pub name: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// Makes one handshake after the other, and closes each socket at once.
    Handshakes,
    /// Opens sockets and sends nothing.
    Silence,
    /// Sends this message again and again over one socket, and reads the answers.
    Messages(&'static str),
    /// Opens WebSockets that subscribe to all topics, and never reads from them.
    Deaf,
    /// Requests the list of topics, and does not read the responses.
    Lists,
}

/// All attacks that are measured.
pub const ALL: &[Attack] = &[
    Attack { name: "handshakes", kind: Kind::Handshakes },
    Attack { name: "silent connections", kind: Kind::Silence },
    Attack {
        name: "history",
        kind: Kind::Messages(r#"{"action":"history","id":1,"topic":"bench/healthy"}"#),
    },
    Attack { name: "pings", kind: Kind::Messages(r#"{"action":"ping","t":1}"#) },
    Attack { name: "viewers that never read", kind: Kind::Deaf },
    Attack { name: "lists that are not read", kind: Kind::Lists },
];

/// An attack in progress. It ends when this is dropped.
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

/// The sockets that an attacker keeps open.
type Held = Vec<TcpStream>;

/// Maximum number of sockets that one attacker keeps open.
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
        Kind::Messages(text) => flood(handshake(target).await?, text, ends).await?,
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

/// Keeps a socket open. At [`MOST_HELD`] sockets, it waits for 200 ms and closes the oldest tenth of them. The attack opens new
/// ones instead, so that sockets which the server has closed are replaced.
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

/// Sends a message again and again, and reads the answers, so that only the server's limits slow down the attack.
async fn flood(
    socket: WebSocketStream<TcpStream>,
    text: &str,
    ends: &AtomicBool,
) -> Result<(), Box<dyn std::error::Error>> {
    let (mut sink, mut stream) = socket.split();
    while !ends.load(Ordering::Relaxed) {
        for _ in 0..100 {
            sink.feed(Message::text(text)).await?;
        }
        sink.flush().await?;
        for _ in 0..100 {
            stream.next().await.ok_or("the server closed the socket")??;
        }
    }
    Ok(())
}
