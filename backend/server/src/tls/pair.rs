//! Creates a pair of connected sockets within this process.

use std::io;

use tokio::net::TcpStream;

/// The second socket of a pair. Its bytes are copied to and from the TLS connection of the client.
#[cfg(unix)]
pub type Other = tokio::net::UnixStream;
/// The second socket of a pair. Its bytes are copied to and from the TLS connection of the client.
#[cfg(not(unix))]
pub type Other = TcpStream;

/// Returns two sockets that are connected with each other. The first is a Unix socket with the type of a TCP socket.
/// That works because both kinds are read, written and shut down in the same way.
#[cfg(unix)]
pub async fn connected() -> io::Result<(TcpStream, Other)> {
    let (inner, other) = std::os::unix::net::UnixStream::pair()?;
    let inner = std::net::TcpStream::from(std::os::fd::OwnedFd::from(inner));
    inner.set_nonblocking(true)?;
    other.set_nonblocking(true)?;
    Ok((TcpStream::from_std(inner)?, Other::from_std(other)?))
}

/// Returns two sockets that are connected with each other over a loopback address. If another program connects to the
/// listener in the meantime, its connection is closed.
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
