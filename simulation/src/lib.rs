//! The whole conversation on a simulated clock: real [`tickertape_session::Session`]s and the real
//! [`backend_core::Service`], joined by a network and a platform that do their worst, in one thread. The
//! same seed always runs the same.
//!
//! # Layout
//!
//! * [`plan`], [`weather`], [`rng`]: what is to happen, drawn from a seed before it begins.
//! * [`world`]: the clock, the clients, the network and the server; [`client`], [`wire`] are parts of it.
//! * [`ports`], [`store`], [`gateway`]: what the service stands on.
//! * [`observer`], [`coverage`]: what must hold at every moment, and what was put to the test.
//! * [`run`]: many schedules, and the shortest version of one that fails.
//! * [`herd`]: ten thousand clients that lose their connection at the same moment.

pub mod client;
pub mod coverage;
pub mod gateway;
pub mod herd;
pub mod observer;
pub mod plan;
pub mod ports;
pub mod rng;
pub mod run;
pub mod store;
pub mod weather;
pub mod wire;
pub mod world;
