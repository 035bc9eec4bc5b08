//! Order of a topic's publications, which decides which of them is the newest. Depends on `shared` alone.

use shared::{Millis, Publication};

/// Number of the lower bits of a sequence number that contain the offset. The bits above them contain the number of
/// the epoch.
const OFFSET_BITS: u32 = 48;

/// Place of a publication in the order of its topic's publications. Publications are ordered by effective time, and
/// those of the same time by their place in the log.
///
/// The effective time is the earlier of `ts` and `received_at`. Therefore, publications of one millisecond keep the
/// order of the log, a publication with a time stamp in the future does not count as newer than those received after
/// it, and data about earlier times that is sent late does not become the newest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Order {
    effective_ms: Millis,
    sequence: u64,
}

impl Order {
    /// Returns the place of `publication`. `epoch` is the number of times that the topic's log started anew since the
    /// page was opened.
    pub fn of(publication: &Publication, epoch: u64) -> Self {
        Self {
            effective_ms: publication.ts.min(publication.received_at),
            sequence: (epoch << OFFSET_BITS) | publication.offset,
        }
    }

    /// Creates a place from an effective time in milliseconds and from a number that orders values of the same time.
    pub const fn at(effective_ms: Millis, sequence: u64) -> Self {
        Self { effective_ms, sequence }
    }

    /// Returns the effective time of the publication, in milliseconds since the Unix epoch.
    pub fn effective_ms(self) -> Millis {
        self.effective_ms
    }

    /// Returns a number that identifies the publication within its topic, and that increases along the log.
    pub fn sequence(self) -> u64 {
        self.sequence
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn order(offset: u64, ts: Millis, received_at: Millis) -> Order {
        Order::of(&Publication { offset, ts, received_at, data: 1.into() }, 0)
    }

    #[test]
    fn publications_of_one_millisecond_keep_the_order_of_the_log() {
        assert!(order(1_000, 7, 7) > order(280, 7, 7));
    }

    #[test]
    fn a_time_stamp_from_the_future_does_not_outlive_the_next_publication() {
        assert!(order(2, 2_000, 2_000) > order(1, 240_000, 1_000));
    }

    #[test]
    fn late_data_about_an_earlier_time_is_not_the_newest() {
        assert!(order(3, 1_000, 9_000) < order(2, 8_000, 8_000));
    }

    #[test]
    fn a_new_epoch_comes_after_the_old_one_within_a_millisecond() {
        let publication = Publication { offset: 1, ts: 5, received_at: 5, data: 1.into() };
        assert!(Order::of(&publication, 1) > order(9_000, 5, 5));
    }
}
