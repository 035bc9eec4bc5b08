//! A panel's freshness in words.

use shared::Freshness;
use shared::freshness::{Evidence, short_duration};

use crate::chart::clock::LocalClock;

/// A topic without a cadence shows its age from here on; below it `live` says enough.
const AGE_WORTH_SAYING_MS: u64 = 60_000;

/// What the corner of a panel says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// The verdict.
    pub freshness: Freshness,
    /// Whether the fault is the connection's and not the publisher's.
    pub cut_off: bool,
    /// What is written.
    pub text: String,
    /// The whole sentence.
    pub title: String,
}

impl Chip {
    /// For a topic judged by `evidence`, whose newest data is of `last_ts_ms`.
    pub fn new(topic: &str, evidence: &Evidence, last_ts_ms: i64, clock: LocalClock) -> Self {
        let freshness = evidence.freshness();
        let is_old = matches!(freshness, Freshness::Late | Freshness::Stale);
        let cut_off = is_old && evidence.cut_off_ms.is_some();
        let last = clock.seconds(last_ts_ms);
        Self {
            freshness,
            cut_off,
            text: text(freshness, cut_off, evidence),
            title: title(topic, freshness, cut_off, evidence, &last),
        }
    }
}

/// A stretch that was lost for good: `lost for good from 10:42:07 to 10:42:48 (41 s)`.
pub fn loss_words(from_ms: i64, to_ms: i64, clock: LocalClock) -> String {
    let (from, to) = (clock.seconds(from_ms), clock.seconds(to_ms));
    format!("lost for good from {from} to {to} ({})", short_duration(from_ms.abs_diff(to_ms)))
}

fn text(freshness: Freshness, cut_off: bool, evidence: &Evidence) -> String {
    let age = short_duration(evidence.age_ms);
    match freshness {
        Freshness::Late | Freshness::Stale if cut_off => {
            format!("cut off, {}", short_duration(evidence.cut_off_ms.unwrap_or(evidence.age_ms)))
        }
        Freshness::Late | Freshness::Stale => format!("{}, {age}", freshness.word()),
        Freshness::Gap => format!("gap, {} lost", short_duration(evidence.lost_ms)),
        Freshness::Live if evidence.age_ms >= AGE_WORTH_SAYING_MS => format!("live, {age} ago"),
        Freshness::Live | Freshness::Replayed => freshness.word().to_owned(),
    }
}

fn title(topic: &str, freshness: Freshness, cut_off: bool, evidence: &Evidence, last: &str) -> String {
    match freshness {
        Freshness::Late | Freshness::Stale if cut_off => format!("connection lost, last data {last}"),
        Freshness::Late | Freshness::Stale => {
            format!("no data from {topic} for {}, last data {last}", short_duration(evidence.age_ms))
        }
        Freshness::Gap => format!("{} of {topic} lost for good", short_duration(evidence.lost_ms)),
        Freshness::Replayed => format!("what was missed of {topic} has been filled in"),
        Freshness::Live => format!("last data {last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const CADENCE: Evidence =
        Evidence { age_ms: 0, cadence_ms: Some(1_000), lost_ms: 0, replayed_ago_ms: None, cut_off_ms: None };

    fn chip(evidence: Evidence) -> Chip {
        Chip::new("host/cpu", &evidence, 38_527_000, LocalClock::default())
    }

    #[test]
    fn a_stalled_publisher_and_a_lost_connection_look_different() {
        let stalled = chip(Evidence { age_ms: 12_000, ..CADENCE });
        let cut = chip(Evidence { age_ms: 12_000, cut_off_ms: Some(11_000), ..CADENCE });
        assert_eq!((stalled.text.as_str(), stalled.cut_off), ("stale, 12 s", false));
        assert_eq!(stalled.title, "no data from host/cpu for 12 s, last data 10:42:07");
        assert_eq!((cut.text.as_str(), cut.cut_off), ("cut off, 11 s", true));
        assert_eq!(cut.title, "connection lost, last data 10:42:07");
    }

    #[test]
    fn every_freshness_has_its_words() {
        assert_eq!(chip(CADENCE).text, "live");
        assert_eq!(chip(Evidence { age_ms: 3_000, ..CADENCE }).text, "late, 3 s");
        assert_eq!(chip(Evidence { lost_ms: 41_000, ..CADENCE }).text, "gap, 41 s lost");
        assert_eq!(chip(Evidence { replayed_ago_ms: Some(1), ..CADENCE }).text, "replayed");
    }

    #[test]
    fn a_loss_is_named_by_its_ends_and_its_length() {
        let words = loss_words(38_527_000, 38_568_000, LocalClock::default());
        assert_eq!(words, "lost for good from 10:42:07 to 10:42:48 (41 s)");
    }

    #[test]
    fn a_topic_that_speaks_seldom_tells_its_age() {
        let seldom = Evidence { age_ms: 7_200_000, cadence_ms: None, ..CADENCE };
        assert_eq!(chip(seldom).text, "live, 2 h ago");
    }
}
