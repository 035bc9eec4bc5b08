//! The client of a Tickertape server as a state machine without IO.
//!
//! A [`Session`] connects, subscribes, recovers what it missed, replaces its connection before API Gateway closes it, and
//! publishes. It opens no socket and reads no clock, so it runs natively and in WebAssembly, and a two-hour connection is
//! tested in microseconds. It depends on `shared`, the protocol's types, and on nothing else of Tickertape.
//!
//! # Use
//!
//! A program around the session, called its *shell*, owns sockets and timers. After each call of a command or an input (all take
//! the time as [`Now`]), the shell
//!
//! 1. performs every [`Effect`] that [`Session::poll_effect`] returns,
//! 2. handles every [`Event`] that [`Session::poll_event`] returns,
//! 3. sets a timer for [`Session::poll_timeout`], at which it calls [`Session::handle_timeout`].
//!
//! The queues of effects and events hold only what one call produced. Everything else that a session stores is limited by
//! [`constants`].
//!
//! ```
//! use tickertape_session::{Effect, Now, Session, Settings, State};
//!
//! let now = Now { mono_ms: 0, wall_ms: 1_800_000_000_000 };
//! let mut session = Session::new(Settings::default(), 7);
//! session.subscribe("host/*".parse().expect("a filter"), None, now);
//! session.open(now);
//!
//! let Some(Effect::OpenSocket { socket, .. }) = session.poll_effect() else { panic!("no socket is opened") };
//! session.socket_opened(socket, now);
//! let Some(Effect::Send { text, .. }) = session.poll_effect() else { panic!("nothing is sent") };
//! assert_eq!(text, r#"{"action":"subscribe","id":1,"filter":"host/*"}"#);
//! assert_eq!(session.state(), State::Handshaking);
//! ```
//!
//! # Layout
//!
//! * [`state`], [`constants`], [`words`]: the states, the durations and bounds, the texts for people.
//! * `session`: the struct and its public methods. `lifecycle`, `rotation`, `liveness`: transitions between states; `link`
//!   is one socket, `outage` the record of a lost connection.
//! * `inbound`: the handling of the server's messages. `recovery` and `book`: delivery of every publication once and in order.
//! * `past`: reading a stretch of a topic's past, as publications or in buckets.
//! * `outbound` and `outbox`: the sending of publish requests until they are acknowledged.
//! * [`playback`]: the events of a recording, without a server.
//! * `sorted_map`: a map with little code.
//! * `clock`, `latency`, `wake`, `timers`, `backoff`, `rng`: time and jitter.

#![warn(missing_docs)]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod backoff;
mod book;
mod clock;
pub mod constants;
mod effect;
mod event;
mod inbound;
mod latency;
mod lifecycle;
mod link;
mod liveness;
mod now;
mod outage;
mod outbound;
mod outbox;
mod past;
pub mod playback;
mod recovery;
mod rng;
mod rotation;
mod session;
mod settings;
mod sorted_map;
pub mod state;
mod stats;
mod subscriptions;
#[cfg(test)]
mod tests;
mod timers;
mod wake;
pub mod words;

pub use effect::{Effect, Refusal, SocketId};
pub use event::{DropReason, Event, Refused, Ticket};
pub use latency::Latency;
pub use now::Now;
pub use outbox::Outgoing;
pub use past::PastRequest;
pub use session::Session;
pub use settings::Settings;
pub use state::State;
pub use stats::Stats;
pub use words::{Banner, Cause, SessionFailure};
