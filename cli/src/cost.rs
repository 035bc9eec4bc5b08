//! Estimates the costs of Tickertape on AWS, and shows the calculation. The estimate is computed from a load without
//! any IO.
//!
//! [`prices`] is the only table of prices, with its date and sources. [`usage`] computes the quantities that AWS bills.

mod estimate;
mod load;
mod number;
pub mod prices;
mod service;
mod text;
pub mod usage;

pub use estimate::{Estimate, FRAME_EVERY_MS, Line, estimate, within};
pub use load::{DAYS, Load};
pub use service::Service;
pub use text::{budget_words, markdown, words};

#[cfg(test)]
mod tests;
