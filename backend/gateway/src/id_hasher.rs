//! The hash function of tables whose keys are connection ids.

use std::hash::{BuildHasherDefault, Hasher};

/// Builds the hash function of tables whose keys are connection ids.
pub(crate) type Ids = BuildHasherDefault<IdHasher>;

/// A hash function for ids that the gateway itself has made. Their random part is not known to anybody in advance, so the function
/// need not withstand chosen keys, as that of the standard library does, which takes several times as long.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct IdHasher(u64);

/// An odd number with an irregular pattern of bits, by which each word of the key is multiplied.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            self.0 = (self.0.rotate_left(23) ^ u64::from_le_bytes(word)).wrapping_mul(MULTIPLIER);
        }
    }

    fn finish(&self) -> u64 {
        // A multiplication moves bits only upwards, and a table uses the lowest ones.
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::BuildHasher;

    use super::*;
    use crate::id::ConnectionId;

    #[test]
    fn ids_of_the_same_moment_are_spread_whether_their_random_part_is_random_or_counted() {
        let counted = |number: u64| number;
        let random = |number: u64| number.wrapping_mul(0x2545_f491_4f6c_dd1d).rotate_left(17);
        for part in [counted as fn(u64) -> u64, random] {
            let hashes =
                (0..4096).map(|number| Ids::default().hash_one(ConnectionId::new(1 << 40, part(number))));
            let hashes: Vec<u64> = hashes.collect();
            for lowest_bit in [0, 40, 52] {
                let places: HashSet<u64> = hashes.iter().map(|hash| hash >> lowest_bit & 4095).collect();
                // Of as many places as keys, random hashes use 63 percent.
                assert!(places.len() > 2300, "bits from {lowest_bit}: {} places", places.len());
            }
        }
    }
}
