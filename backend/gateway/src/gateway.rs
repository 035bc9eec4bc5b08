//! The gateway, which answers WebSocket handshakes and management requests. It distinguishes them by their path.

use std::borrow::Cow;
use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::pin::Pin;
use std::string::FromUtf8Error;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Body as HttpBody;
use tower::Service;

use crate::admission::Admission;
use crate::answer::{self, Body};
use crate::api::Api;
use crate::chaos_handle::ChaosHandle;
use crate::connections::Connections;
use crate::functions::Functions;
use crate::handshake;
use crate::id;
use crate::management;
use crate::rate::RateLimit;
use crate::refusal::Refusal;
use crate::server::Peer;
use crate::state::GatewayState;

/// An embedded API Gateway for one WebSocket API. All clones are the same gateway.
///
/// See the [crate documentation](crate) for an example.
pub struct Gateway<F>(Arc<Inner<F>>);

struct Inner<F> {
    state: Arc<GatewayState<F>>,
    admission: Arc<Admission>,
    management_rate: Option<RateLimit>,
}

impl<F> Clone for Gateway<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// The kind of request that a path belongs to: a handshake, a management request for one connection, or neither.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    Handshake,
    Connection(String),
    None,
}

impl<F: Functions> Gateway<F> {
    /// Creates a gateway that adds its clients to `connections`, and starts the task that closes connections that have
    /// exceeded their idle or life limit.
    ///
    /// The limits of `connections` apply, even if those of `api` are others.
    ///
    /// # Panics
    ///
    /// Panics if it is called outside a tokio runtime.
    pub fn new(mut api: Api, functions: F, connections: Connections) -> Self {
        api.limits.clone_from(connections.limits());
        tokio::spawn(connections.sweep());
        let admission = Arc::new(Admission::new(&api.limits));
        let management_rate =
            api.limits.management_requests_per_second.map(|rate| RateLimit::new(rate, rate.div_ceil(2)));
        let state = Arc::new(GatewayState { api, functions, connections });
        Self(Arc::new(Inner { state, admission, management_rate }))
    }

    /// Returns true if the gateway answers requests for this path. Its paths are `/{stage}` and
    /// `/{stage}/@connections/{id}`.
    pub fn is_gateway_path(&self, path: &str) -> bool {
        self.target(path) != Target::None
    }

    /// Returns true if the path is one of the management API: `/{stage}/@connections/{id}`.
    pub fn is_management_path(&self, path: &str) -> bool {
        matches!(self.target(path), Target::Connection(_))
    }

    /// Returns the handle with which functions in the same process post to connections.
    pub fn connections(&self) -> &Connections {
        &self.0.state.connections
    }

    /// Returns the functions of the gateway.
    pub fn functions(&self) -> &F {
        &self.0.state.functions
    }

    /// Returns the handle that controls the fault injection of this gateway.
    pub fn chaos(&self) -> ChaosHandle {
        self.connections().chaos()
    }

    /// Answers a request that the client at `peer` sent for one of the gateway's paths. The request of a handshake must
    /// come from [`serve`](crate::serve) with all its extensions, because the gateway needs the TCP socket of the
    /// request. Otherwise the handshake is answered with 501.
    ///
    /// If the request line contains a host (`GET http://host/path`), this host is used instead of the header `Host`
    /// (RFC 9112, section 3.2.2).
    pub async fn handle<B>(&self, request: Request<B>, peer: SocketAddr) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        self.respond(Box::new(request), peer).await
    }

    /// Does the same as [`Gateway::handle`]. The request is boxed, because each future on its way would reserve space for
    /// it.
    async fn respond<B>(&self, mut request: Box<Request<B>>, peer: SocketAddr) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        take_host_of_target(&mut request);
        let mut response = self.answer(request, peer).await;
        if !answer::has_request_id(&response) {
            let moment = self.connections().moment();
            answer::set_request_id(&mut response, id::request_id(moment.now_ms, moment.random));
        }
        response
    }

    async fn answer<B>(&self, request: Box<Request<B>>, peer: SocketAddr) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let Inner { state, admission, management_rate } = &*self.0;
        if let Err(refusal) = state.api.origins.check(request.headers()) {
            return answer::error(StatusCode::FORBIDDEN, "ForbiddenException", &refusal.to_string());
        }
        match self.target(request.uri().path()) {
            Target::Handshake => {
                // The future is boxed, so that every management request does not reserve space for it.
                let answer = Box::pin(handshake::handle(state, admission, *request, peer));
                answer.await.unwrap_or_else(Refusal::answer)
            }
            Target::Connection(id) => {
                let rate = management_rate.as_ref();
                management::handle(&state.connections, rate, request, &id, peer).await
            }
            Target::None => answer::error(StatusCode::FORBIDDEN, "ForbiddenException", "Forbidden"),
        }
    }

    /// Refuses new handshakes with 503, closes every connection with this code and reason, and returns when every
    /// `$disconnect` event was delivered. Handshakes in progress are also refused, after their functions have returned.
    ///
    /// This takes at most three times the time limit of an invocation (for the authorizer, `$connect` and
    /// `$disconnect`) plus the time limit for closing.
    pub async fn shut_down(&self, code: u16, reason: &str) {
        let connections = self.connections();
        connections.begin_shut_down();
        connections.close_all(code, reason);
        self.0.admission.wait_until_idle().await;
        connections.wait_until_empty().await;
    }

    fn target(&self, path: &str) -> Target {
        let mut segments = path.trim_start_matches('/').split('/').map(decoded);
        let stage = segments.next();
        if stage.as_deref() != Some(self.0.state.api.stage.as_str()) {
            return Target::None;
        }
        // SDKs write two slashes after the stage if their endpoint ends in one.
        let mut rest = segments.filter(|segment| !segment.is_empty());
        match (rest.next().as_deref(), rest.next(), rest.next()) {
            (None, None, None) => Target::Handshake,
            (Some("@connections"), Some(id), None) => Target::Connection(id.into_owned()),
            _ => Target::None,
        }
    }
}

/// The service for [`serve`](crate::serve). It needs the extension [`Peer`], which `serve` adds; without it, every
/// request is answered with 500.
impl<F, B> Service<Request<B>> for Gateway<F>
where
    F: Functions,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (gateway, request) = (self.clone(), Box::new(request));
        Box::pin(async move {
            let Some(Peer(peer)) = request.extensions().get().copied() else {
                let message =
                    "The client's address is unknown: serve the gateway with apigw_websocket::serve";
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                return Ok(answer::error(status, "InternalServerErrorException", message));
            };
            Ok(gateway.respond(request, peer).await)
        })
    }
}

fn take_host_of_target<B>(request: &mut Request<B>) {
    let authority = request.uri().authority().map(|authority| HeaderValue::from_str(authority.as_str()));
    if let Some(Ok(host)) = authority {
        request.headers_mut().insert(header::HOST, host);
    }
}

fn decoded(segment: &str) -> Cow<'_, str> {
    if !segment.contains('%') {
        return Cow::Borrowed(segment);
    }
    let mut bytes = Vec::with_capacity(segment.len());
    bytes.extend(percent_encoding::percent_decode_str(segment));
    let lossy = |error: FromUtf8Error| String::from_utf8_lossy(error.as_bytes()).into_owned();
    Cow::Owned(String::from_utf8(bytes).unwrap_or_else(lossy))
}
