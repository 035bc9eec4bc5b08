//! The source of the clients of [`serve`](crate::serve).

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};

/// A source of client connections for [`serve`](crate::serve): a [`TcpListener`], or a program's own, such as one that decrypts
/// TLS and passes on the bytes.
pub trait Accept: Send {
    /// Waits for the next client, and returns its stream and its address. A call may be cancelled; no client is lost then.
    fn accept(&mut self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> + Send;
}

impl Accept for TcpListener {
    /// Switches Nagle's algorithm off, which would delay small messages.
    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = TcpListener::accept(self).await?;
        stream.set_nodelay(true)?;
        Ok((stream, peer))
    }
}
