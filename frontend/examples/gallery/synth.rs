//! Made-up data that looks real and is the same every time.

use board_model::chart::SeriesSet;

/// A random walk from a seed.
pub struct Walk {
    state: u32,
    value: f64,
}

impl Walk {
    /// Creates a walk that starts at 0.5.
    pub fn new(seed: u32) -> Self {
        Self { state: seed.wrapping_mul(2_654_435_761).max(1), value: 0.4 }
    }

    /// Returns the next number, from 0 to 1.
    pub fn next(&mut self) -> f64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        let step = f64::from(self.state) / f64::from(u32::MAX) - 0.5;
        self.value = (self.value + step * 0.09 + (0.42 - self.value) * 0.02).clamp(0.02, 0.98);
        self.value
    }
}

/// A made-up topic: some series between two values.
pub struct Feed {
    walks: Vec<(String, Walk)>,
    low: f64,
    high: f64,
}

impl Feed {
    /// Creates a feed of these series, each between `low` and `high`.
    pub fn new(seed: u32, names: &[&str], low: f64, high: f64) -> Self {
        let walk = |(index, name): (usize, &&str)| ((*name).to_owned(), Walk::new(seed + index as u32 * 77));
        Self { walks: names.iter().enumerate().map(walk).collect(), low, high }
    }

    /// Publishes once.
    pub fn publish(&mut self, set: &mut SeriesSet, ts_ms: i64) {
        let (low, span) = (self.low, self.high - self.low);
        let values: Vec<(&str, f64)> =
            self.walks.iter_mut().map(|(name, walk)| (name.as_str(), low + span * walk.next())).collect();
        set.append(ts_ms, values);
    }

    /// Returns a set filled every second from `from_ms` to `to_ms`, except at the times that `skip` names.
    pub fn fill(&mut self, from_ms: i64, to_ms: i64, skip: impl Fn(i64) -> bool) -> SeriesSet {
        let mut set = SeriesSet::new(4_000);
        for ts_ms in (from_ms..=to_ms).step_by(1_000).filter(|ts_ms| !skip(*ts_ms)) {
            self.publish(&mut set, ts_ms);
        }
        set
    }
}
