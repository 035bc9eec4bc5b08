//! Made-up data for charts. It looks like real measurements, and is the same at every start.

use board_model::chart::SeriesSet;

/// Generates a random walk: pseudo-random numbers from 0 to 1, each close to the one before. The same seed gives the
/// same numbers.
pub struct Walk {
    state: u32,
    value: f64,
}

impl Walk {
    /// Creates a walk from a seed. It begins near 0.4.
    pub fn new(seed: u32) -> Self {
        Self { state: seed.wrapping_mul(2_654_435_761).max(1), value: 0.4 }
    }

    /// Returns the next number of the walk, from 0 to 1.
    pub fn next(&mut self) -> f64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        let step = f64::from(self.state) / f64::from(u32::MAX) - 0.5;
        self.value = (self.value + step * 0.09 + (0.42 - self.value) * 0.02).clamp(0.02, 0.98);
        self.value
    }
}

/// Generates the publications of a made-up topic. Each has a value for every series, from `low` to `high`.
pub struct Feed {
    walks: Vec<(String, Walk)>,
    low: f64,
    high: f64,
}

impl Feed {
    /// Creates a feed with a series for each name. All values are between `low` and `high`.
    pub fn new(seed: u32, names: &[&str], low: f64, high: f64) -> Self {
        let walk = |(index, name): (usize, &&str)| ((*name).to_owned(), Walk::new(seed + index as u32 * 77));
        Self { walks: names.iter().enumerate().map(walk).collect(), low, high }
    }

    /// Adds one row to `set`, at the time `ts_ms`, with the next value of every series.
    pub fn publish(&mut self, set: &mut SeriesSet, ts_ms: i64) {
        let (low, span) = (self.low, self.high - self.low);
        let values: Vec<(&str, f64)> =
            self.walks.iter_mut().map(|(name, walk)| (name.as_str(), low + span * walk.next())).collect();
        set.append(ts_ms, values);
    }

    /// Returns a set with one row for every second from `from_ms` to `to_ms`. Times for which `skip` returns true
    /// have no row.
    pub fn fill(&mut self, from_ms: i64, to_ms: i64, skip: impl Fn(i64) -> bool) -> SeriesSet {
        let mut set = SeriesSet::new(4_000);
        for ts_ms in (from_ms..=to_ms).step_by(1_000).filter(|ts_ms| !skip(*ts_ms)) {
            self.publish(&mut set, ts_ms);
        }
        set
    }
}
