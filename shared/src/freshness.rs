//! Freshness of the data that a panel of the board shows: live, late, stale, with a gap, or replayed.

/// State of the data in a panel of the board, which says how far the data can be trusted. It is computed by
/// [`Evidence::freshness`] and never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Freshness {
    /// New publications arrive as expected.
    Live,
    /// Nothing was received for more than [`LATE_FACTOR`] times the expected time between publications, or the
    /// connection to the server is lost.
    Late,
    /// Nothing was received for more than [`STALE_FACTOR`] times the expected time between publications.
    Stale,
    /// New publications arrive as expected, but some publications of the period that is shown are lost for good.
    Gap,
    /// New publications arrive as expected, and earlier ones that were missing have been recovered less than
    /// [`REPLAYED_MARK_MS`] ago.
    Replayed,
}

impl Freshness {
    /// Returns the word for this state that a panel shows to people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Late => "late",
            Self::Stale => "stale",
            Self::Gap => "gap",
            Self::Replayed => "replayed",
        }
    }
}

/// Multiple of a topic's cadence (expected time between publications). If nothing was received for longer, the topic is
/// late.
pub const LATE_FACTOR: u64 = 2;
/// Multiple of a topic's cadence (expected time between publications). If nothing was received for longer, the topic is
/// stale.
pub const STALE_FACTOR: u64 = 5;
/// Time after the arrival of recovered publications during which a panel is marked as replayed, in milliseconds.
pub const REPLAYED_MARK_MS: u64 = 5_000;
/// Minimum time without data after which a topic is late, in milliseconds. Otherwise a topic with ten publications a
/// second would be late after 200 ms, although no person notices such a pause and no scheduler can prevent it.
pub const GRACE_MS: u64 = 500;

/// Facts from which the freshness of a panel is computed. All times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Time since the newest publication was received, in milliseconds.
    pub age_ms: u64,
    /// Expected time between publications, in milliseconds, declared by the publisher or learned from the data; `None`
    /// while it is not known.
    pub cadence_ms: Option<u64>,
    /// Length of the parts of the shown period in which publications are lost, in milliseconds; 0 if none are lost.
    pub lost_ms: u64,
    /// Time since the last arrival of publications that had been missing, in milliseconds; `None` if none have arrived.
    pub replayed_ago_ms: Option<u64>,
    /// Time since the connection was lost, in milliseconds; `None` while there is a connection.
    pub cut_off_ms: Option<u64>,
    /// Time for which the server may collect publications before it sends them, in milliseconds. A publication that is still with the
    /// server is not late.
    pub frame_every_ms: u64,
}

impl Evidence {
    /// Returns the freshness. If several states apply, the first of this order is returned: stale, late, gap, replayed,
    /// live.
    ///
    /// While the connection is lost, no topic is live, not even one whose cadence is unknown, because the server may
    /// have newer data.
    pub fn freshness(&self) -> Freshness {
        let silent = self.silence();
        if silent == Some(Freshness::Stale) {
            return Freshness::Stale;
        }
        if silent == Some(Freshness::Late) || self.cut_off_ms.is_some() {
            return Freshness::Late;
        }
        if self.lost_ms > 0 {
            return Freshness::Gap;
        }
        match self.replayed_ago_ms {
            Some(ago) if ago < REPLAYED_MARK_MS => Freshness::Replayed,
            Some(_) | None => Freshness::Live,
        }
    }

    fn silence(&self) -> Option<Freshness> {
        let cadence = self.cadence_ms?;
        let unexplained_ms = self.age_ms.saturating_sub(self.frame_every_ms);
        if unexplained_ms > beyond(cadence, STALE_FACTOR) {
            Some(Freshness::Stale)
        } else if unexplained_ms > beyond(cadence, LATE_FACTOR) {
            Some(Freshness::Late)
        } else {
            None
        }
    }
}

fn beyond(cadence_ms: u64, factor: u64) -> u64 {
    cadence_ms.saturating_mul(factor).max(GRACE_MS * factor / LATE_FACTOR)
}

/// Formats a duration in milliseconds as a short text, such as `350 ms`, `12 s`, `4 min`, `3 h` or `2 d`. It is rounded
/// down, so that an age is never overstated.
pub fn short_duration(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{} s", ms / 1_000),
        60_000..3_600_000 => format!("{} min", ms / 60_000),
        3_600_000..86_400_000 => format!("{} h", ms / 3_600_000),
        86_400_000.. => format!("{} d", ms / 86_400_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn silent_for(age_ms: u64, cadence_ms: u64) -> Freshness {
        Evidence { age_ms, cadence_ms: Some(cadence_ms), ..Evidence::default() }.freshness()
    }

    #[test]
    fn silence_turns_live_to_late_to_stale_at_two_and_five_cadences() {
        let table = [
            (0, Freshness::Live),
            (2_000, Freshness::Live),
            (2_001, Freshness::Late),
            (5_000, Freshness::Late),
            (5_001, Freshness::Stale),
            (u64::MAX, Freshness::Stale),
        ];
        for (age_ms, expected) in table {
            assert_eq!(silent_for(age_ms, 1_000), expected, "{age_ms} ms");
        }
    }

    #[test]
    fn a_fast_topic_has_half_a_second_of_grace() {
        assert_eq!(silent_for(500, 10), Freshness::Live);
        assert_eq!(silent_for(501, 10), Freshness::Late);
        assert_eq!(silent_for(1_251, 10), Freshness::Stale);
    }

    #[test]
    fn publications_that_the_server_still_collects_are_not_late() {
        let silent_for = |age_ms| {
            let collected =
                Evidence { frame_every_ms: 5_000, cadence_ms: Some(1_000), ..Evidence::default() };
            Evidence { age_ms, ..collected }.freshness()
        };
        assert_eq!(silent_for(7_000), Freshness::Live);
        assert_eq!(silent_for(7_001), Freshness::Late);
        assert_eq!(silent_for(10_001), Freshness::Stale);
    }

    #[test]
    fn a_topic_without_a_cadence_is_live_only_while_connected() {
        let one_shot = Evidence { age_ms: 3_600_000, ..Evidence::default() };
        assert_eq!(one_shot.freshness(), Freshness::Live);
        assert_eq!(Evidence { cut_off_ms: Some(1), ..one_shot }.freshness(), Freshness::Late);
    }

    #[test]
    fn a_present_fault_outranks_a_past_one() {
        let all = Evidence {
            age_ms: 6_000,
            cadence_ms: Some(1_000),
            lost_ms: 41_000,
            replayed_ago_ms: Some(10),
            cut_off_ms: None,
            frame_every_ms: 0,
        };
        assert_eq!(all.freshness(), Freshness::Stale);
        assert_eq!(Evidence { age_ms: 3_000, ..all }.freshness(), Freshness::Late);
        assert_eq!(Evidence { age_ms: 10, ..all }.freshness(), Freshness::Gap);
        assert_eq!(Evidence { age_ms: 10, lost_ms: 0, ..all }.freshness(), Freshness::Replayed);
        let later = Evidence { age_ms: 10, lost_ms: 0, replayed_ago_ms: Some(REPLAYED_MARK_MS), ..all };
        assert_eq!(later.freshness(), Freshness::Live);
    }

    #[test]
    fn durations_are_short_and_never_round_up() {
        let table = [
            (0, "0 ms"),
            (999, "999 ms"),
            (1_999, "1 s"),
            (119_999, "1 min"),
            (7_199_999, "1 h"),
            (172_800_000, "2 d"),
        ];
        for (ms, expected) in table {
            assert_eq!(short_duration(ms), expected);
        }
    }
}
