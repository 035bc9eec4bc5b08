//! What goes wrong on purpose, as `tickertape serve --chaos` reads it.

/// Nothing goes wrong.
pub fn calm(time_scale: u32) -> String {
    format!(r#"{{"time_scale": {time_scale}}}"#)
}

/// Everything goes wrong.
#[derive(Clone, Copy, Debug)]
pub struct Rage {
    /// How much faster time passes.
    pub time_scale: u32,
    /// What chance begins with.
    pub seed: u64,
    /// For how many milliseconds after a connection is made posts to it are answered with 410.
    pub gone_ms: u64,
    /// How often a post cuts its connection, and how often one freezes it. Other posts are to be lost more often than
    /// connections: what a connection loses with its end its successor asks for at once, and holes on a connection
    /// that lives on would go unproved.
    pub broken: f64,
}

impl Rage {
    /// As the file says it.
    pub fn to_json(self) -> String {
        let Self { time_scale, seed, gone_ms, broken } = self;
        let posts = r#""delay": {"probability": 0.05, "ms": [5, 600]}, "duplicate": {"probability": 0.05, "ms": [0, 200]},
            "throttle": {"probability": 0.06}, "lost_disconnect": 0.5, "refuse": {"probability": 0.2, "status": 503}"#;
        let chance = format!(r#""seed": {seed}, "gone_ms": {gone_ms}, "cut": {broken}, "freeze": {broken}"#);
        format!(r#"{{"time_scale": {time_scale}, {chance}, {posts}}}"#)
    }
}
