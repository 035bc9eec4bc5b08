//! Computes how many bytes of a disk have to stay free and how many a store may use. Describes the reasons why a store
//! cannot write publications.

/// The size of a file system and its free space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that this process may still write.
    pub free_bytes: u64,
    /// Size of the file system in bytes.
    pub total_bytes: u64,
}

const MIB: u64 = 1024 * 1024;

impl Space {
    /// Returns the number of bytes that publications have to leave free, so that history can still be deleted and other
    /// programs can still write: a twentieth of the disk, but at least 4 MiB and at most 64 MiB.
    pub fn reserve_bytes(&self) -> u64 {
        (self.total_bytes / 20).clamp(4 * MIB, 64 * MIB)
    }

    /// Returns [`DiskTrouble::Full`] if fewer bytes are free than [`Space::reserve_bytes`], and `None` if the disk has
    /// room. `was_full` is true if the last call found the disk full. Then a quarter more bytes have to be free before
    /// the disk has room again, so that the result does not change with every publication.
    pub fn trouble(&self, was_full: bool) -> Option<DiskTrouble> {
        let reserve_bytes = self.reserve_bytes();
        let needed_bytes = if was_full { reserve_bytes + reserve_bytes / 4 } else { reserve_bytes };
        let free_bytes = self.free_bytes;
        (free_bytes < needed_bytes).then_some(DiskTrouble::Full { free_bytes, reserve_bytes })
    }

    /// Returns the default of the number of bytes that a store may use on this disk: a tenth of the disk, but at most
    /// half of the bytes that are free or used by the store, and at least 16 MiB. `used_bytes` is the number of bytes
    /// that the store already uses.
    pub fn default_keep_bytes(&self, used_bytes: u64) -> u64 {
        (self.total_bytes / 10).min(self.free_bytes.saturating_add(used_bytes) / 2).max(16 * MIB)
    }
}

/// The reason why a store accepts no publications. Stored publications can still be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiskTrouble {
    /// The disk has fewer free bytes than have to stay free.
    #[error(
        "the disk of the server is full: {} MB are free and {} MB have to stay free, so nothing can be published for now; delete other files on this disk",
        free_bytes / 1_000_000, reserve_bytes / 1_000_000
    )]
    Full {
        /// Number of free bytes.
        free_bytes: u64,
        /// Number of bytes that have to stay free.
        reserve_bytes: u64,
    },
    /// A write to the disk or a sync of the disk failed.
    #[error(
        "the server cannot write to its disk, so nothing can be published for now; the log of the server contains the reason"
    )]
    Failed {
        /// Description of the error for the operator's log. It is never sent to clients.
        reason: String,
    },
}

impl DiskTrouble {
    /// Time in milliseconds after which a client may publish again, if its publication was refused because of the disk.
    pub const RETRY_AFTER_MS: u64 = 5_000;

    /// Returns a fixed word for the reason, which programs can compare: `disk_full` or `disk_failed`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Full { .. } => "disk_full",
            Self::Failed { .. } => "disk_failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(free_bytes: u64, total_bytes: u64) -> Space {
        Space { free_bytes, total_bytes }
    }

    #[test]
    fn a_part_of_every_disk_stays_free() {
        assert_eq!(space(0, 1024 * 1024 * MIB).reserve_bytes(), 64 * MIB);
        assert_eq!(space(0, 400 * MIB).reserve_bytes(), 20 * MIB);
        assert_eq!(space(0, 32 * MIB).reserve_bytes(), 4 * MIB);
    }

    #[test]
    fn a_disk_that_was_full_needs_more_room_than_one_that_was_not() {
        let between = space(70 * MIB, 100_000 * MIB);
        assert_eq!(between.trouble(false), None);
        assert!(matches!(between.trouble(true), Some(DiskTrouble::Full { .. })));
        assert_eq!(space(81 * MIB, 100_000 * MIB).trouble(true), None);
        let words = space(3_200_000, 100_000 * MIB).trouble(false).unwrap().to_string();
        assert!(words.contains("3 MB are free and 67 MB have to stay free"), "{words}");
    }

    #[test]
    fn the_default_is_a_tenth_of_the_disk_or_half_of_what_is_left() {
        assert_eq!(space(90_000 * MIB, 100_000 * MIB).default_keep_bytes(0), 10_000 * MIB);
        assert_eq!(space(1_000 * MIB, 100_000 * MIB).default_keep_bytes(0), 500 * MIB);
        assert_eq!(space(1_000 * MIB, 100_000 * MIB).default_keep_bytes(3_000 * MIB), 2_000 * MIB);
    }
}
