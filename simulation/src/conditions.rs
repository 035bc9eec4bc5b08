//! Conditions of the network and the platform: loss, delay and failures of messages.

use crate::rng::Rng;

/// Conditions that hold until they change. Chances are in percent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// Shortest time that a message needs, in milliseconds.
    pub fastest_ms: u64,
    /// Longest time that a message needs, in milliseconds.
    pub slowest_ms: u64,
    /// Chance that a message to the server is lost, while the socket stays open.
    pub lost_up: u64,
    /// Chance that a post is accepted and never arrives, while the socket stays open.
    pub lost_down: u64,
    /// Chance that a post arrives twice.
    pub doubled: u64,
    /// Chance that a post overtakes others.
    pub reordered: u64,
    /// Chance that a post is refused with `LimitExceeded`.
    pub throttled: u64,
    /// Chance that a post fails for another reason.
    pub failed: u64,
    /// Time after connecting during which posts are answered 410, in milliseconds.
    pub gone_early_ms: u64,
    /// Chance that `$disconnect` is not delivered.
    pub lost_disconnect: u64,
    /// Chance that a handshake is refused.
    pub refused: u64,
}

impl Conditions {
    /// A fast network without faults.
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

    /// Several faults at once, drawn from `rng`.
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
