//! Passes bytes between a client's TLS connection and the server's socket.

use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, copy, split};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

use super::pair::Other;

/// Time that a client has to close its side after the server has closed its own.
const CLOSE: Duration = Duration::from_secs(5);

/// A connection that is decrypted.
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

    /// Runs until both sides have closed. If the client has closed first, the server still has its own time to answer. If the
    /// server has, the client is not waited for long.
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

/// Passes bytes on until the end, and passes the end on too. An error is an end: one of the two sides is gone.
async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) {
    let _ = copy(&mut from, &mut to).await;
    let _ = to.shutdown().await;
}
