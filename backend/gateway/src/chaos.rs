//! Fault injection: its settings, its random decisions, and its counters.
//!
//! The gateway asks for a decision at three moments: before it checks a handshake, before it posts a frame, and before it
//! delivers `$disconnect`. This module decides and counts; the gateway carries out the decision. The decisions are pure functions
//! of the settings and of a seeded random generator.

mod counts;
mod decision;
mod injector;
mod random;
mod settings;
mod values;

pub use counts::ChaosCounts;
pub(crate) use decision::PostFault;
pub(crate) use injector::FaultInjector;
pub use settings::{Chaos, Lag, Refuse, Throttle};
pub use values::{BadValue, HttpError, Probability, Span};

#[cfg(test)]
mod tests;
