//! Buckets of a series in a chart: ranges of time with their lowest and highest number. Depends on no other module.

/// A range of time with the lowest and the highest of a series' numbers in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Time of the first number, in milliseconds since the Unix epoch.
    pub from_ms: i64,
    /// Time of the last number, in milliseconds since the Unix epoch.
    pub to_ms: i64,
    /// The lowest number, and its digits as they were sent.
    pub min: (f64, String),
    /// The highest number, and its digits as they were sent.
    pub max: (f64, String),
    /// Number of values.
    pub count: u64,
    /// True if nothing lies between this band and the one before, so that a chart joins them.
    pub is_joined: bool,
}

/// Facts about a set that consists of buckets, followed by publications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reduced {
    /// Length of the buckets in milliseconds.
    pub step_ms: u64,
    /// Time from which on the set contains publications, in milliseconds since the Unix epoch.
    pub raw_from: i64,
    /// Time of the oldest data that the server keeps; `None` if it is not known.
    pub kept_from: Option<i64>,
}
