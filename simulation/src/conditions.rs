//! Conditions of the simulated network and platform: probabilities of loss, delay and failure of messages.

use crate::rng::Rng;

/// Conditions of the simulated network and platform, such as the probability that a message is lost. They apply until
/// an act of the plan changes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// Minimum time that a message takes to arrive, in milliseconds.
    pub fastest_ms: u64,
    /// Maximum time that a message takes to arrive, in milliseconds.
    pub slowest_ms: u64,
    /// Probability that a message to the server is lost although the socket stays open, in percent.
    pub lost_up: u64,
    /// Probability that a message to a client is lost although the gateway has accepted it and the socket stays open,
    /// in percent.
    pub lost_down: u64,
    /// Probability that a message to a client arrives twice, in percent.
    pub doubled: u64,
    /// Probability that a message to a client overtakes others, in percent.
    pub reordered: u64,
    /// Probability that the gateway refuses a message to a client with `LimitExceeded`, in percent.
    pub throttled: u64,
    /// Probability that the gateway refuses a message to a client with another error, in percent.
    pub failed: u64,
    /// Time after the beginning of a connection during which the gateway refuses messages to it as if it were gone
    /// (HTTP 410), in milliseconds.
    pub gone_early_ms: u64,
    /// Probability that the server does not receive the event `$disconnect` of a closed connection, in percent.
    pub lost_disconnect: u64,
    /// Probability that a handshake is refused, in percent.
    pub refused: u64,
}

impl Conditions {
    /// The conditions of a fast network and a platform without faults.
    pub const GOOD: Self = Self {
        fastest_ms: 5,
        slowest_ms: 60,
        lost_up: 0,
        lost_down: 0,
        doubled: 0,
        reordered: 0,
        throttled: 0,
        failed: 0,
        gone_early_ms: 0,
        lost_disconnect: 0,
        refused: 0,
    };

    /// Returns random conditions with several faults at once.
    pub fn poor(rng: &mut Rng) -> Self {
        let mut chance = |worst: u64| if rng.percent(35) { rng.between(1, worst) } else { 0 };
        Self {
            fastest_ms: 5,
            slowest_ms: 60 + chance(3_000),
            lost_up: chance(30),
            lost_down: chance(40),
            doubled: chance(40),
            reordered: chance(60),
            throttled: chance(40),
            failed: chance(20),
            gone_early_ms: chance(2_000),
            lost_disconnect: chance(100),
            refused: chance(60),
        }
    }
}
