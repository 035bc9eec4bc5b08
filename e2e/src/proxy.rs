//! A TCP proxy between a browser and a server. A test can freeze, close and restore its connections.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// The state of all connections of the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// All data is forwarded.
    Whole,
    /// No data is forwarded and no connection is closed, as when a router has dropped a connection. Data that is sent
    /// in this state is forwarded once the state is `Whole` again.
    Frozen,
    /// Every open connection is closed, and so is every new one directly after it was accepted.
    Cut,
    /// Every open connection is closed. The proxy answers each new connection with the HTTP status 403, as a reverse
    /// proxy does while its server is replaced.
    Forbidden,
}

/// A proxy that forwards all connections to its port to one server.
pub struct Proxy {
    address: SocketAddr,
    wire: watch::Sender<Wire>,
    handshakes: Arc<AtomicUsize>,
    accepting: AbortHandle,
}

impl Proxy {
    /// Starts a proxy that forwards to `server`, an address such as `http://127.0.0.1:PORT`.
    ///
    /// # Panics
    ///
    /// If there is no port left.
    pub async fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = server.trim_start_matches("http://").to_string();
        let (wire, seen) = watch::channel(Wire::Whole);
        let handshakes = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&handshakes);
        let accepting = tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                tokio::spawn(carry(browser, server.clone(), seen.clone(), Arc::clone(&counted)));
            }
        });
        Self { address, wire, handshakes, accepting: accepting.abort_handle() }
    }

    /// Returns the address of the proxy, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sets the state of all open and all future connections.
    pub fn set(&self, wire: Wire) {
        self.wire.send_replace(wire);
    }

    /// Returns the number of WebSocket handshakes that clients have sent so far. Those in the state `Cut` are not
    /// counted.
    pub fn handshakes(&self) -> usize {
        self.handshakes.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.set(Wire::Cut);
    }
}

/// Answers the first request on a connection with the status 403, as a reverse proxy without a server does.
async fn forbid(mut browser: TcpStream) -> std::io::Result<()> {
    let _read = browser.read(&mut [0; 16 * 1024]).await?;
    browser.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await
}

/// Forwards the data of one connection until either side closes it or the state becomes `Cut` or `Forbidden`.
async fn carry(
    browser: TcpStream,
    server: String,
    mut wire: watch::Receiver<Wire>,
    handshakes: Arc<AtomicUsize>,
) {
    if *wire.borrow() == Wire::Forbidden {
        // An error is ignored, because the browser may close the connection first.
        let _answered = forbid(browser).await;
        return;
    }
    let (there, back) = (wire.clone(), wire.clone());
    let passing = async {
        let (from_browser, to_browser) = browser.into_split();
        let (from_server, to_server) = TcpStream::connect(server).await?.into_split();
        let count = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
            handshakes.fetch_add(usize::from(text.contains("\r\nupgrade: websocket\r\n")), Ordering::Relaxed);
        };
        tokio::select! {
            ended = pass(from_browser, to_server, there, count) => ended,
            ended = pass(from_server, to_browser, back, |_| ()) => ended,
        }
    };
    tokio::select! {
        // An error on one side ends the connection on both sides.
        _ended = passing => {}
        _cut = wire.wait_for(|wire| matches!(wire, Wire::Cut | Wire::Forbidden)) => {}
    }
}

async fn pass(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut wire: watch::Receiver<Wire>,
    look: impl Fn(&[u8]),
) -> std::io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        look(&buffer[..read]);
        let thawed = wire.wait_for(|wire| *wire != Wire::Frozen).await;
        thawed.map_err(|_gone| ErrorKind::ConnectionAborted)?;
        to.write_all(&buffer[..read]).await?;
    }
}
