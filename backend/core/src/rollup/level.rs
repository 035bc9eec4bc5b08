//! The levels of rollups, and the offsets of their blocks.

use std::ops::RangeInclusive;

/// Number of offsets in a block of the lowest level.
const SMALLEST: u64 = 64;
/// Number of blocks that one block of the next level covers, as a power of two.
const FAN_BITS: u32 = 3;

/// A level of rollups. The blocks of level 1 have 64 offsets, and those of each further level eight times as many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(u8);

impl Level {
    /// The level of the smallest blocks.
    pub const LOWEST: Self = Self(1);
    /// The level of the largest blocks, of 2,097,152 offsets.
    pub const HIGHEST: Self = Self(6);
    /// Number of blocks that one block of the next level covers.
    pub const FAN: u64 = 1 << FAN_BITS;

    /// Returns all levels, the lowest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (Self::LOWEST.0..=Self::HIGHEST.0).map(Self)
    }

    /// Returns the level with this number, if it exists. The lowest is 1.
    pub fn from_number(number: u8) -> Option<Self> {
        (Self::LOWEST.0..=Self::HIGHEST.0).contains(&number).then_some(Self(number))
    }

    /// Returns the number of the level. The lowest is 1.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Returns the level below; `None` for the lowest.
    pub fn below(self) -> Option<Self> {
        (self > Self::LOWEST).then(|| Self(self.0 - 1))
    }

    /// Returns the level above; `None` for the highest.
    pub fn above(self) -> Option<Self> {
        (self < Self::HIGHEST).then(|| Self(self.0 + 1))
    }

    /// Returns the number of offsets in a block.
    pub fn size(self) -> u64 {
        SMALLEST << (FAN_BITS * u32::from(self.0 - 1))
    }

    /// Returns the number of complete blocks of a log that ends at the offset `head`.
    pub fn complete(self, head: u64) -> u64 {
        head / self.size()
    }

    /// Returns the index of the block that contains `offset`, which is at least 1.
    pub fn index_of(self, offset: u64) -> u64 {
        offset.saturating_sub(1) / self.size()
    }

    /// Returns the offsets of the block with this index.
    pub fn offsets(self, index: u64) -> RangeInclusive<u64> {
        let size = self.size();
        index.saturating_mul(size).saturating_add(1)..=index.saturating_add(1).saturating_mul(size)
    }
}
