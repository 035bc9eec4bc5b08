//! Keeps the newest state of a topic while the reader has paused the board. Depends on [`super::stream`].

use super::stream::Stream;
use crate::chart::series::SeriesSet;

/// Keeps the newest state of a topic while the board is paused and the panel shows an earlier state.
///
/// During a pause, the panel shows the state at the beginning of the pause, even if the panel is removed from the
/// page and added again. Publications change only the copy that is kept here. If the board is not paused, this value
/// is empty.
#[derive(Clone, Debug, Default)]
pub struct PausedState {
    ahead: Option<Box<(Stream, SeriesSet)>>,
}

impl PausedState {
    /// Begins a pause. From now on, publications change a copy of the shown state.
    pub fn begin(&mut self, stream: &Stream, series: &SeriesSet) {
        if self.ahead.is_none() {
            self.ahead = Some(Box::new((stream.clone(), series.clone())));
        }
    }

    /// Ends the pause: the shown state is replaced by the newest one.
    pub fn end(&mut self, stream: &mut Stream, series: &mut SeriesSet) {
        if let Some(ahead) = self.ahead.take() {
            (*stream, *series) = *ahead;
        }
    }

    /// Returns the newest state of the topic: the copy that is kept here or, if there is no pause, the shown state
    /// `stream` and `series`.
    pub fn known<'a>(&'a self, stream: &'a Stream, series: &'a SeriesSet) -> (&'a Stream, &'a SeriesSet) {
        self.ahead.as_deref().map_or((stream, series), |(stream, series)| (stream, series))
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared::{Publication, Topic};

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
