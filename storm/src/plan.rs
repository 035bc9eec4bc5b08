//! The settings of a load test.

use std::time::Duration;

use crate::seed::Seed;

/// The topics, rates and random choices of a load test.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Seed of the random pauses of every session.
    pub seed: Seed,
    /// Topics to which the publisher publishes in turn. The caller publishes to the other topics of
    /// [`Progress`](crate::Progress).
    pub topics: &'static [&'static str],
    /// Time between two publications of the publisher.
    pub period: Duration,
    /// Time over which the viewers connect one after the other, so that they do not all replace their connections at once.
    pub arrival: Duration,
}
