//! Which half of the server a request is for.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use backend_gateway::{Gateway, Peer};
use http::{Request, Response};
use hyper::body::Incoming;
use tower::{Service, ServiceExt};

use super::functions::Handlers;

/// The gateway for its own paths, the router for all others.
#[derive(Clone)]
pub struct Front {
    gateway: Gateway<Handlers>,
    router: Router,
}

impl Front {
    /// Both halves.
    pub fn new(gateway: Gateway<Handlers>, router: Router) -> Self {
        Self { gateway, router }
    }

    /// As the HTTP server takes it.
    pub fn service(
        self,
    ) -> impl Service<
        Request<Incoming>,
        Response = Response<Body>,
        Error = Infallible,
        Future = impl Future<Output = Result<Response<Body>, Infallible>> + Send,
    > + Clone
    + Send
    + 'static {
        tower::service_fn(move |request| self.clone().answer(request))
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        if self.gateway.is_gateway_path(request.uri().path()) {
            let peer = peer(&request);
            return Ok(self.gateway.handle(request, peer).await.map(Body::new));
        }
        self.router.oneshot(request.map(Body::new)).await
    }
}

/// The server puts it there; without it nobody is taken for a neighbour.
fn peer(request: &Request<Incoming>) -> SocketAddr {
    let unknown = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
    request.extensions().get::<Peer>().map_or(unknown, |Peer(peer)| *peer)
}
