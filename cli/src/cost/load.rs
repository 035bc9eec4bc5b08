//! The load for which costs are estimated.

use serde::Serialize;

/// Number of days in the month for which costs are estimated.
pub const DAYS: f64 = 30.0;

/// The use of a board: its viewers and the publications that they receive.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Load {
    /// Number of open pages. Each of them is subscribed to all topics.
    pub viewers: u64,
    /// Number of publications per second to all topics together. Each publication is sent in a request of its own.
    pub rate_hz: f64,
    /// Size of the data of one publication, in bytes of JSON.
    pub bytes: u64,
    /// Number of hours per day in which data is published and watched.
    pub hours_a_day: f64,
    /// Minimum time between two frames with publications for a viewer, in milliseconds; 0 if publications are sent at once.
    pub frame_every_ms: u64,
}

impl Load {
    /// Returns the number of seconds per month in which data is published and watched.
    pub fn seconds(&self) -> f64 {
        DAYS * self.hours_a_day * 3_600.0
    }
}
