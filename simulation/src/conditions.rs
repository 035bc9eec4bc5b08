//! Conditions of the network and the platform: loss, delay and failures of messages.

use crate::rng::Rng;

/// Conditions that apply until they are changed. Chances are in percent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// Minimum time that a message takes to arrive, in milliseconds.
    pub fastest_ms: u64,
    /// Maximum time that a message takes to arrive, in milliseconds.
    pub slowest_ms: u64,
    /// Chance that a message to the server is lost, while the socket stays open.
    pub lost_up: u64,
    /// Chance that a message to a client is accepted by the gateway and then lost, while the socket stays open.
    pub lost_down: u64,
    /// Chance that a message to a client arrives twice.
    pub doubled: u64,
    /// Chance that a message to a client overtakes others.
    pub reordered: u64,
    /// Chance that the gateway refuses a message to a client with `LimitExceeded`.
    pub throttled: u64,
    /// Chance that the gateway refuses a message to a client for another reason.
    pub failed: u64,
    /// Time after a connection was made during which the gateway answers a message to it with 410, in milliseconds.
    pub gone_early_ms: u64,
    /// Chance that the event `$disconnect` is not delivered to the server.
    pub lost_disconnect: u64,
    /// Chance that a handshake is refused.
    pub refused: u64,
}

impl Conditions {
    /// Conditions of a fast network without faults.
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

    /// Returns conditions with several faults at once, drawn from `rng`.
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
