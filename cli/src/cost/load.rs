//! The load that an estimate is made for.

use serde::Serialize;

/// The number of days in the month that is estimated.
pub const DAYS: f64 = 30.0;

/// The load of a board: its viewers and publications.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Load {
    /// The number of open pages, each subscribed to everything that is published.
    pub viewers: u64,
    /// Publications a second, of all topics together, each sent by itself.
    pub rate_hz: f64,
    /// The size of the data of one publication, in bytes of JSON.
    pub bytes: u64,
    /// The hours of each day in which data is published and watched.
    pub hours_a_day: f64,
}

impl Load {
    /// The seconds of the month in which data is published and watched.
    pub fn seconds(&self) -> f64 {
        DAYS * self.hours_a_day * 3_600.0
    }
}
