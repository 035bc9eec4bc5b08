//! Keeps the newest state of a topic while the reader has paused the board. Depends on [`super::stream`].

use super::stream::Stream;
use crate::chart::series::SeriesSet;

/// Keeps the newest state of a topic while the board is paused and the panel shows an earlier state.
///
/// During a pause, the panel shows the state at the beginning of the pause, even if the panel is removed from the
/// page and added again. Publications change only the copy that is kept here. The same is true while the panel shows
/// the past, which is computed from another state ([`Self::basis`]). If the board is not paused and the panel shows live
/// data, this value is empty.
#[derive(Clone, Debug, Default)]
pub struct PausedState {
    ahead: Option<Kept>,
    /// State at the beginning of the pause; present while the panel shows the past during a pause.
    at_pause: Option<Kept>,
}

/// A state of a topic with its numbers.
type Kept = Box<(Stream, SeriesSet)>;

impl PausedState {
    /// Begins a pause. From now on, publications change a copy of the shown state.
    pub fn begin(&mut self, stream: &Stream, series: &SeriesSet) {
        if self.ahead.is_none() {
            self.ahead = Some(keep(stream, series));
        }
    }

    /// Ends the pause: the shown state is replaced by the newest one.
    pub fn end(&mut self, stream: &mut Stream, series: &mut SeriesSet) {
        if let Some(ahead) = self.ahead.take() {
            (*stream, *series) = *ahead;
        }
    }

    /// Begins to show the past. During a pause, the shown state is kept, because it is shown again afterwards.
    pub fn begin_past(&mut self, stream: &Stream, series: &SeriesSet) {
        match self.ahead.is_some() {
            true => self.at_pause = Some(keep(stream, series)),
            false => self.begin(stream, series),
        }
    }

    /// Stops showing the past: the shown state is replaced by that of the pause or, if there is no pause, by the newest
    /// one.
    pub fn end_past(&mut self, stream: &mut Stream, series: &mut SeriesSet) {
        match self.at_pause.take() {
            Some(at_pause) => (*stream, *series) = *at_pause,
            None => self.end(stream, series),
        }
    }

    /// Begins a pause while the panel shows the past.
    pub fn begin_in_past(&mut self) {
        if self.at_pause.is_none() {
            self.at_pause.clone_from(&self.ahead);
        }
    }

    /// Ends a pause while the panel shows the past.
    pub fn end_in_past(&mut self) {
        self.at_pause = None;
    }

    /// Returns the state from which the past is computed while the panel shows it: that at the beginning of the pause or,
    /// if there is no pause, the newest one.
    pub fn basis<'a>(&'a self, stream: &'a Stream, series: &'a SeriesSet) -> (&'a Stream, &'a SeriesSet) {
        match self.at_pause.as_deref() {
            Some((stream, series)) => (stream, series),
            None => self.known(stream, series),
        }
    }

    /// Returns the newest state of the topic: the copy that is kept here or, if there is no pause, the shown state
    /// `stream` and `series`.
    pub fn known<'a>(&'a self, stream: &'a Stream, series: &'a SeriesSet) -> (&'a Stream, &'a SeriesSet) {
        self.ahead.as_deref().map_or((stream, series), |(stream, series)| (stream, series))
    }

    /// Changes all states of the topic in the same way: the shown one, the newest one, and that of the pause.
    pub fn change_every(
        &mut self,
        stream: &mut Stream,
        series: &mut SeriesSet,
        change: &mut dyn FnMut(&mut Stream, &mut SeriesSet),
    ) {
        change(stream, series);
        for kept in [&mut self.ahead, &mut self.at_pause].into_iter().flatten() {
            let (stream, series) = &mut **kept;
            change(stream, series);
        }
    }

    /// Returns the newest state of the topic so that the caller can change it: the copy that is kept here or, if
    /// there is no pause, the shown state.
    pub fn known_mut<'a>(
        &'a mut self,
        stream: &'a mut Stream,
        series: &'a mut SeriesSet,
    ) -> (&'a mut Stream, &'a mut SeriesSet) {
        match self.ahead.as_deref_mut() {
            Some((stream, series)) => (stream, series),
            None => (stream, series),
        }
    }
}

fn keep(stream: &Stream, series: &SeriesSet) -> Kept {
    Box::new((stream.clone(), series.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared::{Publication, Topic, TopicMeta};

    use super::*;
    use crate::arrival::Conditions;
    use crate::chart::LocalClock;
    use crate::kind::Kind;
    use crate::stream::Origin;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    struct Subject {
        stream: Stream,
        series: SeriesSet,
        paused_state: PausedState,
    }

    impl Subject {
        fn new() -> Self {
            Self {
                stream: Stream::new(Topic::new("shop/x").unwrap()),
                series: SeriesSet::new(100),
                paused_state: PausedState::default(),
            }
        }

        fn publish(&mut self, second: i64, data: Value) {
            let ts = second * 1_000;
            let item = Publication { offset: second as u64, ts, received_at: ts, data: data.into() };
            let (stream, series) = self.paused_state.known_mut(&mut self.stream, &mut self.series);
            stream.take(&[item], Origin::Live, series, ts);
        }

        fn pause(&mut self) {
            self.paused_state.begin(&self.stream, &self.series);
        }

        fn go_on(&mut self) {
            self.paused_state.end(&mut self.stream, &mut self.series);
        }

        /// Shows the past, which is empty here.
        fn show_past(&mut self) {
            self.paused_state.begin_past(&self.stream, &self.series);
            (self.stream, self.series) = (Stream::new(self.stream.topic().clone()), SeriesSet::new(100));
        }

        fn leave_past(&mut self) {
            self.paused_state.end_past(&mut self.stream, &mut self.series);
        }

        /// Returns the number of rows from which the past is computed.
        fn rows_of_basis(&self) -> usize {
            self.paused_state.basis(&self.stream, &self.series).1.len()
        }

        /// Returns everything that a panel of any kind shows, as one text for comparison.
        fn shown(&self) -> String {
            let (stream, window) = (&self.stream, 0..60_000);
            let lines: Vec<_> = stream.lines().newest(100).collect();
            let (states, clock) = (stream.states(), LocalClock::default());
            let samples: Vec<_> = self.series.samples(0, 0..self.series.len()).collect();
            let state = (
                states.current(),
                states.history(clock, 0),
                stream.shown_states().strip(&window, window.end),
            );
            format!("{:?} {lines:?} {state:?} {:?} {samples:?}", stream.kind(), stream.table())
        }
    }

    type Data = fn(i64) -> Value;

    const KINDS: [(Kind, Data); 5] = [
        (Kind::Line, |n| json!({"in": n, "out": 2 * n})),
        (Kind::Number, |n| json!(n)),
        (Kind::State, |n| json!(if n % 2 == 0 { "open" } else { "closed" })),
        (Kind::Log, |n| json!(format!("order {n} has been paid by card at table four, no receipt"))),
        (Kind::Table, |n| json!([{"queue": "mail", "depth": n}])),
    ];

    #[test]
    fn every_kind_of_panel_stands_still_and_then_shows_all_that_came() {
        for (kind, data) in KINDS {
            let (mut paused, mut other) = (Subject::new(), Subject::new());
            for second in 1..=10 {
                paused.publish(second, data(second));
                other.publish(second, data(second));
            }
            assert_eq!(paused.stream.kind(), Some(kind));
            let before = paused.shown();
            paused.pause();
            for second in 11..=21 {
                paused.publish(second, data(second));
                other.publish(second, data(second));
            }
            assert_eq!(paused.shown(), before);
            paused.go_on();
            assert_ne!(paused.shown(), before);
            assert_eq!(paused.shown(), other.shown());
        }
    }

    #[test]
    fn after_a_look_at_the_past_a_pause_shows_what_it_showed_before_and_then_all_that_came() {
        for (kind, data) in KINDS {
            let (mut paused, mut other) = (Subject::new(), Subject::new());
            let mut publish = |paused: &mut Subject, seconds: std::ops::RangeInclusive<i64>| {
                for second in seconds {
                    paused.publish(second, data(second));
                    other.publish(second, data(second));
                }
            };
            publish(&mut paused, 1..=10);
            let (before, rows) = (paused.shown(), paused.series.len());
            paused.pause();
            publish(&mut paused, 11..=14);
            paused.show_past();
            publish(&mut paused, 15..=18);
            assert_eq!(paused.rows_of_basis(), rows, "{kind:?}: the past has nothing that came in the pause");
            paused.leave_past();
            assert_eq!(paused.shown(), before, "{kind:?}");
            publish(&mut paused, 19..=21);
            paused.go_on();
            assert_eq!(paused.shown(), other.shown(), "{kind:?}");
        }
    }

    #[test]
    fn a_pause_that_begins_in_the_past_keeps_what_was_known_then() {
        let mut subject = Subject::new();
        (1..=5).for_each(|second| subject.publish(second, json!(second)));
        subject.show_past();
        subject.publish(6, json!(6));
        subject.paused_state.begin_in_past();
        subject.publish(7, json!(7));
        assert_eq!(subject.rows_of_basis(), 6);
        subject.leave_past();
        assert_eq!(subject.series.len(), 6, "the pause goes on");
        subject.show_past();
        subject.paused_state.end_in_past();
        assert_eq!(subject.rows_of_basis(), 7);
        subject.leave_past();
        assert_eq!(subject.series.len(), 7);
    }

    #[test]
    fn what_the_board_wants_of_a_topic_is_seen_in_a_pause_and_in_the_past_and_afterwards() {
        let mut subject = Subject::new();
        subject.publish(1, json!(1));
        subject.pause();
        subject.publish(2, json!(2));
        subject.show_past();
        let Subject { stream, series, paused_state } = &mut subject;
        let wanted = TopicMeta { unit: Some("K".to_owned()), ..TopicMeta::default() };
        let version = paused_state.basis(stream, series).0.meta_version();
        paused_state.change_every(stream, series, &mut |stream, series| {
            stream.arrange(wanted.clone(), series);
        });
        let basis = paused_state.basis(stream, series).0;
        assert_ne!(basis.meta_version(), version, "the past is computed again");
        assert_eq!((basis.wanted(), stream.wanted()), (wanted.clone(), wanted.clone()));
        subject.leave_past();
        assert_eq!((subject.stream.wanted(), subject.series.len()), (wanted.clone(), 1));
        subject.go_on();
        assert_eq!((subject.stream.wanted(), subject.series.len()), (wanted, 2));
    }

    #[test]
    fn a_topic_is_judged_by_what_is_known_and_not_by_what_is_shown() {
        let mut subject = Subject::new();
        (1..=5).for_each(|second| subject.publish(second, json!(second)));
        subject.pause();
        subject.publish(60, json!(60));
        let age_ms = |stream: &Stream| {
            stream.evidence(60_000, Conditions { now: 60_000, ..Conditions::default() }).age_ms
        };
        assert_eq!(age_ms(subject.paused_state.known(&subject.stream, &subject.series).0), 0);
        assert_eq!(age_ms(&subject.stream), 55_000);
    }

    #[test]
    fn pausing_twice_loses_nothing_and_going_on_twice_neither() {
        let mut subject = Subject::new();
        subject.publish(1, json!(1));
        subject.pause();
        subject.publish(2, json!(2));
        subject.pause();
        subject.go_on();
        subject.go_on();
        assert_eq!(subject.series.len(), 2);
    }
}
