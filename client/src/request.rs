//! Sends one HTTP request over a new connection, which is not used again.

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Request, Response};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use crate::tls::Trust;
use crate::{Address, ConnectError, wire};

/// Sends an HTTP request over a new connection, with the header `Host` added. Returns the response as
/// soon as its headers have arrived; its body is not read yet.
///
/// # Errors
///
/// [`ConnectError`], if no connection can be made or the server does not answer in HTTP.
pub(crate) async fn send<B>(
    server: &Address,
    trust: Option<&Trust>,
    mut request: Request<B>,
) -> Result<Response<Incoming>, ConnectError>
where
    B: Body<Data = Bytes, Error = std::convert::Infallible> + Send + 'static,
{
    let wire = wire::open(server, trust).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(wire)).await.map_err(not_http)?;
    // This task ends when the response has been read or dropped.
    tokio::spawn(connection);
    let host = HeaderValue::from_str(server.authority());
    request
        .headers_mut()
        .insert(HOST, host.map_err(|error| ConnectError::Tls { reason: error.to_string() })?);
    sender.send_request(request).await.map_err(not_http)
}

fn not_http(error: hyper::Error) -> ConnectError {
    if error.is_parse() { ConnectError::NotHttp } else { ConnectError::Closed }
}
