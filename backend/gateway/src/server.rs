//! An HTTP/1.1 server for a tower service. Its limits protect it from slow, silent and too many clients.

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body as HttpBody, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tower::{Service, ServiceExt};

use crate::accept::Accept;

/// The address of the client. [`serve`] adds it as an extension to every request that it passes to its service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// Marks a request whose connection is a plain TCP socket, which the gateway can take over after a 101. [`serve`] adds it as an
/// extension to every request that it passes to its service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlainTcp;

/// The limits of [`serve`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerSettings {
    /// Maximum size of all headers of a request together, in bytes. If they are larger, the answer is 431. API Gateway's limit
    /// for HTTP APIs is 10,240.
    pub header_bytes: usize,
    /// Maximum number of headers of a request. If there are more, the answer is 431.
    pub headers: usize,
    /// Maximum time until the headers of a request have arrived, and maximum idle time of a connection between two requests.
    pub header_read: Duration,
    /// Maximum number of concurrent TCP connections that speak HTTP. A WebSocket is not counted any more after its 101. Further
    /// connections wait in the backlog of the listener.
    pub connections: usize,
    /// Maximum time from the beginning of a shutdown until the requests in progress are finished.
    pub grace: Duration,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            header_bytes: 16 * 1024,
            headers: 100,
            header_read: Duration::from_secs(10),
            connections: 4096,
            grace: Duration::from_secs(5),
        }
    }
}

/// Serves HTTP until `shutdown` is ready, and then waits until the requests in progress are finished. Connections that were
/// upgraded to WebSockets are not affected: see [`Gateway::shut_down`](crate::Gateway::shut_down).
///
/// Every request has the extension [`Peer`]. See the [crate documentation](crate) for an example.
pub async fn serve<S, B>(
    mut listener: impl Accept,
    service: S,
    settings: ServerSettings,
    shutdown: impl Future<Output = ()> + Send,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let slots = Arc::new(Semaphore::new(settings.connections.min(Semaphore::MAX_PERMITS)));
    let http = http(&settings);
    // Every connection has a receiver, so that the sender also notices when the last connection has ended.
    let (closing, open) = watch::channel(false);
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&mut listener, &slots) => accepted,
            () = &mut shutdown => break,
        };
        let Some((stream, peer, slot)) = accepted else { continue };
        let connection = serve_connection(http.clone(), stream, Peer(peer), service.clone(), open.clone());
        tokio::spawn(async move {
            connection.await;
            drop(slot);
        });
    }
    drop(listener);
    drop(open);
    closing.send_replace(true);
    // Requests that are not finished by then are aborted.
    let _ = tokio::time::timeout(settings.grace, closing.closed()).await;
}

fn http(settings: &ServerSettings) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(settings.header_read)
        .max_headers(settings.headers)
        .max_header_size(settings.header_bytes)
        .max_buf_size(settings.header_bytes.max(8 * 1024));
    http
}

type Accepted = (TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

/// Accepts the next client as soon as the number of connections permits it.
async fn accept(listener: &mut impl Accept, slots: &Arc<Semaphore>) -> Option<Accepted> {
    let slot = slots.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, slot)),
        Err(error) => {
            tracing::warn!(%error, "accept failed");
            // The process has most likely no file descriptors left. Accepting again at once would only waste processor time.
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn serve_connection<S, B>(
    http: http1::Builder,
    stream: TcpStream,
    peer: Peer,
    service: S,
    mut closing: watch::Receiver<bool>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(PlainTcp);
        service.clone().oneshot(request)
    });
    let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = closing.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, peer = %peer.0, "HTTP connection ended");
    }
}
