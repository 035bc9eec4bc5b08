//! Simulation of clients and server on a simulated clock, in one thread: real [`tickertape_session::Session`]s and the real
//! [`backend_core::Service`], joined by a network and a platform that lose, delay, double and reorder messages. The same
//! seed always gives the same simulated run (a *schedule*).
//!
//! ```
//! use simulation::plan::Plan;
//! use simulation::run;
//!
//! let coverage = run::run(&Plan::draw(7), false).expect("every promise is kept");
//! assert_eq!(coverage.schedules, 1);
//! ```
//!
//! # Layout
//!
//! * [`plan`], [`conditions`], [`rng`]: the acts of a schedule. They are drawn from a seed before the schedule begins.
//! * [`world`]: the clock, the clients, the network and the server; [`client`], [`link`] are parts of it.
//! * [`ports`], [`store`], [`gateway`]: simulated database and gateway, which implement the traits (ports) that the service
//!   requires.
//! * [`observer`], [`coverage`]: the promises (guarantees to users) that are checked after every event, and counts of
//!   the events that test them.
//! * [`run`]: runs many schedules, and shortens one that fails.
//! * [`herd`]: ten thousand clients that lose their connection at the same moment.

pub mod client;
pub mod conditions;
pub mod coverage;
pub mod gateway;
pub mod herd;
pub mod link;
pub mod observer;
pub mod plan;
pub mod ports;
pub mod rng;
pub mod run;
pub mod store;
pub mod world;
