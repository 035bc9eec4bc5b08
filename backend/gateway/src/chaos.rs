//! Fault injection: the faults that are injected, their probabilities, and the decisions.
//!
//! The gateway asks for a decision in three places: before it looks at a handshake, before it posts a frame, and before
//! it delivers `$disconnect`. This module decides and counts; the gateway carries the decision out. Decisions are pure
//! functions of the settings and of a seeded random generator.

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
