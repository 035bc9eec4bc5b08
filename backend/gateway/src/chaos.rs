//! Fault injection: its settings, its random decisions, and its counters.
//!
//! The gateway calls this module at three moments: before it checks a handshake, before it posts a frame, and before it
//! delivers `$disconnect`. This module decides whether to inject a fault and counts the faults. The gateway carries the
//! decision out. The decisions are pure functions of the settings and of a seeded random generator.

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
