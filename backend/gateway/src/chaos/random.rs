//! A seeded random generator. Each random decision of fault injection uses a new generator.

use super::values::{Probability, Span};

/// Identifies one random decision by sequence numbers. These begin at 0 when the gateway is created. Handshakes and
/// posts are counted only while fault injection is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Draw {
    Handshake { number: u64 },
    Post { connection: u64, number: u64 },
    Disconnect { connection: u64 },
}

/// The random generator SplitMix64 (Steele, Lea, Flood 2014). It is short, and its output is good with every seed.
#[derive(Debug)]
pub(super) struct SeededRandom(u64);

impl SeededRandom {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Creates the generator for one decision. The same seed and the same decision always result in the same generator,
    /// regardless of earlier decisions. A test run can therefore be repeated even if events of its connections occur in
    /// another order.
    pub fn for_draw(seed: u64, draw: Draw) -> Self {
        let numbers = match draw {
            Draw::Handshake { number } => [1, number, 0],
            Draw::Post { connection, number } => [2, connection, number],
            Draw::Disconnect { connection } => [3, connection, 0],
        };
        numbers.into_iter().fold(Self(seed), |mut random, number| Self(random.next() ^ number))
    }

    /// Returns true with the given probability.
    pub fn happens(&mut self, probability: Probability) -> bool {
        // Uses 53 random bits, because an `f64` between 0 and 1 represents so many bits exactly.
        let drawn = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        drawn < probability.get()
    }

    /// Returns a uniformly distributed number of milliseconds within `span`, both ends included.
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
