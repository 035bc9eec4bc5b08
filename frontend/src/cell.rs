//! The model of one topic, behind signals.

use leptos::prelude::*;

use board_model::budget::MOST_ROWS;
use board_model::chart::series::SeriesSet;
use board_model::kind::Kind;
use board_model::paused_state::PausedState;
use board_model::stream::Stream;
use shared::Topic;

/// The model of one topic, behind signals.
#[derive(Clone)]
pub struct Cell {
    /// All that is shown of the topic except its numbers.
    pub stream: ArcRwSignal<Stream>,
    /// The topic's numbers that are shown.
    pub series: ArcRwSignal<SeriesSet>,
    /// The data that arrived while paused and is not shown yet.
    paused_state: ArcStoredValue<PausedState>,
}

impl Cell {
    /// The model of a topic without publications.
    pub fn new(topic: Topic) -> Self {
        Self {
            stream: ArcRwSignal::new(Stream::new(topic)),
            series: ArcRwSignal::new(SeriesSet::new(MOST_ROWS)),
            paused_state: ArcStoredValue::default(),
        }
    }

    /// Changes the topic's model, without notifying its panel. While paused, the shown data stays as it is.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Stream, &mut SeriesSet) -> T) -> Option<T> {
        self.change_shown(|stream, series| {
            self.paused_state.try_update_value(|paused_state| {
                let (stream, series) = paused_state.known_mut(stream, series);
                change(stream, series)
            })
        })?
    }

    /// Changes the shown data, without notifying the panel.
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

    /// Freezes the shown data, or replaces it with the newest.
    pub(crate) fn stand_still(&self, paused: bool) {
        self.change_shown(|stream, series| {
            self.paused_state.update_value(|paused_state| match paused {
                true => paused_state.begin(stream, series),
                false => paused_state.end(stream, series),
            });
        });
    }

    /// Reads the newest state of the topic, which may be ahead of what is shown.
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

    /// The kind of the topic's panel; `None` before its first data.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.stream.with_untracked(Stream::kind)
    }
}
