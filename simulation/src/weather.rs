//! What the network and the platform do to messages, for a while.

use crate::rng::Rng;

/// Chances are in percent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weather {
    /// The shortest time a message is on its way, in milliseconds.
    pub fastest_ms: u64,
    /// The longest.
    pub slowest_ms: u64,
    /// A message to the server is lost, and the socket lives on.
    pub lost_up: u64,
    /// A post is accepted and never arrives, and the socket lives on.
    pub lost_down: u64,
    /// A post arrives twice.
    pub doubled: u64,
    /// A post overtakes others.
    pub reordered: u64,
    /// A post is refused with `LimitExceeded`.
    pub throttled: u64,
    /// A post fails for another reason.
    pub failed: u64,
    /// Posts are answered 410 for so many milliseconds after connecting.
    pub gone_early_ms: u64,
    /// `$disconnect` is never told.
    pub lost_disconnect: u64,
    /// A handshake is refused.
    pub refused: u64,
}

impl Weather {
    /// A good line.
    pub const FAIR: Self = Self {
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

    /// A line as a train has it: a few troubles at once.
    pub fn foul(rng: &mut Rng) -> Self {
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
