//! The trait [`Accept`], from which [`serve`](crate::serve) gets the connections of its clients.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};

/// A source of client connections for [`serve`](crate::serve). This is a [`TcpListener`], or a type of the calling
/// program, such as a listener that decrypts TLS and passes on the bytes.
pub trait Accept: Send {
    /// Waits for the next client, and returns its stream and its address. Implementations must be cancel-safe: if the
    /// returned future is dropped before it is ready, a later call returns the client that was waiting.
    fn accept(&mut self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> + Send;
}

impl Accept for TcpListener {
    /// Accepts the next client, and switches Nagle's algorithm off for its stream, because it would delay small
    /// messages.
    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = TcpListener::accept(self).await?;
        stream.set_nodelay(true)?;
        Ok((stream, peer))
    }
}
