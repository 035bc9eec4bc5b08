//! The data of an earlier time, with which a panel is compared.

use std::ops::Range;

use shared::client::RequestId;
use shared::{Millis, Topic};
use tickertape_session::{Event, PastRequest};

use crate::board::Board;
use board_model::buckets::step::step_ms;
use board_model::buckets::{Ask, Known, TopicPast, Wanted, compose};
use board_model::chart::SeriesSet;
use board_model::together::Input;
use board_model::together::names::ago;

/// Part of the window for which data is requested in advance: the window divided by this number.
const AHEAD: Millis = 4;

/// The data of one topic at an earlier time.
pub(super) struct Earlier {
    topic: Topic,
    /// Time in milliseconds by which it is earlier.
    by_ms: Millis,
    past: TopicPast,
    /// Length of the buckets that are shown, in milliseconds.
    step_ms: u64,
    set: SeriesSet,
}

impl Earlier {
    pub fn new(topic: &Topic, by_ms: Millis) -> Self {
        Self { topic: topic.clone(), by_ms, past: TopicPast::default(), step_ms: 0, set: SeriesSet::new(1) }
    }

    /// Returns the data for a panel. `now` is that of the present. Returns `None` if nothing has been requested yet.
    pub fn input<'a>(&'a self, now: Option<&Input<'a>>) -> Option<Input<'a>> {
        let now = now.filter(|_| self.step_ms > 0)?;
        Some(Input {
            stream: now.stream,
            series: &self.set,
            version: self.past.version() * 1_000 + self.step_ms % 1_000,
        })
    }

    /// Returns the request for what is missing for the window of a panel of this width; `None` if nothing is. `reach_ms` is the time before
    /// the window that is needed too.
    pub fn next(&mut self, board: Board, width_px: i32, reach_ms: Millis) -> Option<(PastRequest, Ask)> {
        let (window, now) = (board.time.stretch_untracked(), board.server_now());
        let shown = self.stretch(&window);
        let step = step_ms(shown.end - shown.start, width_px, self.set.series().len());
        let ahead_ms = ((shown.end - shown.start) / AHEAD).min(self.by_ms);
        let wanted = |ahead_ms: Millis| Wanted {
            stretch: shown.start - reach_ms..shown.end + ahead_ms,
            step_ms: Some(step),
            items: 0,
            raw_from: Millis::MAX,
            paused_at: None,
            newest_at: None,
        };
        if self.step_ms != step {
            self.step_ms = step;
            self.compose();
        }
        // A little more is requested than is missing, so that a moving window does not request something every second.
        let is_missing = self.past.next(&wanted(0), now).is_some();
        let ask = is_missing.then(|| self.past.next(&wanted(ahead_ms), now)).flatten()?;
        let request = PastRequest {
            topic: self.topic.clone(),
            from_ms: Some(ask.from_ms),
            to_ms: Some(ask.to_ms),
            step_ms: ask.step_ms,
            since: ask.since.clone(),
            limit: ask.limit,
        };
        Some((request, ask))
    }

    /// Records that a request was sent with the number `id`.
    pub fn asked(&mut self, id: RequestId, ask: Ask, now: Millis) {
        self.past.asked(id, ask, now);
    }

    /// Applies an answer. Returns false if it is an answer to another request.
    pub fn answer(&mut self, event: &Event, now: Millis) -> bool {
        let is_answered = match event {
            Event::Buckets { id, reply } => {
                reply.topic == self.topic && self.past.answered(*id, reply.as_ref().clone())
            }
            Event::PastItems { id, items, .. } => self.past.answered_items(*id, items.clone(), 0, now),
            Event::PastFailed { id, refused, .. } => {
                let message = refused.as_ref().map(|refused| refused.message.clone());
                self.past.failed(*id, message, now)
            }
            _ => false,
        };
        if is_answered {
            self.compose();
        }
        is_answered
    }

    fn compose(&mut self) {
        let known = Known {
            series: &SeriesSet::new(1),
            raw_from: Millis::MAX,
            own: self.topic.leaf(),
            hole_ms: None,
        };
        self.set = compose(&self.past, self.step_ms, &known);
    }

    fn stretch(&self, window: &Range<Millis>) -> Range<Millis> {
        window.start - self.by_ms..window.end - self.by_ms
    }

    /// Returns a text about a stretch that is not shown; `None` if it is.
    fn words(&self, window: &Range<Millis>) -> Option<String> {
        let (stretch, when) = (self.stretch(window), ago(self.by_ms));
        if let Some(message) = self.past.failure() {
            return Some(format!("{when} is not loaded: {message}"));
        }
        let step_ms = i64::try_from(self.step_ms).unwrap_or(Millis::MAX);
        if self.set.unloaded().meets(stretch.start.saturating_add(step_ms), stretch.end) {
            return Some(format!("{when} is being loaded"));
        }
        let is_empty = self.set.rows_within(&stretch).is_empty();
        is_empty.then(|| format!("nothing kept of {when}"))
    }
}

/// Returns a text about data of an earlier time that is not shown; `None` if all of it is, or if there is none. `window` is the stretch
/// that panels show at the time `now`.
pub(super) fn words(all: &[Earlier], window: &Range<Millis>, now: Millis) -> Option<String> {
    let window = window.start..window.end.min(now);
    let mut words = all.iter().filter_map(|earlier| earlier.words(&window));
    let first = words.next()?;
    // A topic without data then has no line, and others do.
    let all_alike = 1 + words.filter(|words| *words == first).count() == all.len();
    (all_alike || !first.starts_with("nothing")).then_some(first)
}
