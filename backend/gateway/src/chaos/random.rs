//! A seeded random generator, one for each decision.

use super::values::{Probability, Span};

/// A decision that is drawn at random. Sequence numbers count from the gateway's beginning, and only while fault
/// injection is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Draw {
    Handshake { number: u64 },
    Post { connection: u64, number: u64 },
    Disconnect { connection: u64 },
}

/// SplitMix64 (Steele, Lea, Flood 2014), which is short and has no bad seeds.
#[derive(Debug)]
pub(super) struct SeededRandom(u64);

impl SeededRandom {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Creates the generator for one draw. The same seed and draw always give the same generator, whatever was drawn
    /// before, so that a run can be repeated although connections interleave differently.
    pub fn for_draw(seed: u64, draw: Draw) -> Self {
        let numbers = match draw {
            Draw::Handshake { number } => [1, number, 0],
            Draw::Post { connection, number } => [2, connection, number],
            Draw::Disconnect { connection } => [3, connection, 0],
        };
        numbers.into_iter().fold(Self(seed), |mut random, number| Self(random.next() ^ number))
    }

    /// Returns true with this probability.
    pub fn happens(&mut self, probability: Probability) -> bool {
        // The 53 bits that a float between 0 and 1 holds exactly.
        let drawn = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        drawn < probability.get()
    }

    /// Returns a uniformly drawn number of milliseconds of `span`, both ends included.
    pub fn uniform(&mut self, span: Span) -> u64 {
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
