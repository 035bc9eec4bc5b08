//! The rows of a timeline: the states of each thing in the window. Depends on [`super::stream`], [`super::things`],
//! [`super::states`] and [`super::buckets`].

use std::ops::Range;

use shared::Millis;

use super::buckets::PastStates;
use super::buckets::strip::Part;
use super::chart::LocalClock;
use super::states::Severity;
use super::stream::Stream;

/// One thing of a timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Name of the thing, which is the path of its field.
    pub name: String,
    /// Parts of the window, oldest first, each with its share of the window.
    pub parts: Vec<(Shown, f64)>,
    /// The state at the end of the window or at the crosshair; a dash if it is not known.
    pub state: String,
    /// Meaning of the state.
    pub severity: Severity,
    /// Text about the time since which the state holds, such as `since 14:20`.
    pub since: Option<String>,
}

/// A part of a strip, as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// The thing was in this state, which has this meaning, and this place among the states of the panel.
    State(String, Severity, usize),
    /// The state changed more often than can be shown.
    Mixed,
    /// Nothing is known, because nothing was published before.
    Nothing,
    /// Publications are lost.
    Lost,
    /// This part is not loaded.
    Unloaded,
}

/// The time that a timeline shows.
#[derive(Clone, Debug)]
pub struct Time {
    /// The window.
    pub window: Range<Millis>,
    /// Time up to which states are known: the end of the window, or the present time if it is earlier.
    pub until: Millis,
    /// Time of the states in words.
    pub at: Millis,
    /// Converts times to the reader's time zone.
    pub clock: LocalClock,
}

/// Number of states whose looks a panel remembers. If there are more, it forgets those that no row shows.
const MOST_WORDS: usize = 500;

/// Returns a row for each thing, in the order in which the things first occurred. `words` are the states that the panel has shown
/// so far, by whose order they look different; new ones are added, so that a state that is shown never changes its look.
pub fn rows(stream: &Stream, time: &Time, words: &mut Vec<String>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (name, states) in states(stream) {
        let mut shown = |part: Part| match part {
            Part::State(state) => {
                let place = place_of(&state, words);
                let severity = stream.severity(&state);
                Shown::State(state, severity, place)
            }
            Part::Mixed(_) => Shown::Mixed,
            Part::Nothing => Shown::Nothing,
            Part::Lost => Shown::Lost,
            Part::Unloaded => Shown::Unloaded,
        };
        let strip = states.strip(&time.window, time.until);
        let parts = strip.into_iter().map(|(part, share)| (shown(part), share)).collect();
        let state = states.at(time.at).map(str::to_owned);
        let since = states.since(time.at).filter(|_| state.is_some()).map(|(from, is_first)| {
            let least = if is_first { "at least " } else { "" };
            format!("{least}since {}", time.clock.minutes_beside(from, time.at))
        });
        let severity = state.as_ref().map_or(Severity::Neutral, |state| stream.severity(state));
        rows.push(Row { name, parts, state: state.unwrap_or_else(|| "–".to_owned()), severity, since });
    }
    forget_words(&rows, words);
    rows
}

/// Returns the times at the edges and in the middle of a window. A time of another day than the end has its date.
pub fn marks(window: &Range<Millis>, clock: LocalClock) -> [String; 3] {
    let middle = window.start + (window.end - window.start) / 2;
    [window.start, middle, window.end].map(|at| clock.minutes_beside(at, window.end))
}

/// Returns the place of a state among the known ones. A new one takes the place of one that was forgotten, if there is any.
fn place_of(state: &str, words: &mut Vec<String>) -> usize {
    if let Some(place) = words.iter().position(|known| known == state) {
        return place;
    }
    let place = words.iter().position(String::is_empty).unwrap_or_else(|| {
        words.push(String::new());
        words.len() - 1
    });
    state.clone_into(&mut words[place]);
    place
}

/// Empties the words that no row shows, if there are too many. The others keep their places.
fn forget_words(rows: &[Row], words: &mut Vec<String>) {
    if words.len() < MOST_WORDS {
        return;
    }
    let mut is_shown = vec![false; words.len()];
    for (part, _) in rows.iter().flat_map(|row| &row.parts) {
        if let Shown::State(_, _, place) = part {
            is_shown[*place] = true;
        }
    }
    words
        .iter_mut()
        .zip(&is_shown)
        .filter(|(_, is_shown)| !**is_shown)
        .for_each(|(word, _)| *word = String::new());
    words.truncate(is_shown.iter().rposition(|is_shown| *is_shown).map_or(0, |last| last + 1));
}

/// Returns the states of each thing: those of the past that the panel shows, or those of live data.
pub(crate) fn states(stream: &Stream) -> Vec<(String, PastStates)> {
    if let Some(look_back) = stream.look_back() {
        return look_back.things.clone();
    }
    let Some(things) = stream.things() else { return Vec::new() };
    let own = things.iter().map(|(name, states)| (name.to_owned(), stream.live_states(states)));
    things.gathered().iter().cloned().chain(own).collect()
}

impl Shown {
    /// Returns the words about a part, for a title.
    pub fn words(&self) -> &str {
        match self {
            Self::State(state, ..) => state,
            Self::Mixed => "mixed: more changes than can be drawn",
            Self::Nothing => "nothing known",
            Self::Lost => "lost",
            Self::Unloaded => "not loaded",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared::{Publication, Topic};

    use super::*;
    use crate::chart::SeriesSet;
    use crate::stream::Origin;
    use crate::things::Keeper;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    struct Bench(Stream, SeriesSet);

    impl Bench {
        fn new() -> Self {
            let mut stream = Stream::new(Topic::new("fleet/vans").unwrap());
            stream.keep_things(Keeper::DEFAULT);
            Self(stream, SeriesSet::new(9))
        }

        fn publish(&mut self, offset: u64, ts: Millis, data: Value) {
            let item = Publication { offset, ts, received_at: ts, data: data.into() };
            self.0.take(&[item], Origin::Live, &mut self.1, ts);
        }

        fn rows(&self, window: Range<Millis>) -> Vec<Row> {
            let until = window.end;
            let time = Time { window, until, at: until - 1, clock: LocalClock::UTC };
            rows(&self.0, &time, &mut Vec::new())
        }
    }

    fn words(row: &Row) -> Vec<(&str, i64)> {
        row.parts.iter().map(|(part, share)| (part.words(), (share * 100.0).round() as i64)).collect()
    }

    #[test]
    fn each_thing_has_a_row_with_its_states_in_the_window() {
        let mut bench = Bench::new();
        bench.publish(1, 0, json!({"van 1": "moving", "van 2": "idle"}));
        bench.publish(2, 40_000, json!({"van 1": "down"}));
        let rows = bench.rows(0..100_000);
        assert_eq!(words(&rows[0]), [("moving", 40), ("down", 60)]);
        assert_eq!(words(&rows[1]), [("idle", 100)]);
        assert_eq!((rows[0].state.as_str(), rows[0].severity), ("down", Severity::Bad));
        assert_eq!(rows[0].since.as_deref(), Some("since 00:00"));
        assert_eq!(rows[1].since.as_deref(), Some("at least since 00:00"));
    }

    #[test]
    fn times_of_another_day_have_their_date() {
        const HOUR_MS: Millis = 3_600_000;
        let mut bench = Bench::new();
        bench.publish(1, 0, json!({"van 1": "moving", "van 2": "idle"}));
        bench.publish(2, 40_000, json!({"van 1": "down"}));
        let rows = bench.rows(0..30 * HOUR_MS);
        assert_eq!(rows[0].since.as_deref(), Some("since Thu 1 Jan, 00:00"));
        assert_eq!(rows[1].since.as_deref(), Some("at least since Thu 1 Jan, 00:00"));
        let marks = |from: Millis, to: Millis| marks(&(from * HOUR_MS..to * HOUR_MS), LocalClock::UTC);
        assert_eq!(marks(14, 16), ["14:00", "15:00", "16:00"]);
        assert_eq!(marks(14, 38), ["Thu 1 Jan, 14:00", "02:00", "14:00"]);
        assert_eq!(marks(14, 14 + 7 * 24), ["Thu 1 Jan, 14:00", "Mon 5 Jan, 02:00", "14:00"]);
    }

    #[test]
    fn a_state_keeps_its_look_when_an_older_one_leaves_the_window() {
        let mut bench = Bench::new();
        bench.publish(1, 0, json!({"a": "idle"}));
        bench.publish(2, 40_000, json!({"a": "moving"}));
        let mut words = Vec::new();
        for window in [0..60_000, 50_000..110_000] {
            let time = Time { until: window.end, at: window.end - 1, window, clock: LocalClock::UTC };
            let rows = rows(&bench.0, &time, &mut words);
            let look = rows[0].parts.last().map(|(part, _)| part.clone());
            assert_eq!(look, Some(Shown::State("moving".to_owned(), Severity::Neutral, 1)));
        }
    }

    #[test]
    fn states_that_no_row_shows_are_forgotten_and_the_others_keep_their_looks() {
        let mut bench = Bench::new();
        bench.publish(1, 0, json!({"door": "open"}));
        let mut words = Vec::new();
        for number in 1..=2_000_i64 {
            let ts = number * 1_000;
            bench.publish(number.unsigned_abs() + 1, ts, json!({"job": format!("step {number}")}));
            let time = Time { window: ts - 3_000..ts + 1, until: ts + 1, at: ts, clock: LocalClock::UTC };
            let rows = rows(&bench.0, &time, &mut words);
            let looks: Vec<_> =
                rows.iter()
                    .flat_map(|row| &row.parts)
                    .filter_map(|(part, _)| {
                        if let Shown::State(state, _, look) = part { Some((state, look)) } else { None }
                    })
                    .collect();
            for (state, look) in &looks {
                assert_eq!(words.get(**look), Some(*state), "step {number}");
            }
            assert!(looks.contains(&(&"open".to_owned(), &0)), "step {number}");
            assert!(words.len() <= MOST_WORDS, "step {number}: {}", words.len());
        }
    }

    #[test]
    fn nothing_is_known_of_a_loss_and_no_state_lasts_over_it() {
        let mut bench = Bench::new();
        bench.publish(1, 0, json!({"a": true}));
        bench.0.lose(None, None, &mut bench.1);
        bench.publish(9, 50_000, json!({"a": true}));
        let rows = bench.rows(0..100_000);
        assert_eq!(words(&rows[0]), [("true", 0), ("lost", 50), ("true", 50)]);
    }

    #[test]
    fn what_is_before_the_first_loaded_publication_is_not_loaded_and_not_empty() {
        let mut bench = Bench::new();
        bench.publish(7, 50_000, json!({"a": true}));
        assert_eq!(words(&bench.rows(0..100_000)[0]), [("not loaded", 50), ("true", 50)]);
        let mut whole = Bench::new();
        whole.publish(1, 50_000, json!({"a": true}));
        assert_eq!(words(&whole.rows(0..100_000)[0]), [("nothing known", 50), ("true", 50)]);
    }
}
