//! Chance, from one seed.

use super::{Decision, Probability, Span};

/// SplitMix64 (Steele, Lea, Flood 2014): short, and every seed is a good one.
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The dice of one decision: the same for the same decision, and unlike those of any other.
    pub(crate) fn of(seed: u64, decision: Decision) -> Self {
        let numbers = match decision {
            Decision::Handshake { number } => [1, number, 0],
            Decision::Post { connection, number } => [2, connection, number],
            Decision::Disconnect { connection } => [3, connection, 0],
        };
        numbers.into_iter().fold(Self(seed), |mut dice, number| Self(dice.next() ^ number))
    }

    /// True as often as `probability` says.
    pub(crate) fn fall(&mut self, probability: Probability) -> bool {
        // The 53 bits that a float between 0 and 1 holds exactly.
        let drawn = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        drawn < probability.get()
    }

    /// Any number of milliseconds of `span`, its ends included.
    pub(crate) fn within(&mut self, span: Span) -> u64 {
        let choices = (span.to_ms() - span.from_ms()).saturating_add(1);
        span.from_ms() + self.next() % choices
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
