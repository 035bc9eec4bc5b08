//! Creates a pair of connected sockets within this process.

use std::io;

use tokio::net::TcpStream;

/// The socket that is connected to the server's socket. Its bytes are copied to and from the client.
#[cfg(unix)]
pub type Other = tokio::net::UnixStream;
/// The socket that is connected to the server's socket. Its bytes are copied to and from the client.
#[cfg(not(unix))]
pub type Other = TcpStream;

/// Returns two sockets that are connected with each other. The first is a Unix socket in the type of a TCP socket, which is
/// possible because reading, writing and shutting down are the same for both.
#[cfg(unix)]
pub async fn connected() -> io::Result<(TcpStream, Other)> {
    let (inner, other) = std::os::unix::net::UnixStream::pair()?;
    let inner = std::net::TcpStream::from(std::os::fd::OwnedFd::from(inner));
    inner.set_nonblocking(true)?;
    other.set_nonblocking(true)?;
    Ok((TcpStream::from_std(inner)?, Other::from_std(other)?))
}

/// Returns two sockets that are connected with each other over loopback. If another program connects to the listener in the
/// meantime, its connection is closed.
#[cfg(not(unix))]
pub async fn connected() -> io::Result<(TcpStream, Other)> {
    let listener = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
    let connecting = TcpStream::connect(listener.local_addr()?);
    let (other, accepted) = tokio::join!(connecting, listener.accept());
    let (other, (mut inner, mut peer)) = (other?, accepted?);
    while peer != other.local_addr()? {
        (inner, peer) = listener.accept().await?;
    }
    inner.set_nodelay(true)?;
    other.set_nodelay(true)?;
    Ok((inner, other))
}
