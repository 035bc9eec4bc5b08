//! The state of one topic, held in reactive signals. When one of them changes, the topic's panel is redrawn.

use std::ops::Range;

use leptos::prelude::*;

use crate::limits::handle::Read;
use crate::signal::ArcRwSignal;
use board_model::buckets::{Known, PastStates, TopicPast, Wanted, compose};
use board_model::budget::MOST_ROWS;
use board_model::chart::series::SeriesSet;
use board_model::kind::Kind;
use board_model::paused_state::PausedState;
use board_model::placement::Size;
use board_model::stream::{LookBack, Stream};
use shared::{Millis, Topic};

/// The state of one topic, held in reactive signals. When one of them changes, the topic's panel is redrawn.
#[derive(Clone)]
pub struct Cell {
    /// The shown state of the topic, apart from its numbers.
    pub stream: ArcRwSignal<Stream>,
    /// The shown numbers of the topic.
    pub series: ArcRwSignal<SeriesSet>,
    /// The state that has changed while the board is paused, and is not shown yet, and the one to which the panel returns from
    /// the past.
    paused_state: ArcStoredValue<PausedState>,
    /// The part of the topic's past that is loaded in buckets.
    pub(crate) past: ArcStoredValue<TopicPast>,
    /// Present while the panel shows the past. Publications then change only a copy that is not shown.
    composed: ArcStoredValue<Option<Composed>>,
    /// True if the topic was deleted on the server while the board was paused or showed the past.
    pub(crate) is_deleted: ArcRwSignal<bool>,
}

/// The facts on which the shown state of a panel depends while it shows the past.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Composed {
    /// Length of the buckets in milliseconds; `None` if the panel shows publications.
    pub step_ms: Option<u64>,
    /// Version of what is loaded.
    pub version: u64,
    /// Version of the metadata, by which the kind of the panel is chosen.
    pub meta_version: u64,
    /// Number that increases when newer publications should be shown.
    pub turn: Millis,
    /// Stretch whose publications are shown; `None` for buckets, which are the same for all stretches.
    pub stretch: Option<Range<Millis>>,
}

impl Cell {
    /// Creates the model of a topic that has no publications yet.
    pub fn new(topic: Topic) -> Self {
        Self {
            stream: ArcRwSignal::new(Stream::new(topic)),
            series: ArcRwSignal::new(SeriesSet::new(MOST_ROWS)),
            paused_state: ArcStoredValue::default(),
            past: ArcStoredValue::default(),
            composed: ArcStoredValue::default(),
            is_deleted: ArcRwSignal::default(),
        }
    }

    /// Changes the topic's model by calling `change` with it, without notifying the panel. While the board is paused,
    /// only a copy is changed that is not shown. Returns the result of `change`; `None` if the signals no longer
    /// exist.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Stream, &mut SeriesSet) -> T) -> Option<T> {
        once(change, |change| self.write_known(change))
    }

    /// Changes the shown state of the topic by calling `change` with it, without notifying the panel. This is done
    /// even while the board is paused. Returns the result of `change`; `None` if the signals no longer exist.
    pub(crate) fn change_shown<T>(&self, change: impl FnOnce(&mut Stream, &mut SeriesSet) -> T) -> Option<T> {
        once(change, |change| self.write(change))
    }

    /// Changes all states of the topic in the same way by calling `change` with each of them, without notifying the panel.
    /// While the board is paused or the panel shows the past, what is shown is another state than the newest.
    pub(crate) fn change_every(&self, change: &mut Change<'_>) {
        self.write(&mut |stream, series| {
            self.paused_state.try_update_value(|paused_state| {
                paused_state.change_every(stream, series, &mut *change);
            });
        });
    }

    fn write_known(&self, change: &mut Change<'_>) {
        self.write(&mut |stream, series| {
            self.paused_state.try_update_value(|paused_state| {
                let (stream, series) = paused_state.known_mut(stream, series);
                change(stream, series);
            });
        });
    }

    fn write(&self, change: &mut Change<'_>) {
        let stream = self.stream.clone();
        self.series
            .try_update_untracked(|series| stream.try_update_untracked(|stream| change(stream, series)));
    }

    /// Reads the thresholds of the topic, if they have changed, by the function `read`. Returns true if there is no such function yet.
    pub(crate) fn read_limits(&self, read: Option<Read>) -> bool {
        let mut is_wanted = false;
        self.change_every(&mut |stream, _| match read {
            Some(read) if stream.has_unread_limits() => stream.read_limits(read),
            Some(_) => {}
            None => is_wanted |= stream.has_unread_limits(),
        });
        is_wanted
    }

    /// Notifies the topic's panel, so that it shows the present state.
    pub(crate) fn notify(&self) {
        self.stream.notify();
        self.series.notify();
    }

    /// Returns true if this is the same model as another one.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.stream == other.stream
    }

    /// Returns a number that changes whenever the panel shows other buckets.
    pub(crate) fn past_version(&self) -> u64 {
        self.composed.with_value(|composed| {
            let Some(Composed { step_ms, version, meta_version, turn, .. }) = composed else { return 0 };
            let version = version.wrapping_add(meta_version << 32);
            version.wrapping_mul(1_000_003) ^ step_ms.unwrap_or(0).wrapping_mul(31) ^ turn.unsigned_abs()
        })
    }

    /// Returns true if the panel shows the past, so that publications do not change it.
    pub(crate) fn is_past(&self) -> bool {
        self.composed.with_value(Option::is_some)
    }

    /// Shows the part of the topic's past that is wanted, as far as it is loaded or, of a recording, kept. Returns false, and does nothing, if
    /// the panel already shows it.
    pub(crate) fn show_past(&self, composed: &Composed, wanted: &Wanted, is_recording: bool) -> bool {
        if self.composed.with_value(|shown| shown.as_ref() == Some(composed)) {
            return false;
        }
        let was_past = self.is_past();
        self.composed.set_value(Some(composed.clone()));
        self.change_shown(|stream, series| {
            self.paused_state.update_value(|paused_state| {
                if !was_past {
                    paused_state.begin_past(stream, series);
                }
                let past = {
                    let (stream, series) = paused_state.basis(stream, series);
                    match wanted.step_ms {
                        None if is_recording => {
                            (stream.looking_back_in_recording(&wanted.stretch), series.clone())
                        }
                        _ => self.past.with_value(|past| looking_back(stream, series, past, wanted)),
                    }
                };
                (*stream, *series) = past;
            });
        });
        true
    }

    /// Shows the newest state again after the past or, if the board is paused, the one at the beginning of the pause. Returns
    /// false if the panel did not show the past.
    pub(crate) fn show_live(&self, paused: bool) -> bool {
        let was_past = self.composed.try_update_value(Option::take).flatten().is_some();
        if was_past {
            self.forget_past();
            self.change_shown(|stream, series| {
                self.paused_state.update_value(|paused_state| paused_state.end_past(stream, series));
            });
            self.stand_still(paused);
        }
        was_past
    }

    /// Drops what is loaded of the topic's past. A panel that shows the past is composed anew.
    pub(crate) fn forget_past(&self) {
        self.past.update_value(TopicPast::clear);
    }

    /// If `paused` is true, begins a pause, in which the shown state does not change. Otherwise ends it and replaces
    /// the shown state by the newest one, unless the panel shows the past.
    pub(crate) fn stand_still(&self, paused: bool) {
        let is_past = self.is_past();
        self.change_shown(|stream, series| {
            self.paused_state.update_value(|paused_state| match (paused, is_past) {
                (true, false) => paused_state.begin(stream, series),
                (true, true) => paused_state.begin_in_past(),
                (false, false) => paused_state.end(stream, series),
                (false, true) => paused_state.end_in_past(),
            });
        });
    }

    /// Calls `read` with the state from which the past is computed, and returns its result. It is the newest state or, during a
    /// pause, the one at its beginning.
    pub(crate) fn with_basis<T>(&self, read: impl FnOnce(&Stream, &SeriesSet) -> T) -> T {
        let is_past = self.is_past();
        self.stream.with_untracked(|stream| {
            self.series.with_untracked(|series| {
                self.paused_state.with_value(|paused_state| {
                    // Otherwise, what is shown is the newest state, or that of the pause.
                    let (stream, series) =
                        if is_past { paused_state.basis(stream, series) } else { (stream, series) };
                    read(stream, series)
                })
            })
        })
    }

    /// Calls `read` with the newest state of the topic and returns its result. During a pause, this is newer than the
    /// shown state.
    pub(crate) fn with_known<T>(&self, read: impl FnOnce(&Stream, &SeriesSet) -> T) -> T {
        self.stream.with_untracked(|stream| {
            self.series.with_untracked(|series| {
                self.paused_state.with_value(|paused_state| {
                    let (stream, series) = paused_state.known(stream, series);
                    read(stream, series)
                })
            })
        })
    }

    /// Computes the size that suits the topic's panel, and returns true if it has changed.
    pub(crate) fn settle_size(&self) -> bool {
        self.change_shown(|stream, series| stream.settle_size(series)) == Some(true)
    }

    /// Returns the size that suits the topic's panel; `None` before the first data.
    pub(crate) fn size(&self) -> Option<Size> {
        self.stream.with_untracked(Stream::size)
    }
}

/// A change of a topic's model.
type Change<'a> = dyn FnMut(&mut Stream, &mut SeriesSet) + 'a;

/// Has `change` made by `make`, and returns its result; `None` if it was not made. The code that makes it is in the page once, because it does
/// not depend on the type of the change.
fn once<T>(
    change: impl FnOnce(&mut Stream, &mut SeriesSet) -> T,
    make: impl FnOnce(&mut Change<'_>),
) -> Option<T> {
    let (mut change, mut result) = (Some(change), None);
    make(&mut |stream, series| result = change.take().map(|change| change(stream, series)));
    result
}

/// Returns the state and the numbers with which a panel shows the past. `stream` and `series` are the newest ones.
fn looking_back(
    stream: &Stream,
    series: &SeriesSet,
    past: &TopicPast,
    wanted: &Wanted,
) -> (Stream, SeriesSet) {
    let Some(step_ms) = wanted.step_ms else {
        let (items, is_cut) = past.items(&wanted.stretch).unwrap_or_default();
        return (
            stream.looking_back(LookBack { is_cut, ..LookBack::default() }, Some(items)),
            series.clone(),
        );
    };
    let raw_from = wanted.raw_from;
    let (states, things) = match stream.kind() {
        Some(Kind::State) => (PastStates::of(past, step_ms, stream.states(), raw_from), Vec::new()),
        Some(Kind::Timeline) => (PastStates::default(), stream.past_things(past, step_ms, raw_from)),
        Some(_) | None => Default::default(),
    };
    let known = Known { series, raw_from, own: stream.topic().leaf(), hole_ms: stream.hole_ms() };
    let set = compose(past, step_ms, &known);
    (stream.looking_back(LookBack { states, things, is_cut: false }, None), set)
}
