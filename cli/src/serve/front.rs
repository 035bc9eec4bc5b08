//! Which half of the server a request is for.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use apigw_websocket::{Functions, Gateway, Peer};
use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use lambda_host::InvokeApi;
use tower::{Service, ServiceExt};

/// The gateway for its own paths, Lambda's API for its, the router for all others.
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
    /// Without Lambda's API.
    pub fn new(gateway: Gateway<F>, router: Router) -> Self {
        Self { gateway, invoke_api: None, router }
    }

    /// With it.
    pub fn with_invoke_api(self, invoke_api: InvokeApi) -> Self {
        Self { invoke_api: Some(invoke_api), ..self }
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
        if let Some(api) = self.invoke_api.filter(|_| InvokeApi::is_invoke_path(request.uri().path())) {
            let peer = peer(&request);
            return Ok(api.handle(request, peer).await.map(Body::new));
        }
        self.router.oneshot(request.map(Body::new)).await
    }
}

/// The server puts it there; without it nobody is taken for a neighbour.
fn peer(request: &Request<Incoming>) -> SocketAddr {
    let unknown = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
    request.extensions().get::<Peer>().map_or(unknown, |Peer(peer)| *peer)
}
