//! Two sockets that are connected with each other.

use std::io;

use tokio::net::TcpStream;

/// The other end of the server's socket.
#[cfg(unix)]
pub type Other = tokio::net::UnixStream;
/// The other end of the server's socket.
#[cfg(not(unix))]
pub type Other = TcpStream;

/// Connects two sockets in this process. The first is a Unix socket that is used like one of TCP: reading, writing and shutting
/// down are the same for both.
#[cfg(unix)]
pub async fn connected() -> io::Result<(TcpStream, Other)> {
    let (inner, other) = std::os::unix::net::UnixStream::pair()?;
    let inner = std::net::TcpStream::from(std::os::fd::OwnedFd::from(inner));
    inner.set_nonblocking(true)?;
    other.set_nonblocking(true)?;
    Ok((TcpStream::from_std(inner)?, Other::from_std(other)?))
}

/// Connects two sockets in this process over loopback. Whoever else connects in the meantime is turned away.
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
