//! The signals of one panel, which the components of the panel read.

use leptos::prelude::*;
use shared::{Freshness, Millis};

use crate::arrangement::Arrangement;
use crate::board::Board;
use board_model::chart::{Bounds, SeriesSet, Unit};
use board_model::chip::Chip;
use board_model::kind::Kind;
use board_model::placement::Place;
use board_model::stream::Stream;

/// Maximum time in milliseconds by which the right edge of a chart is ahead of the server's clock, in order to show
/// data with later time stamps. Data that is further ahead comes from a publisher whose clock is wrong.
const MOST_AHEAD_MS: Millis = 2_000;

/// The signals of one panel. They exist as long as the panel.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub board: Board,
    pub stream: RwSignal<Stream>,
    pub series: RwSignal<SeriesSet>,
    pub chip: Memo<Chip>,
    pub arrangement: Arrangement,
}

impl Shown {
    /// Returns the text beside the panel's name: the publisher's label and the unit or, for a log, the number of
    /// lines per minute.
    pub fn about(self) -> String {
        let now = self.board.edge;
        self.stream.with(|stream| match stream.kind() {
            Some(Kind::Log) => {
                let rate = lines_a_minute(stream.lines().a_minute(now.get()));
                joined(label(stream), Some(&rate))
            }
            Some(Kind::Line) => joined(label(stream), stream.meta().unit.as_deref()),
            Some(Kind::Number | Kind::State | Kind::Table) | None => joined(label(stream), None),
        })
    }

    /// Returns the place of the panel.
    pub fn place(self) -> Place {
        self.stream.with_untracked(|stream| self.arrangement.place(stream.topic()))
    }

    pub fn name(self) -> Signal<String> {
        Signal::derive(move || self.stream.with(|stream| stream.topic().to_string()))
    }

    /// Returns the time at the right edge of the panel's chart. This is the time by the server's clock, or the time
    /// stamp of the newest data if it is later.
    pub fn now_ms(self) -> Signal<Millis> {
        Memo::new(move |_| {
            let edge = self.board.edge.get();
            let newest = self.series.with(|series| series.last_time().unwrap_or(edge));
            newest.clamp(edge, edge + MOST_AHEAD_MS)
        })
        .into()
    }

    pub fn window_ms(self) -> Signal<i64> {
        Signal::derive(move || self.board.window.get().ms())
    }

    pub fn unit(self) -> Signal<Unit> {
        Memo::new(move |_| self.stream.with(Stream::unit)).into()
    }

    pub fn bounds(self) -> Signal<Bounds> {
        Memo::new(move |_| {
            self.stream.with(|stream| Bounds { min: stream.meta().min, max: stream.meta().max })
        })
        .into()
    }

    pub fn hole_ms(self) -> Signal<Option<i64>> {
        Memo::new(move |_| self.stream.with(Stream::hole_ms)).into()
    }

    pub fn stale(self) -> Signal<bool> {
        Memo::new(move |_| self.chip.with(|chip| chip.freshness == Freshness::Stale)).into()
    }
}

/// Returns the label that the publisher has given the topic; `None` if there is none or it only repeats the name.
fn label(stream: &Stream) -> Option<&str> {
    let label = stream.meta().label.as_deref()?;
    Some(label).filter(|label| !label.eq_ignore_ascii_case(stream.topic().leaf()))
}

fn joined(words: Option<&str>, more: Option<&str>) -> String {
    let parts: Vec<_> = words.into_iter().chain(more).filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

fn lines_a_minute(lines: usize) -> String {
    match lines {
        0 => "quiet".to_owned(),
        1 => "1 line a minute".to_owned(),
        _ => format!("{lines} lines a minute"),
    }
}
