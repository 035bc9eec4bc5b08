//! The costs of Tickertape on AWS, with the arithmetic behind them. Pure: an estimate is computed from a load.
//!
//! [`prices`] is the only table of prices, with date and sources. [`usage`] says how much Tickertape uses of everything that is
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
