//! An embedded WebSocket gateway that behaves like Amazon API Gateway: routes, handshake, events, `@connections` and
//! limits. It knows nothing of topics or boards, signs and checks no AWS signatures, and speaks no TLS.
//!
//! `FIDELITY.md` beside this crate lists what is known about AWS, how sure that is, and the test that holds it.
//!
//! # Layout
//!
//! * [`Gateway`] answers handshakes and management requests; [`serve`] is the HTTP server below it.
//! * [`Functions`] is what the gateway calls; [`Connections`] is what functions call back.
//! * [`Api`] and [`Limits`] configure it; [`Environment`] gives it time and randomness.
//! * [`Chaos`] is what goes wrong on purpose; off by default.
//! * [`frame`] is the wire: bytes in, messages out, no socket.
//! * [`OriginPolicy`] keeps other sites' pages out.

#![warn(missing_docs)]

pub use answer::Body;
pub use api::Api;
pub use authorizer::{Authorizer, IdentitySource, UnknownIdentitySource};
pub use chaos::{
    BadValue, Chaos, ChaosCounts, ChaosHandle, HttpError, Lag, Probability, Refuse, Span, Throttle,
};
pub use connections::{ConnectionInfo, Connections, Gone, PostError};
pub use date::common_log as common_log_date;
pub use environment::{Environment, SystemEnvironment};
pub use event::{authorizer_event_json, event_json};
pub use frame::Frame;
pub use functions::{AuthorizeError, AuthorizerEvent, FunctionError, Functions};
pub use gateway::Gateway;
pub use id::{ConnectionId, MalformedConnectionId};
pub use limits::Limits;
pub use origin::{OriginPolicy, OriginRefusal};
pub use route::{ExpressionError, ReservedRouteKey, Route, RouteSelection, Routes};
pub use server::{Peer, ServerSettings, serve};

mod answer;
mod api;
mod authorizer;
mod chaos;
mod connection;
mod connections;
mod date;
mod environment;
mod event;
pub mod frame;
mod functions;
mod gateway;
mod handshake;
mod id;
mod invoke;
mod limits;
mod management;
mod origin;
mod outbox;
mod rate;
mod route;
mod server;
mod socket;
