//! The state of a panel in words: the freshness of its data, and the data that it does not show. Depends on `shared`,
//! which determines the freshness.

use shared::freshness::{Evidence, short_duration};
use shared::{Freshness, Millis};

use super::arrival::Conditions;
use crate::chart::clock::LocalClock;
use crate::chart::threshold::{Crossed, Means};

/// Minimum age of a topic's newest data, in milliseconds, with which the panel of a topic that is not late shows the
/// age instead of `live`.
const AGE_WORTH_SAYING_MS: u64 = 60_000;

/// State of a panel, the most urgent first. No other state may look like [`PanelState::Live`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PanelState {
    /// The topic was deleted on the server. The panel keeps what it has shown.
    Deleted,
    /// The page is cut off from the server.
    CutOff,
    /// The reader has paused the board.
    Paused,
    /// The stretch of the past that the panel should show could not be loaded.
    Failed,
    /// The page is too slow to handle its live data, so the panel shows old data.
    Behind,
    /// A part of the panel's window is not loaded yet.
    Loading,
    /// A value crosses a threshold that means trouble.
    Crossed,
    /// The topic has had no publication for several times its usual interval.
    Stale,
    /// The topic has had no publication for longer than its usual interval.
    Late,
    /// A value crosses a threshold that means a warning.
    Warning,
    /// A part of the data in the panel's window was lost for good.
    Gap,
    /// The panel has nothing to show.
    Empty,
    /// The clock of the topic's publisher is wrong.
    ClockOff,
    /// Some series of the topic get no new values, while others do.
    Stopped,
    /// Missed publications were replayed a moment ago.
    Replayed,
    /// A part of the topic's data is not shown, such as series beyond the maximum.
    LeftOut,
    /// The topic is not late, but its newest data is a minute old or more.
    Old,
    /// The panel shows a stretch of the past, and all of it is loaded.
    Past,
    /// The data was fresh and complete when it was recorded.
    Recorded,
    /// The data is fresh and complete.
    Live,
}

/// The short text in the corner of a panel, which tells the state of the panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// The state that the text describes. If several states hold at once, this is the most urgent, which is the first
    /// in the order of [`PanelState`].
    pub state: PanelState,
    /// Freshness of the data, whatever the other states are; `None` for data of the past.
    pub freshness: Option<Freshness>,
    /// True if the page is cut off from the server, so that the fault lies with the connection and not with the
    /// publisher.
    pub cut_off: bool,
    /// Meaning of the worst threshold that the shown values cross, whatever the other states are; `None` if they cross none.
    pub crossed: Option<Means>,
    /// Words about data that is not loaded or handled yet, or that there is none, whatever the other states are; `None` if there is no such
    /// state.
    pub lacks: Option<String>,
    /// The state in a few words, such as `late, 3 s`.
    pub text: String,
    /// The state in a sentence, followed by sentences about the other states that hold.
    pub title: String,
}

/// Facts about a panel from which the text in its corner ([`Chip`]) is made.
#[derive(Clone, Debug)]
pub struct Situation<'a> {
    /// Name of the topic.
    pub topic: &'a str,
    /// Age, expected interval, losses and interruptions of the topic's data, from which its freshness is determined.
    pub evidence: Evidence,
    /// Time at which the server received the topic's newest publication, by the server's clock; `None` if there is
    /// none.
    pub last_received: Option<Millis>,
    /// Facts about the board and the connection, which are the same for all topics.
    pub conditions: Conditions,
    /// The worst threshold that the shown values cross, and sentences about all such thresholds; `None` if they cross none.
    pub crossed: Option<(Crossed, String)>,
    /// Percentage of the panel's window that is loaded; `None` if all of it is loaded.
    pub loaded_percent: Option<u8>,
    /// Error of the publisher's clock in milliseconds, positive if the clock is ahead; `None` if no error is
    /// recognised.
    pub clock_error_ms: Option<i64>,
    /// Number of series of the topic that get no new values, while others do.
    pub stopped: usize,
    /// Number of series of the topic.
    pub series: usize,
    /// Text that names the data that the panel does not show; `None` if it shows everything.
    pub left_out: Option<String>,
    /// Text that a panel without content shows; `None` if the panel has something to show.
    pub empty: Option<String>,
}

impl PanelState {
    /// Returns the name of the state, for CSS classes and tests.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::CutOff => "cut-off",
            Self::Paused => "paused",
            Self::Failed => "failed",
            Self::Behind => "behind",
            Self::Loading => "loading",
            Self::Crossed => Means::Bad.word(),
            Self::Warning => Means::Warning.word(),
            Self::Stale => "stale",
            Self::Late => "late",
            Self::Gap => "gap",
            Self::Empty => "empty",
            Self::ClockOff => "clock-off",
            Self::Stopped => "stopped",
            Self::Replayed => "replayed",
            Self::LeftOut => "left-out",
            Self::Old => "old",
            Self::Past => "past",
            Self::Recorded => "recorded",
            Self::Live => "live",
        }
    }
}

impl PanelState {
    /// Returns the state of a panel whose values cross a threshold with this meaning.
    pub(crate) fn of_crossed(means: Means) -> Self {
        match means {
            Means::Bad => Self::Crossed,
            Means::Warning => Self::Warning,
        }
    }

    /// Returns true for the states that a pause or a crossed threshold may hide, and that say that data is missing.
    fn lacks_data(self) -> bool {
        matches!(self, Self::Failed | Self::Behind | Self::Loading | Self::Empty)
    }

    fn crossed(self) -> Option<Means> {
        match self {
            Self::Crossed => Some(Means::Bad),
            Self::Warning => Some(Means::Warning),
            _ => None,
        }
    }
}

impl Chip {
    /// Creates the text in the corner of a panel from the facts about the panel. `clock` determines the time zone of
    /// its times.
    pub fn of(situation: &Situation<'_>, clock: LocalClock) -> Self {
        let mut states = situation.states(clock);
        if states.is_empty() {
            states.push(situation.live(clock));
        }
        Self::first_of(states, Some(situation.evidence.freshness()))
    }

    /// Creates the text from all states that hold, the most urgent first. Each has its short text and its sentence.
    pub(crate) fn first_of(states: Vec<(PanelState, String, String)>, freshness: Option<Freshness>) -> Self {
        let titles: Vec<&str> = states.iter().map(|(.., title)| title.as_str()).collect();
        let title = titles.join("; ");
        let crossed = states.iter().find_map(|(state, ..)| state.crossed());
        let lacks = states.iter().find(|(state, ..)| state.lacks_data()).map(|(_, text, _)| text.clone());
        let (state, text, _) =
            states.into_iter().next().unwrap_or((PanelState::Empty, String::new(), String::new()));
        Self { state, freshness, cut_off: state == PanelState::CutOff, crossed, lacks, text, title }
    }
}

impl Chip {
    /// Returns words about data that the panel may lack, at the end of its stretch or before; `None` if it has all data.
    pub fn missing(&self) -> Option<&str> {
        match self.state {
            PanelState::Deleted
            | PanelState::CutOff
            | PanelState::Failed
            | PanelState::Behind
            | PanelState::Loading
            | PanelState::Stale
            | PanelState::Late
            | PanelState::Gap
            | PanelState::Empty => Some(&self.text),
            // They come before the others, and hide them.
            PanelState::Paused | PanelState::Crossed | PanelState::Warning => {
                self.lacks.as_deref().or_else(|| match self.freshness? {
                    freshness @ (Freshness::Stale | Freshness::Late | Freshness::Gap) => {
                        Some(freshness.word())
                    }
                    Freshness::Live | Freshness::Replayed => None,
                })
            }
            PanelState::ClockOff
            | PanelState::Stopped
            | PanelState::Replayed
            | PanelState::LeftOut
            | PanelState::Old
            | PanelState::Past
            | PanelState::Recorded
            | PanelState::Live => None,
        }
    }

    /// Returns the text for the panel of a topic that was deleted, while the board shows the past or is paused. The sentences
    /// about other states follow.
    pub fn deleted(self) -> Self {
        let title = "this topic was deleted on the server; its panel stays until you return to live data";
        let title = [title, &self.title].join("; ");
        Self { state: PanelState::Deleted, freshness: None, text: "deleted".to_owned(), title, ..self }
    }
}

impl Situation<'_> {
    /// Returns every state that holds except [`PanelState::Live`], [`PanelState::Recorded`] and [`PanelState::Old`], the most urgent first,
    /// each with its short text and its sentence.
    fn states(&self, clock: LocalClock) -> Vec<(PanelState, String, String)> {
        let (topic, evidence) = (self.topic, &self.evidence);
        let (age, last) = (short_duration(evidence.age_ms), self.last_words(clock));
        let mut states = Vec::new();
        let mut hold = |state, text: String, title: String| states.push((state, text, title));
        if let Some(cut_off_ms) = evidence.cut_off_ms {
            let text = format!("cut off, {}", short_duration(cut_off_ms));
            hold(PanelState::CutOff, text, format!("connection lost, {last}"));
        }
        if let Some(paused_at) = self.conditions.paused_at {
            let text = format!("paused at {}", clock.seconds_beside(paused_at, self.conditions.now));
            hold(PanelState::Paused, text, "the board is paused; what comes is kept".to_owned());
        }
        if let Some(behind_ms) = self.conditions.behind_ms {
            let behind = short_duration(behind_ms);
            hold(
                PanelState::Behind,
                format!("behind, {behind}"),
                format!("this page is {behind} behind the data"),
            );
        }
        if let Some(percent) = self.loaded_percent {
            let (state, text, title) = loading(percent, self.conditions.is_recording);
            hold(state, text, title);
        }
        let crossed = |means: Means| self.crossed.clone().filter(|(crossed, _)| crossed.means == means);
        if let Some((Crossed { words, .. }, title)) = crossed(Means::Bad) {
            hold(PanelState::Crossed, words, title);
        }
        let silent =
            |word: &str| (format!("{word}, {age}"), format!("no data from {topic} for {age}, {last}"));
        match (Evidence { cut_off_ms: None, ..*evidence }).freshness() {
            Freshness::Stale => {
                let (text, title) = silent("stale");
                hold(PanelState::Stale, text, title);
            }
            Freshness::Late => {
                let (text, title) = silent("late");
                hold(PanelState::Late, text, title);
            }
            Freshness::Gap | Freshness::Replayed | Freshness::Live => {}
        }
        if let Some((Crossed { words, .. }, title)) = crossed(Means::Warning) {
            hold(PanelState::Warning, words, title);
        }
        if evidence.lost_ms > 0 {
            let lost = short_duration(evidence.lost_ms);
            hold(PanelState::Gap, format!("gap, {lost} lost"), format!("{lost} of {topic} lost for good"));
        }
        if let Some(words) = &self.empty {
            hold(PanelState::Empty, words.clone(), format!("{topic}: {words}"));
        }
        if let Some(error_ms) = self.clock_error_ms {
            let way = if error_ms > 0 { "fast" } else { "slow" };
            let words = format!("clock is {} {way}", short_duration(error_ms.unsigned_abs()));
            let title = format!("the publisher's {words}; its data is shown at the time of arrival");
            hold(PanelState::ClockOff, format!("its {words}"), title);
        }
        if self.stopped > 0 {
            let text = format!("{} of {} stopped", self.stopped, self.series);
            hold(
                PanelState::Stopped,
                text,
                format!("{} of {} series have stopped", self.stopped, self.series),
            );
        }
        if (Evidence { cut_off_ms: None, lost_ms: 0, cadence_ms: None, ..*evidence }).freshness()
            == Freshness::Replayed
        {
            let title = format!("publications of {topic} that were missed have been filled in");
            hold(PanelState::Replayed, "replayed".to_owned(), title);
        }
        if let Some(words) = &self.left_out {
            hold(PanelState::LeftOut, words.clone(), words.clone());
        }
        states
    }

    fn live(&self, clock: LocalClock) -> (PanelState, String, String) {
        let last = self.last_words(clock);
        if self.evidence.age_ms >= AGE_WORTH_SAYING_MS {
            (PanelState::Old, format!("{} ago", short_duration(self.evidence.age_ms)), last)
        } else if self.conditions.is_recording {
            (PanelState::Recorded, "recorded".to_owned(), last)
        } else {
            (PanelState::Live, "live".to_owned(), last)
        }
    }

    fn last_words(&self, clock: LocalClock) -> String {
        let time = |at| clock.seconds_beside(at, self.conditions.now);
        let last = self.last_received.map(|at| format!("last data {}", time(at)));
        last.unwrap_or_else(|| "no data yet".to_owned())
    }
}

/// Returns the state of a panel that has this percentage of the time shown, with its short text and its sentence. Of a recording,
/// the rest was dropped, and cannot be loaded again.
pub(crate) fn loading(percent: u8, is_recording: bool) -> (PanelState, String, String) {
    let share = format!("{percent} % of the time shown is ");
    let (text, title) = match is_recording {
        true => (
            format!("{percent} % kept"),
            share + "kept, because the page has no room for more of the recording",
        ),
        false => (format!("loading, {percent} %"), share + "loaded"),
    };
    (PanelState::Loading, text, title)
}

/// Describes a time span whose data was lost for good: `lost for good from 10:42:07 to 10:42:48 (41 s)`. The first time has its date if
/// it is not on the same day as `now`, and the second one if it is not on the same day as the first.
pub fn loss_words((from_ms, to_ms): (Millis, Millis), now: Millis, clock: LocalClock) -> String {
    let (from, to) = (clock.seconds_beside(from_ms, now), clock.seconds_beside(to_ms, from_ms));
    format!("lost for good from {from} to {to} ({})", short_duration(from_ms.abs_diff(to_ms)))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const CADENCE: Evidence = Evidence {
        age_ms: 0,
        cadence_ms: Some(1_000),
        lost_ms: 0,
        replayed_ago_ms: None,
        cut_off_ms: None,
        frame_every_ms: 0,
    };

    #[test]
    fn nothing_in_a_recording_is_live() {
        let mut recorded = situation(CADENCE);
        recorded.conditions.is_recording = true;
        let chip = Chip::of(&recorded, LocalClock::UTC);
        assert_eq!((chip.state, chip.text.as_str()), (PanelState::Recorded, "recorded"));
        let cut = Chip::of(&Situation { loaded_percent: Some(17), ..recorded.clone() }, LocalClock::UTC);
        assert_eq!(
            (cut.state, cut.text.as_str()),
            (PanelState::Loading, "17 % kept"),
            "nothing is loaded later"
        );
        recorded.evidence.age_ms = 60_000;
        assert_eq!(Chip::of(&recorded, LocalClock::UTC).state, PanelState::Stale, "what was stale is stale");
    }

    fn situation(evidence: Evidence) -> Situation<'static> {
        Situation {
            topic: "host/cpu",
            evidence,
            last_received: Some(38_527_000),
            conditions: Conditions::default(),
            crossed: None,
            loaded_percent: None,
            clock_error_ms: None,
            stopped: 0,
            series: 3,
            left_out: None,
            empty: None,
        }
    }

    fn chip_of(situation: &Situation<'_>) -> Chip {
        Chip::of(situation, LocalClock::default())
    }

    fn chip(evidence: Evidence) -> Chip {
        chip_of(&situation(evidence))
    }

    #[test]
    fn a_stalled_publisher_and_a_lost_connection_look_different() {
        let stalled = chip(Evidence { age_ms: 12_000, ..CADENCE });
        let cut = chip(Evidence { age_ms: 12_000, cut_off_ms: Some(11_000), ..CADENCE });
        assert_eq!((stalled.text.as_str(), stalled.cut_off), ("stale, 12 s", false));
        assert_eq!(stalled.title, "no data from host/cpu for 12 s, last data 10:42:07");
        assert_eq!((cut.text.as_str(), cut.cut_off), ("cut off, 11 s", true));
        assert!(cut.title.starts_with("connection lost, last data 10:42:07"), "{}", cut.title);
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
        let words = |from, to, now| loss_words((from, to), now, LocalClock::default());
        let (from, day) = (38_527_000, 86_400_000);
        assert_eq!(
            words(from, from + 41_000, from + 60_000),
            "lost for good from 10:42:07 to 10:42:48 (41 s)"
        );
        let before = words(from, from + 41_000, from + day);
        assert_eq!(before, "lost for good from Thu 1 Jan, 10:42:07 to 10:42:48 (41 s)");
        let long = words(from, from + day, from + day);
        assert!(
            long.starts_with("lost for good from Thu 1 Jan, 10:42:07 to Fri 2 Jan, 10:42:07 ("),
            "{long}"
        );
    }

    #[test]
    fn times_of_another_day_have_their_date() {
        let now = 38_527_000 + 86_400_000;
        let conditions = Conditions { now, ..Conditions::default() };
        let stale = situation(Evidence { age_ms: 86_400_000, ..CADENCE });
        let title = chip_of(&Situation { conditions, ..stale.clone() }).title;
        assert!(title.ends_with("last data Thu 1 Jan, 10:42:07"), "{title}");
        let conditions = Conditions { paused_at: Some(38_527_000), ..conditions };
        assert_eq!(chip_of(&Situation { conditions, ..stale }).text, "paused at Thu 1 Jan, 10:42:07");
    }

    #[test]
    fn a_topic_that_speaks_seldom_tells_its_age_and_is_not_called_live() {
        for cadence_ms in [None, Some(7_200_000)] {
            let seldom = chip(Evidence { age_ms: 7_200_000, cadence_ms, ..CADENCE });
            assert_eq!((seldom.text.as_str(), seldom.state), ("2 h ago", PanelState::Old));
        }
    }

    #[test]
    fn whatever_keeps_a_panel_from_being_live_is_said_where_live_would_stand() {
        let base = situation(CADENCE);
        let paused = Conditions { paused_at: Some(38_527_000), ..Conditions::default() };
        let behind = Conditions { behind_ms: Some(6_000), ..Conditions::default() };
        let cases = [
            (Situation { conditions: paused, ..base.clone() }, "paused at 10:42:07"),
            (Situation { conditions: behind, ..base.clone() }, "behind, 6 s"),
            (Situation { loaded_percent: Some(62), ..base.clone() }, "loading, 62 %"),
            (Situation { clock_error_ms: Some(37_000), ..base.clone() }, "its clock is 37 s fast"),
            (Situation { clock_error_ms: Some(-240_000), ..base.clone() }, "its clock is 4 min slow"),
            (Situation { stopped: 1, ..base.clone() }, "1 of 3 stopped"),
            (
                Situation { left_out: Some("8 series not drawn".to_owned()), ..base.clone() },
                "8 series not drawn",
            ),
            (Situation { empty: Some("no value yet".to_owned()), ..base }, "no value yet"),
        ];
        for (situation, text) in cases {
            let chip = chip_of(&situation);
            assert_eq!(chip.text, text);
            assert_ne!(chip.state, PanelState::Live);
        }
    }

    #[test]
    fn a_panel_lacks_data_if_it_is_not_up_to_date_or_some_is_lost_whatever_else_is_said() {
        let (base, late) = (situation(CADENCE), Evidence { age_ms: 3_000, ..CADENCE });
        let paused = Conditions { paused_at: Some(38_527_000), ..Conditions::default() };
        let behind = Conditions { behind_ms: Some(30_000), ..Conditions::default() };
        let recorded = Conditions { is_recording: true, ..Conditions::default() };
        let crossed = |means| Some((Crossed { means, words: "over 5".to_owned() }, String::new()));
        let (bad, warning) = (crossed(Means::Bad), crossed(Means::Warning));
        let lost = Evidence { lost_ms: 41_000, ..CADENCE };
        let seldom = Evidence { age_ms: 7_200_000, cadence_ms: None, ..CADENCE };
        let cases = [
            (base.clone(), None),
            (situation(seldom), None),
            (situation(Evidence { replayed_ago_ms: Some(1), ..CADENCE }), None),
            (Situation { conditions: recorded, ..base.clone() }, None),
            (Situation { conditions: paused, ..base.clone() }, None),
            (Situation { crossed: bad.clone(), ..base.clone() }, None),
            (Situation { crossed: warning.clone(), ..base.clone() }, None),
            (Situation { stopped: 1, clock_error_ms: Some(37_000), ..base.clone() }, None),
            (Situation { conditions: behind, ..base.clone() }, Some("behind, 30 s")),
            (
                Situation {
                    conditions: Conditions { behind_ms: Some(30_000), ..paused },
                    loaded_percent: Some(62),
                    ..base.clone()
                },
                Some("behind, 30 s"),
            ),
            (
                Situation { conditions: paused, loaded_percent: Some(62), ..situation(late) },
                Some("loading, 62 %"),
            ),
            (
                Situation { conditions: paused, empty: Some("no value yet".to_owned()), ..base.clone() },
                Some("no value yet"),
            ),
            (
                Situation { crossed: bad.clone(), loaded_percent: Some(62), ..base.clone() },
                Some("loading, 62 %"),
            ),
            (Situation { loaded_percent: Some(62), ..base.clone() }, Some("loading, 62 %")),
            (Situation { empty: Some("no value yet".to_owned()), ..base }, Some("no value yet")),
            (situation(Evidence { cut_off_ms: Some(2_000), ..CADENCE }), Some("cut off, 2 s")),
            (situation(late), Some("late, 3 s")),
            (situation(Evidence { age_ms: 12_000, ..CADENCE }), Some("stale, 12 s")),
            (situation(lost), Some("gap, 41 s lost")),
            (Situation { crossed: bad, ..situation(late) }, Some("late")),
            (Situation { crossed: warning, ..situation(lost) }, Some("gap")),
            (Situation { conditions: paused, ..situation(late) }, Some("late")),
        ];
        for (situation, words) in cases {
            let chip = chip_of(&situation);
            assert_eq!(chip.missing(), words, "{}", chip.text);
        }
        assert_eq!(chip(CADENCE).deleted().missing(), Some("deleted"));
    }

    #[test]
    fn a_deleted_topic_says_so_first_and_then_what_else_holds() {
        let chip = chip(Evidence { lost_ms: 41_000, ..CADENCE }).deleted();
        assert_eq!((chip.state, chip.text.as_str(), chip.freshness), (PanelState::Deleted, "deleted", None));
        assert!(
            chip.title.contains("until you return to live data; 41 s of host/cpu lost"),
            "{}",
            chip.title
        );
    }

    #[test]
    fn a_crossed_threshold_comes_before_late_data_and_a_warning_after_it() {
        let evidence = Evidence { age_ms: 12_000, lost_ms: 41_000, ..CADENCE };
        let crossed = |means| {
            let words = Crossed { means, words: "over 500 ms, 40 s".to_owned() };
            chip_of(&Situation { crossed: Some((words, "p99 is over 500 ms".into())), ..situation(evidence) })
        };
        let bad = crossed(Means::Bad);
        assert_eq!((bad.state, bad.text.as_str()), (PanelState::Crossed, "over 500 ms, 40 s"));
        assert_eq!((bad.crossed, bad.freshness), (Some(Means::Bad), Some(Freshness::Stale)));
        assert!(bad.title.starts_with("p99 is over 500 ms; no data from host/cpu for 12 s"), "{}", bad.title);
        let warning = crossed(Means::Warning);
        assert_eq!((warning.state, warning.crossed), (PanelState::Stale, Some(Means::Warning)));
        let paused = Conditions { paused_at: Some(0), ..Conditions::default() };
        let words = Crossed { means: Means::Bad, words: "over 500 ms".to_owned() };
        let paused =
            Situation { conditions: paused, crossed: Some((words, String::new())), ..situation(CADENCE) };
        assert_eq!(
            (chip_of(&paused).state, chip_of(&paused).crossed),
            (PanelState::Paused, Some(Means::Bad))
        );
    }

    #[test]
    fn of_two_states_the_first_is_shown_and_the_other_is_in_the_title() {
        let evidence = Evidence { age_ms: 12_000, lost_ms: 41_000, ..CADENCE };
        let chip = chip_of(&Situation { stopped: 1, ..situation(evidence) });
        assert_eq!(chip.state, PanelState::Stale);
        assert!(chip.title.contains("41 s of host/cpu lost") && chip.title.contains("1 of 3 series"));
    }
}
