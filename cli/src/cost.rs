//! Estimates the costs of Tickertape on AWS, and shows the calculation. It does no IO: an estimate is computed from a
//! load.
//!
//! [`prices`] is the only table of prices, with its date and sources. [`usage`] computes the quantities that are
//! billed.

mod estimate;
mod load;
mod number;
pub mod prices;
mod service;
mod text;
pub mod usage;

pub use estimate::{Estimate, Line, estimate};
pub use load::{DAYS, Load};
pub use service::Service;
pub use text::{markdown, words};

#[cfg(test)]
mod tests;
