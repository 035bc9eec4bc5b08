#![doc = include_str!("../README.md")]
//!
//! # Layout
//!
//! * [`App`] builds a gateway from closures, one for each route. [`reply`] has short ways to write their answers.
//! * [`Gateway`] answers handshakes and management requests. [`serve`] is the HTTP server that passes requests to it.
//! * [`Functions`] are invoked by the gateway, in this process. With [`Connections`] they post to clients.
//! * [`Api`] and [`Limits`] are the configuration of a gateway. [`Environment`] is the source of its time and random
//!   numbers.
//! * [`Chaos`] contains the settings of fault injection, which is off by default.
//! * An [`Observer`] watches handshakes, messages and posts.
//! * [`frame`] encodes and decodes WebSocket frames, without a socket.
//! * [`OriginPolicy`] refuses requests from web pages of other sites.

#![warn(missing_docs)]

pub use accept::Accept;
pub use address::network_of;
pub use answer::Body;
pub use api::Api;
pub use app::App;
pub use authorizer::{Authorizer, IdentitySource, UnknownIdentitySource};
pub use authorizer_answer::{AuthorizerAnswer, MalformedAnswer};
/// The types of events and responses, from the crate `aws_lambda_events`.
pub use aws_lambda_events::apigw as events;
pub use chaos::{BadValue, Chaos, ChaosCounts, HttpError, Lag, Probability, Refuse, Span, Throttle};
pub use chaos_file::ChaosFile;
pub use chaos_handle::ChaosHandle;
pub use connections::{ConnectionInfo, Connections};
pub use date::common_log as common_log_date;
pub use environment::{Environment, SystemEnvironment};
pub use event::{authorizer_event_json, connect_event_json, event_json};
pub use frame::Frame;
pub use functions::{AuthorizeError, AuthorizerEvent, FunctionError, Functions, FunctionsFn, functions_fn};
pub use gateway::Gateway;
pub use header_names::HeaderNames;
pub use id::{ConnectionId, MalformedConnectionId};
pub use limits::Limits;
pub use observer::{ObservedHandshake, ObservedMessage, Observer};
pub use origin::{OriginPolicy, OriginRefusal};
pub use post_error::{Gone, PostError};
pub use proxies::TrustedProxies;
pub use route::{ExpressionError, ReservedRouteKey, Route, RouteSelection, Routes};
pub use route_functions::RouteFunctions;
pub use server::{Peer, ServerSettings, serve};

mod accept;
mod address;
mod admission;
mod answer;
mod api;
mod app;
mod audience;
mod authorizer;
mod authorizer_answer;
mod busy;
mod caller;
mod chaos;
mod chaos_file;
mod chaos_handle;
mod close_status;
mod condition;
mod connection;
mod connections;
mod date;
mod environment;
mod event;
mod fair;
mod faulty_post;
pub mod frame;
mod functions;
mod gateway;
mod glob;
mod handshake;
mod head_timer;
mod header_names;
mod id;
mod id_hasher;
mod invoke;
mod limits;
mod lock;
mod management;
mod observer;
mod origin;
mod outbox;
mod patient;
mod policy;
mod post_error;
mod proxies;
mod rate;
mod refusal;
pub mod reply;
mod route;
mod route_functions;
mod server;
mod shares;
mod slot;
mod slots;
mod socket;
mod state;
