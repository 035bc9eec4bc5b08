//! Topics in trouble: for the title and the icon of the page, and for notifications. Depends on [`super::standing`].

use std::collections::BTreeMap;

use shared::freshness::short_duration;
use shared::{Freshness, Millis, Topic};

use crate::arrival::Conditions;
use crate::chart::series::SeriesSet;
use crate::standing::troubles;
use crate::stream::Stream;

mod beginning;
mod watch;

pub use beginning::Beginning;
pub use watch::{Notice, Watch};

/// Time in milliseconds for which a topic has to be silent before being late counts as trouble. Shorter delays end by themselves.
const LATE_WORTH_SAYING_MS: u64 = 10_000;

/// Returns the most urgent trouble of a topic in words, such as `over 500 ms, 40 s`; `None` if it has none. `window_ms` is the length
/// of the range of time that is shown, in milliseconds.
pub fn trouble_words(
    stream: &Stream,
    series: &SeriesSet,
    window_ms: Millis,
    conditions: Conditions,
) -> Option<String> {
    let found = troubles(stream, series, window_ms, conditions).into_iter().next();
    found.map(|trouble| trouble.words).or_else(|| late_words(stream, window_ms, conditions))
}

/// Returns the time for which a topic has been silent, if it is late and the time is worth saying.
fn late_words(stream: &Stream, window_ms: Millis, conditions: Conditions) -> Option<String> {
    let Conditions { now, cut_off_since, paused_at, .. } = conditions.as_handled();
    let shown_until = cut_off_since.into_iter().chain(paused_at).fold(now, Millis::min);
    let evidence = stream.evidence(window_ms, Conditions { now: shown_until, ..Conditions::default() });
    let is_late = evidence.freshness() == Freshness::Late && evidence.age_ms >= LATE_WORTH_SAYING_MS;
    is_late.then(|| format!("late, {}", short_duration(evidence.age_ms)))
}

/// Returns the title of the page: the number of topics in trouble before the name of the board, or the state of a connection that
/// is interrupted.
pub fn title(board: &str, troubles: usize, connection: Option<&str>) -> String {
    match (connection, troubles) {
        (Some(word), _) => format!("\u{26a0} {word} \u{b7} {board}"),
        (None, 0) => board.to_owned(),
        (None, count) => format!("({count}) {board}"),
    }
}

/// Name under which the loss of the connection is in trouble. It is not a topic.
pub const CONNECTION: &str = "";

/// Something in trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Name of the topic, or [`CONNECTION`].
    pub name: String,
    /// The trouble in words, such as `stale, 4 min`.
    pub words: String,
}

impl Trouble {
    /// Describes the trouble of a topic.
    pub fn of(topic: &Topic, words: String) -> Self {
        Self { name: topic.to_string(), words }
    }
}

/// Returns troubles in the order of their names, each name once. The first trouble of a name stays.
pub fn once_each(found: impl IntoIterator<Item = Trouble>) -> Vec<Trouble> {
    let mut each = BTreeMap::new();
    for trouble in found {
        each.entry(trouble.name.clone()).or_insert(trouble);
    }
    each.into_values().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::Publication;

    use super::*;
    use crate::stream::Origin;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Returns a topic with a publication every `step_ms`, up to the time 60 000.
    fn stream(step_ms: usize, data: &serde_json::Value) -> (Stream, SeriesSet) {
        let (mut stream, mut series) = (Stream::new(Topic::new("kitchen/temp").unwrap()), SeriesSet::new(99));
        for (offset, ts) in (1..).zip((0..=60_000).step_by(step_ms)) {
            let item = Publication { offset, ts, received_at: ts, data: data.clone().into() };
            stream.take(&[item], Origin::Live, &mut series, ts);
        }
        (stream, series)
    }

    fn words((stream, series): &(Stream, SeriesSet), now: Millis) -> Option<String> {
        trouble_words(stream, series, 300_000, Conditions { now, ..Conditions::default() })
    }

    #[test]
    fn a_silent_topic_is_in_trouble_once_it_is_stale_or_late_for_a_while() {
        let fast = stream(1_000, &json!(1));
        assert_eq!((words(&fast, 61_000), words(&fast, 63_500)), (None, None), "late for a moment");
        assert_eq!(words(&fast, 80_000).as_deref(), Some("stale, 20 s"));
        let slow = stream(10_000, &json!(1));
        assert_eq!(words(&slow, 85_000).as_deref(), Some("late, 25 s"));
    }

    #[test]
    fn a_topic_that_several_panels_report_is_there_once() {
        let trouble =
            |(name, words): (&str, &str)| Trouble { name: name.to_owned(), words: words.to_owned() };
        let found = [("net", "over 30"), ("cpu", "stale, 4 min"), ("net", "a over 30"), ("cpu.2", "over 5")];
        let each: Vec<(String, String)> =
            once_each(found.map(trouble)).into_iter().map(|trouble| (trouble.name, trouble.words)).collect();
        let expected = [("cpu", "stale, 4 min"), ("cpu.2", "over 5"), ("net", "over 30")];
        assert_eq!(each, expected.map(|(name, words)| (name.to_owned(), words.to_owned())));
    }

    #[test]
    fn a_bad_state_is_named() {
        assert_eq!(words(&stream(1_000, &json!("failed")), 60_500).as_deref(), Some("failed"));
        assert_eq!(words(&stream(1_000, &json!("ok")), 60_500), None);
    }

    #[test]
    fn without_a_connection_a_topic_is_as_it_was() {
        let conditions = Conditions { now: 90_000, cut_off_since: Some(61_000), ..Conditions::default() };
        let (stream, series) = stream(1_000, &json!(1));
        assert_eq!(trouble_words(&stream, &series, 300_000, conditions), None);
    }

    #[test]
    fn the_title_counts_trouble_and_names_a_lost_connection() {
        assert_eq!(title("Tickertape", 0, None), "Tickertape");
        assert_eq!(title("Shop floor", 3, None), "(3) Shop floor");
        assert_eq!(title("Shop floor", 3, Some("Reconnecting")), "\u{26a0} Reconnecting \u{b7} Shop floor");
    }
}
