//! Dispatches each request by its path: to the gateway, to the Invoke API of Lambda or to the router of all other
//! paths.
//!
//! Requests to the gateway's management API and to the Invoke API are accepted only from the server's own functions.
//! The functions prove themselves by a random key in the path. If the functions are built in, they send messages within
//! this process, and nobody may use these two APIs.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use apigw_websocket::{Functions, Gateway, Peer};
use axum::Router;
use axum::body::Body;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use lambda_host::InvokeApi;
use tower::{Service, ServiceExt};

use crate::key::FunctionKey;

/// The entry point of the server. It contains the gateway, Lambda's Invoke API if the functions are Lambda functions,
/// and the router for all other paths.
pub struct Front<F> {
    gateway: Gateway<F>,
    functions: Option<(FunctionKey, InvokeApi)>,
    router: Router,
}

impl<F> Clone for Front<F> {
    fn clone(&self) -> Self {
        Self { gateway: self.gateway.clone(), functions: self.functions.clone(), router: self.router.clone() }
    }
}

impl<F: Functions> Front<F> {
    /// Creates a front that refuses all requests for the Invoke API and the management API.
    pub fn new(gateway: Gateway<F>, router: Router) -> Self {
        Self { gateway, functions: None, router }
    }

    /// Makes the front answer requests for the Invoke API and the management API if their path begins with `key`.
    pub fn with_functions(self, key: FunctionKey, invoke_api: InvokeApi) -> Self {
        Self { functions: Some((key, invoke_api)), ..self }
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

    async fn answer(self, mut request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        let peer = peer(&request);
        if let Some((key, invoke_api)) = &self.functions
            && key.unlock(&mut request)
        {
            return Ok(self.answer_function(invoke_api, request, peer).await);
        }
        let path = request.uri().path();
        if self.gateway.is_management_path(path) || InvokeApi::is_invoke_path(path) {
            return Ok(forbidden());
        }
        if self.gateway.is_gateway_path(path) {
            return Ok(self.gateway.handle(request, peer).await.map(Body::new));
        }
        self.router.oneshot(request.map(Body::new)).await
    }

    async fn answer_function(
        &self,
        invoke_api: &InvokeApi,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Response<Body> {
        let path = request.uri().path();
        if self.gateway.is_management_path(path) {
            self.gateway.handle(request, peer).await.map(Body::new)
        } else if InvokeApi::is_invoke_path(path) {
            invoke_api.handle(request, peer).await.map(Body::new)
        } else {
            forbidden()
        }
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
