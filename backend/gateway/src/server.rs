//! An HTTP/1.1 server for a tower service, with limits against slow, silent and too many clients.

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
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::{Service, ServiceExt};

/// The address of the client: an extension of every request that [`serve`] passes to its service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// An extension of every request that [`serve`] passes to its service: the connection below is a plain TCP socket, which
/// the gateway takes over after a 101.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlainTcp;

/// The limits of [`serve`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerSettings {
    /// Size of all headers of a request together; beyond it 431. API Gateway's limit for HTTP APIs is 10,240.
    pub header_bytes: usize,
    /// Number of headers of a request; beyond it 431.
    pub headers: usize,
    /// Time the head of a request may take to arrive, and time a connection may be idle between two requests.
    pub header_read: Duration,
    /// Number of TCP connections that speak HTTP at the same time. A WebSocket stops counting with its 101. Further
    /// connections wait in the listener's backlog.
    pub connections: usize,
    /// Time that requests in progress may take to finish after the shutdown began.
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

/// Serves HTTP until `shutdown` is ready, then lets the requests in progress finish. Connections that were upgraded to
/// WebSockets are not affected: see [`Gateway::shut_down`](crate::Gateway::shut_down).
///
/// Every request has the extension [`Peer`]. See the [crate documentation](crate) for an example.
pub async fn serve<S, B>(
    listener: TcpListener,
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
    // Every connection holds a receiver, so the sender also learns when the last one has ended.
    let (closing, open) = watch::channel(false);
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &slots) => accepted,
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
    // Requests that take longer are abandoned.
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

/// Accepts the next client, once there is room for it. Switches Nagle's algorithm off, which would delay small messages.
async fn accept(listener: &TcpListener, slots: &Arc<Semaphore>) -> Option<Accepted> {
    let slot = slots.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            stream.set_nodelay(true).ok()?;
            Some((stream, peer, slot))
        }
        Err(error) => {
            tracing::warn!(%error, "accept failed");
            // Most likely the process has no file descriptors left; accepting again at once would only use the processor.
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
