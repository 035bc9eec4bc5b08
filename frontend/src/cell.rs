//! The model of one topic in signals, so that its panel is drawn again after a change.

use leptos::prelude::*;

use board_model::budget::MOST_ROWS;
use board_model::chart::series::SeriesSet;
use board_model::kind::Kind;
use board_model::paused_state::PausedState;
use board_model::stream::Stream;
use shared::Topic;

/// The model of one topic in signals, so that its panel is drawn again after a change.
#[derive(Clone)]
pub struct Cell {
    /// The data of the topic that is shown, apart from its numbers.
    pub stream: ArcRwSignal<Stream>,
    /// The numbers of the topic that are shown.
    pub series: ArcRwSignal<SeriesSet>,
    /// The data that arrived while paused and is not shown yet.
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

    /// Changes the topic's model without notifying its panel. While the board is paused, the shown data stays as it is.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Stream, &mut SeriesSet) -> T) -> Option<T> {
        self.change_shown(|stream, series| {
            self.paused_state.try_update_value(|paused_state| {
                let (stream, series) = paused_state.known_mut(stream, series);
                change(stream, series)
            })
        })?
    }

    /// Changes the shown data without notifying the panel, even while the board is paused.
    pub(crate) fn change_shown<T>(&self, change: impl FnOnce(&mut Stream, &mut SeriesSet) -> T) -> Option<T> {
        let stream = self.stream.clone();
        self.series
            .try_update_untracked(|series| stream.try_update_untracked(|stream| change(stream, series)))?
    }

    /// Notifies the panel.
    pub(crate) fn notify(&self) {
        self.stream.notify();
        self.series.notify();
    }

    /// Freezes the shown data if `paused` is true, and otherwise replaces it with the newest data.
    pub(crate) fn stand_still(&self, paused: bool) {
        self.change_shown(|stream, series| {
            self.paused_state.update_value(|paused_state| match paused {
                true => paused_state.begin(stream, series),
                false => paused_state.end(stream, series),
            });
        });
    }

    /// Calls `read` with the newest data of the topic, which may be newer than what is shown.
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

    /// Returns the kind of the topic's panel; `None` before the first data.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.stream.with_untracked(Stream::kind)
    }
}
