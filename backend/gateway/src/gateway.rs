//! The gateway: from a path to a handshake or a management request.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use hyper::body::Body as HttpBody;
use tokio::sync::Semaphore;

use crate::answer::{self, Body};
use crate::handshake::{self, Gate};
use crate::management;
use crate::rate::RateLimit;
use crate::{Api, ChaosHandle, Connections, Functions};

/// An embedded API Gateway for one WebSocket API. Clones are the same gateway.
pub struct Gateway<F>(Arc<Inner<F>>);

struct Inner<F> {
    shared: Arc<Shared<F>>,
    gate: Gate,
    management_rate: Option<RateLimit>,
}

/// What every part of a gateway needs.
pub(crate) struct Shared<F> {
    pub api: Api,
    pub functions: F,
    pub connections: Connections,
}

impl<F> Clone for Gateway<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// What a path of the gateway means.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Handshake,
    Connection(String),
    Elsewhere,
}

impl<F: Functions> Gateway<F> {
    /// A gateway over `connections`. Starts the task that keeps idle time and life.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime, and if `connections` were made with other limits than `api` has.
    pub fn new(api: Api, functions: F, connections: Connections) -> Self {
        assert_eq!(
            &api.limits,
            connections.limits(),
            "the connections and their gateway have the same limits"
        );
        tokio::spawn(connections.sweep());
        let limits = &api.limits;
        let gate = Gate {
            rate: RateLimit::new(limits.connects_per_second, limits.connects_per_second),
            in_flight: Arc::new(Semaphore::new(limits.handshakes.min(Semaphore::MAX_PERMITS))),
        };
        let management_rate =
            limits.management_requests_per_second.map(|rate| RateLimit::new(rate, rate.div_ceil(2)));
        Self(Arc::new(Inner {
            shared: Arc::new(Shared { api, functions, connections }),
            gate,
            management_rate,
        }))
    }

    /// Whether a path is the gateway's: `/{stage}` and `/{stage}/@connections/…`.
    pub fn is_gateway_path(&self, path: &str) -> bool {
        self.place(path) != Place::Elsewhere
    }

    /// The connections, as functions in the same process use them.
    pub fn connections(&self) -> &Connections {
        &self.0.shared.connections
    }

    /// The handle by which things are made to go wrong: for tests, and for `tickertape serve --chaos`.
    pub fn chaos(&self) -> ChaosHandle {
        self.connections().chaos()
    }

    /// Answers a request for one of the gateway's paths from `peer`. A handshake needs hyper's upgrade and, below
    /// it, a `TokioIo<TcpStream>`, as [`serve`](crate::serve) has it.
    pub async fn handle<B>(&self, request: Request<B>, peer: SocketAddr) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let Inner { shared, gate, management_rate } = &*self.0;
        if let Err(refusal) = shared.api.origins.check(request.headers()) {
            return answer::error(StatusCode::FORBIDDEN, "ForbiddenException", &refusal.to_string());
        }
        match self.place(request.uri().path()) {
            Place::Handshake => handshake::handle(shared, gate, request, peer)
                .await
                .unwrap_or_else(handshake::Refusal::answer),
            Place::Connection(id) => {
                let rate = management_rate.as_ref();
                management::handle(&shared.connections, rate, request, &id, peer).await
            }
            Place::Elsewhere => answer::error(StatusCode::FORBIDDEN, "ForbiddenException", "Forbidden"),
        }
    }

    /// Closes every connection with this code and reason, takes no more, and returns when each `$disconnect` has been
    /// delivered: at most the close and the integration limit later.
    pub async fn shut_down(&self, code: u16, reason: &str) {
        let connections = self.connections();
        connections.begin_shut_down();
        connections.close_all(code, reason);
        connections.emptied().await;
    }

    fn place(&self, path: &str) -> Place {
        let mut segments = path.trim_start_matches('/').split('/').map(decoded);
        let stage = segments.next();
        if stage.as_deref() != Some(self.0.shared.api.stage.as_str()) {
            return Place::Elsewhere;
        }
        match (segments.next().as_deref(), segments.next(), segments.next()) {
            (None | Some(""), None, None) => Place::Handshake,
            (Some("@connections"), Some(id), None) => Place::Connection(id),
            _ => Place::Elsewhere,
        }
    }
}

fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
