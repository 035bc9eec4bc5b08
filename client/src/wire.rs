//! A byte stream to a server, with or without TLS.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::tls::Trust;
use crate::{Address, ConnectError};

/// A stream of bytes that can be read and written.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A connected stream of bytes to a server, with or without TLS.
pub type Wire = Box<dyn Duplex>;

/// Connects to a server. If `trust` is given, the connection uses TLS and trusts these certificate authorities.
///
/// # Errors
///
/// [`ConnectError`], if no connection can be made.
pub(crate) async fn open(server: &Address, trust: Option<&Trust>) -> Result<Wire, ConnectError> {
    let stream = TcpStream::connect(server.host_and_port()).await;
    let stream = stream.map_err(|error| ConnectError::unreachable(&error))?;
    // Sends small messages without delay. An error is ignored, because they also arrive without this option.
    let _ = stream.set_nodelay(true);
    match trust {
        Some(trust) => Ok(Box::new(trust.secure(stream, server.host()).await?)),
        None => Ok(Box::new(stream)),
    }
}
