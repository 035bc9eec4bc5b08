//! Writes the file of faults for `tickertape serve --chaos`.

/// Returns settings that inject no fault and shorten all time limits by the factor `time_scale`.
pub fn none(time_scale: u32) -> String {
    format!(r#"{{"time_scale": {time_scale}}}"#)
}

/// Settings that inject every kind of fault.
#[derive(Clone, Copy, Debug)]
pub struct AllFaults {
    /// Factor by which time limits are shortened.
    pub time_scale: u32,
    /// Seed of the server's random choices.
    pub seed: u64,
    /// Time after a connection was made during which messages to it are answered with 410, in milliseconds.
    pub gone_ms: u64,
    /// Probability that a message to a connection closes it, and probability that it freezes it. Keep it below the
    /// probabilities of the other faults. A closed connection is replaced by a new one, which requests all lost
    /// publications at once. So the handling of lost publications on an open connection would not be tested.
    pub connection_faults: f64,
}

impl AllFaults {
    /// Returns the settings as the JSON that `--chaos` reads.
    pub fn to_json(self) -> String {
        let Self { time_scale, seed, gone_ms, connection_faults } = self;
        let posts = r#""delay": {"probability": 0.05, "ms": [5, 600]}, "duplicate": {"probability": 0.05, "ms": [0, 200]},
            "throttle": {"probability": 0.06}, "lost_disconnect": 0.5, "refuse": {"probability": 0.2, "status": 503}"#;
        let chance = format!(
            r#""seed": {seed}, "gone_ms": {gone_ms}, "cut": {connection_faults}, "freeze": {connection_faults}"#
        );
        format!(r#"{{"time_scale": {time_scale}, {chance}, {posts}}}"#)
    }
}
