//! A connection to a server, with or without TLS.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::Address;
use super::fault::Fault;
use super::tls::Trust;

/// Bytes in both directions.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A connection; whether TLS is in it makes no difference from here on.
pub type Wire = Box<dyn Duplex>;

/// Calls a server; `trust` says whether it is who it should be, and is there if the address asks for TLS.
///
/// # Errors
///
/// [`Fault`].
pub async fn open(server: &Address, trust: Option<&Trust>) -> Result<Wire, Fault> {
    let stream = TcpStream::connect(server.host_and_port()).await;
    let stream = stream.map_err(|error| Fault::unreachable(&error))?;
    // Small messages are to leave at once; a platform that cannot do that still works.
    let _ = stream.set_nodelay(true);
    match trust {
        Some(trust) => Ok(Box::new(trust.secure(stream, server.host()).await?)),
        None => Ok(Box::new(stream)),
    }
}
