//! The settings of a load test.

use std::time::Duration;

use crate::seed::Seed;

/// The topics, the times and the seed of a load test.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Seed of the random pauses before sessions reconnect.
    pub seed: Seed,
    /// Topics to which the publisher publishes, one after the other. The caller may publish to further topics of
    /// [`Progress`](crate::Progress).
    pub topics: &'static [&'static str],
    /// Time between two publications of the publisher.
    pub period: Duration,
    /// Time over which the viewers connect, one after the other. So they do not all replace their connections at the
    /// same moment.
    pub arrival: Duration,
}
