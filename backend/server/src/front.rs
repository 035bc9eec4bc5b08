//! Dispatches each request by its path: to the gateway, or to the router of all other paths.
//!
//! The functions are built in and send messages within this process, so that nobody may use the gateway's management API.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use apigw_websocket::{Functions, Gateway, Peer};
use axum::Router;
use axum::body::Body;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use tower::{Service, ServiceExt};

/// The entry point of the server. It contains the gateway and the router for all other paths.
pub struct Front<F> {
    gateway: Gateway<F>,
    router: Router,
}

impl<F> Clone for Front<F> {
    fn clone(&self) -> Self {
        Self { gateway: self.gateway.clone(), router: self.router.clone() }
    }
}

impl<F: Functions> Front<F> {
    /// Creates a front that refuses all requests for the management API.
    pub fn new(gateway: Gateway<F>, router: Router) -> Self {
        Self { gateway, router }
    }

    /// Returns the tower service that the HTTP server runs.
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
        let path = request.uri().path();
        if self.gateway.is_management_path(path) {
            return Ok(forbidden());
        }
        if self.gateway.is_gateway_path(path) {
            let peer = peer(&request);
            return Ok(self.gateway.handle(request, peer).await.map(Body::new));
        }
        self.router.oneshot(request.map(Body::new)).await
    }
}

/// Returns the response that API Gateway sends to a request without credentials.
fn forbidden() -> Response<Body> {
    let mut response = Response::new(Body::from(r#"{"message":"Forbidden"}"#));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

/// Returns the client's address, which the HTTP server attaches to the request. If it is missing, returns `0.0.0.0`,
/// which does not count as an address of this machine.
fn peer(request: &Request<Incoming>) -> SocketAddr {
    let unknown = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
    request.extensions().get::<Peer>().map_or(unknown, |Peer(peer)| *peer)
}
