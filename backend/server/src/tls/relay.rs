//! Copies bytes between a client's TLS connection and the server's socket.

use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, copy, split};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

use super::pair::Other;

/// Time that a client has to close its side of a connection after the server has closed its own.
const CLOSE: Duration = Duration::from_secs(5);

/// The TLS connection of a client, and the socket through which the decrypted bytes reach the server.
#[derive(Debug)]
pub struct Relay {
    client: TlsStream<TcpStream>,
    server: Other,
}

impl Relay {
    /// Creates a relay that copies bytes between a client and the server.
    pub fn new(client: TlsStream<TcpStream>, server: Other) -> Self {
        Self { client, server }
    }

    /// Copies bytes in both directions until both sides have closed. If the client closes first, the server can still send its
    /// response, without a time limit. If the server closes first, the client must close within [`CLOSE`].
    pub async fn run(self) {
        let (from_client, to_client) = split(self.client);
        let (from_server, to_server) = split(self.server);
        let (mut up, mut down) = (pin!(pass(from_client, to_server)), pin!(pass(from_server, to_client)));
        tokio::select! {
            () = &mut up => down.await,
            () = &mut down => drop(timeout(CLOSE, up).await),
        }
    }
}

/// Copies bytes until `from` ends, and then closes `to`. An error is treated like the end, because it means that one of
/// the two sides has closed.
async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) {
    let _ = copy(&mut from, &mut to).await;
    let _ = to.shutdown().await;
}
