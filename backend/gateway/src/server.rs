//! An HTTP/1.1 server for a tower service. Its limits protect it from clients that are slow, silent or too many.

use std::convert::Infallible;
use std::error::Error;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use hyper::body::{Body as HttpBody, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::{Service, ServiceExt};

use crate::accept::Accept;
use crate::address::network_of;
use crate::busy::{Busy, BusyBody};
use crate::head_timer::HeadTimer;
use crate::patient::PatientStream;
use crate::proxies::TrustedProxies;
use crate::slot::Order;
use crate::slots::{Bounds, SlotGuard, Slots};

/// The address of the client that sent a request. [`serve`] adds it as an extension to every request that it passes to
/// its service. If the TCP connection comes from one of [`ServerSettings::trusted_proxies`], this is the address that
/// the proxy names, with port 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// Marks a request whose connection is a plain TCP socket, which the gateway can take over after a 101. [`serve`] adds
/// it as an extension to every GET request that it passes to its service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlainTcp;

/// The settings of the HTTP server that [`serve`] runs, mainly its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerSettings {
    /// Maximum size of all headers of a request together, in bytes. If they are larger, the answer is 431. API
    /// Gateway's limit for HTTP APIs is 10,240.
    pub header_bytes: usize,
    /// Maximum number of headers of a request. If there are more, the answer is 431.
    pub headers: usize,
    /// Maximum time until the headers of a request have arrived, and maximum idle time of a connection between two
    /// requests.
    pub header_read: Duration,
    /// Maximum time in which a client has to accept each 64 KB of a response. If it does not, its connection is closed.
    pub write: Duration,
    /// Maximum number of concurrent TCP connections that speak HTTP. A WebSocket is no longer counted after its 101. If
    /// a new connection exceeds this number, an old one without a request in progress is closed: the oldest one of the
    /// address that has the most connections. If every connection has a request in progress, the new connection is
    /// closed.
    pub connections: usize,
    /// Maximum number of concurrent TCP connections that speak HTTP and come from one address, or from the first 64
    /// bits of an IPv6 address. If a new connection exceeds this number, the oldest connection of that address without
    /// a request in progress is closed. If all have a request in progress, the new connection is closed.
    pub connections_of_address: usize,
    /// The reverse proxies that are trusted to name the client of a request. `connections_of_address` does not limit
    /// the connections of these proxies.
    pub trusted_proxies: TrustedProxies,
    /// Maximum time from the beginning of a shutdown until the requests in progress are finished.
    pub grace: Duration,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            header_bytes: 16 * 1024,
            headers: 100,
            header_read: Duration::from_secs(10),
            write: Duration::from_secs(10),
            connections: 4096,
            connections_of_address: 2048,
            trusted_proxies: TrustedProxies::default(),
            grace: Duration::from_secs(5),
        }
    }
}

/// Serves HTTP until the future `shutdown` is ready, and then waits until the requests in progress are finished.
/// Connections that were upgraded to WebSockets are not affected: see
/// [`Gateway::shut_down`](crate::Gateway::shut_down).
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
    let slots = Arc::new(Slots::new(settings.connections, settings.connections_of_address));
    let settings = Arc::new(settings);
    // Every connection has a receiver, so that the sender notices when the last connection has ended.
    let (all, open) = watch::channel(());
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&mut listener) => accepted,
            () = &mut shutdown => break,
        };
        let Some((stream, peer)) = accepted else { continue };
        let is_proxy = settings.trusted_proxies.contains(peer.ip());
        let network = if is_proxy { Bounds::OfAll } else { Bounds::OfNetwork(network_of(peer.ip())) };
        let Some(slot) = slots.take(network) else { continue };
        let accepted = AcceptedConnection { stream, peer, settings: settings.clone(), slot };
        tokio::spawn(serve_connection(accepted, service.clone(), open.clone()));
    }
    drop(listener);
    drop(open);
    slots.finish_all();
    // Requests that are not finished by then are aborted.
    let _ = tokio::time::timeout(settings.grace, all.closed()).await;
}

fn http(settings: &ServerSettings) -> http1::Builder {
    let mut http = http1::Builder::new();
    // Head and body of an answer are copied into one buffer. Most answers are small, and a system call with one buffer costs less than
    // one with several.
    http.timer(HeadTimer::default())
        .writev(false)
        .header_read_timeout(settings.header_read)
        .max_headers(settings.headers)
        .max_header_size(settings.header_bytes)
        .max_buf_size(settings.header_bytes.max(8 * 1024));
    http
}

/// A TCP connection that was accepted from a client, with its entry in the table of connections.
struct AcceptedConnection {
    stream: TcpStream,
    peer: SocketAddr,
    settings: Arc<ServerSettings>,
    slot: SlotGuard,
}

/// Accepts the next client and returns its stream and address. After an error, waits 50 ms and returns `None`.
async fn accept(listener: &mut impl Accept) -> Option<(TcpStream, SocketAddr)> {
    match listener.accept().await {
        Ok(accepted) => Some(accepted),
        Err(error) => {
            tracing::warn!(%error, "a TCP connection could not be accepted");
            // The process has most likely no file descriptors left. Accepting again at once would only waste processor
            // time.
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn serve_connection<S, B>(accepted: AcceptedConnection, service: S, _open: watch::Receiver<()>)
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let AcceptedConnection { stream, peer, settings, slot } = accepted;
    let http = http(&settings);
    let stream = PatientStream::new(stream, settings.write);
    let (place, head) = (slot.slot().clone(), stream.head());
    let service = service_fn(move |mut request: Request<Incoming>| {
        let client = settings.trusted_proxies.client(peer, request.headers());
        request.extensions_mut().insert(Peer(client));
        // Only handshakes need these, and a handshake is a GET request.
        if request.method() == Method::GET {
            request.extensions_mut().insert(PlainTcp);
            request.extensions_mut().insert(head.clone());
        }
        let busy = Busy::new(place.clone());
        let answer = service.clone().oneshot(request);
        async move {
            let answer = answer.await;
            answer.map(|response| response.map(|body| BusyBody { body: Box::pin(body), _busy: busy }))
        }
    });
    let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    let ended = poll_fn(|context| match connection.as_mut().poll(context) {
        Poll::Ready(ended) => Poll::Ready(Some(ended)),
        Poll::Pending => match ready!(slot.slot().poll_order(context)) {
            Order::Close => Poll::Ready(None),
            Order::Finish => {
                connection.as_mut().graceful_shutdown();
                connection.as_mut().poll(context).map(Some)
            }
        },
    });
    match ended.await {
        None => tracing::debug!(%peer, "a silent connection made room for another"),
        Some(Err(error)) => tracing::debug!(%error, %peer, "HTTP connection ended"),
        Some(Ok(())) => {}
    }
}
