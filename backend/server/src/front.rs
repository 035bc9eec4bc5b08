//! Dispatches requests to the gateway, the Invoke API or the router, by their path.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use apigw_websocket::{Functions, Gateway, Peer};
use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use lambda_host::InvokeApi;
use tower::{Service, ServiceExt};

/// The server's entry point: the gateway, Lambda's Invoke API if there is one, and the router for all other paths.
pub struct Front<F> {
    gateway: Gateway<F>,
    invoke_api: Option<InvokeApi>,
    router: Router,
}

impl<F> Clone for Front<F> {
    fn clone(&self) -> Self {
        Self {
            gateway: self.gateway.clone(),
            invoke_api: self.invoke_api.clone(),
            router: self.router.clone(),
        }
    }
}

impl<F: Functions> Front<F> {
    /// A front without the Invoke API.
    pub fn new(gateway: Gateway<F>, router: Router) -> Self {
        Self { gateway, invoke_api: None, router }
    }

    /// Adds the Invoke API.
    pub fn with_invoke_api(self, invoke_api: InvokeApi) -> Self {
        Self { invoke_api: Some(invoke_api), ..self }
    }

    /// The tower service that the HTTP server runs.
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
        if let Some(api) = self.invoke_api.filter(|_| InvokeApi::is_invoke_path(request.uri().path())) {
            let peer = peer(&request);
            return Ok(api.handle(request, peer).await.map(Body::new));
        }
        self.router.oneshot(request.map(Body::new)).await
    }
}

/// The peer's address, which the HTTP server attaches. Without it the peer counts as a remote one.
fn peer(request: &Request<Incoming>) -> SocketAddr {
    let unknown = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
    request.extensions().get::<Peer>().map_or(unknown, |Peer(peer)| *peer)
}
