//! The state of one topic, held in reactive signals. When one of them changes, the topic's panel is redrawn.

use leptos::prelude::*;

use board_model::budget::MOST_ROWS;
use board_model::chart::series::SeriesSet;
use board_model::paused_state::PausedState;
use board_model::placement::Size;
use board_model::stream::Stream;
use shared::Topic;

/// The state of one topic, held in reactive signals. When one of them changes, the topic's panel is redrawn.
#[derive(Clone)]
pub struct Cell {
    /// The shown state of the topic, apart from its numbers.
    pub stream: ArcRwSignal<Stream>,
    /// The shown numbers of the topic.
    pub series: ArcRwSignal<SeriesSet>,
    /// The state that has changed while the board is paused, and is not shown yet.
    paused_state: ArcStoredValue<PausedState>,
}

impl Cell {
    /// Creates the model of a topic that has no publications yet.
    pub fn new(topic: Topic) -> Self {
        Self {
            stream: ArcRwSignal::new(Stream::new(topic)),
            series: ArcRwSignal::new(SeriesSet::new(MOST_ROWS)),
            paused_state: ArcStoredValue::default(),
        }
    }

    /// Changes the topic's model by calling `change` with it, without notifying the panel. While the board is paused,
    /// only a copy is changed that is not shown. Returns the result of `change`; `None` if the signals no longer
    /// exist.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Stream, &mut SeriesSet) -> T) -> Option<T> {
        self.change_shown(|stream, series| {
            self.paused_state.try_update_value(|paused_state| {
                let (stream, series) = paused_state.known_mut(stream, series);
                change(stream, series)
            })
        })?
    }

    /// Changes the shown state of the topic by calling `change` with it, without notifying the panel. This is done
    /// even while the board is paused. Returns the result of `change`; `None` if the signals no longer exist.
    pub(crate) fn change_shown<T>(&self, change: impl FnOnce(&mut Stream, &mut SeriesSet) -> T) -> Option<T> {
        let stream = self.stream.clone();
        self.series
            .try_update_untracked(|series| stream.try_update_untracked(|stream| change(stream, series)))?
    }

    /// Notifies the topic's panel, so that it shows the present state.
    pub(crate) fn notify(&self) {
        self.stream.notify();
        self.series.notify();
    }

    /// If `paused` is true, begins a pause, in which the shown state does not change. Otherwise ends it and replaces
    /// the shown state by the newest one.
    pub(crate) fn stand_still(&self, paused: bool) {
        self.change_shown(|stream, series| {
            self.paused_state.update_value(|paused_state| match paused {
                true => paused_state.begin(stream, series),
                false => paused_state.end(stream, series),
            });
        });
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
