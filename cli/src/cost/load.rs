//! The load for which costs are estimated.

use serde::Serialize;

/// Number of days in the month for which costs are estimated.
pub const DAYS: f64 = 30.0;

/// The load of a board: its viewers and publications.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Load {
    /// Number of open pages. Each is subscribed to everything that is published.
    pub viewers: u64,
    /// Number of publications per second, of all topics together. Each is sent by itself.
    pub rate_hz: f64,
    /// Size of the data of one publication, in bytes of JSON.
    pub bytes: u64,
    /// Hours per day in which data is published and watched.
    pub hours_a_day: f64,
}

impl Load {
    /// Returns the seconds per month in which data is published and watched.
    pub fn seconds(&self) -> f64 {
        DAYS * self.hours_a_day * 3_600.0
    }
}
