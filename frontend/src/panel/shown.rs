//! The signals of one panel, which the components of the panel read.

use std::ops::Range;

use leptos::prelude::*;
use shared::{Freshness, Millis, Topic};

use crate::arrangement::Arrangement;
use crate::board::Board;
use crate::signal::{Memo, RwSignal, Signal};
use board_model::chart::{Bounds, SeriesSet, Unit, length};
use board_model::chip::Chip;
use board_model::kind::Kind;
use board_model::placement::{Head, Place, Rest};
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
        let stretch = self.board.time.stretch();
        let each = self.series.with(|series| series.step_within(&stretch)).map(each_words);
        // A stack shows no ranges, and bars and heat maps have words of their own.
        let each = each.filter(|_| {
            self.stream.with(|stream| {
                matches!(stream.kind(), Some(Kind::Line | Kind::Area | Kind::Step | Kind::Number))
            })
        });
        self.stream.with(|stream| match stream.kind() {
            Some(kind) if kind.has_several() => {
                let unit = stream.meta().unit.as_deref().filter(|unit| !unit.is_empty());
                let rounded = stream.unit().rounding();
                let more: Vec<&str> =
                    unit.into_iter().chain(rounded.as_deref()).chain(each.as_deref()).collect();
                joined(label(stream), Some(&more.join(" · ")))
            }
            Some(Kind::Log) if stream.look_back().is_some() => joined(label(stream), None),
            Some(Kind::Log) => {
                // Lines are ordered by the times of a publisher whose clock is behind.
                let behind_ms = stream.clock_error_ms().unwrap_or(0).min(0);
                let lines = stream.lines();
                let count = lines.a_minute(now.get() + behind_ms);
                let rate = lines_a_minute(count, count == lines.len() && lines.left_out() > 0);
                joined(label(stream), Some(&rate))
            }
            Some(Kind::Number) => {
                let rounded = stream.unit().rounding();
                let more: Vec<&str> = rounded.as_deref().into_iter().chain(each.as_deref()).collect();
                joined(label(stream), Some(&more.join(" · ")))
            }
            Some(_) | None => joined(label(stream), None),
        })
    }

    /// Returns the beginning of the stretch that the panel shows, and the time up to which it shows it: that of the
    /// crosshair, the end of the stretch or the present time. Returns `None` for live data. The time is before the beginning
    /// if the stretch has not begun.
    pub fn past(self) -> Option<(Millis, Millis)> {
        let (past, crosshair) = (self.board.time.past()?, self.board.time.crosshair.get());
        let until = past.end.min(self.known_until(past.end));
        Some((past.start, crosshair.filter(|at| past.contains(at)).unwrap_or(until).min(until)))
    }

    /// Returns the present time, or `end` if it is not later. The caller does not follow the present time then.
    pub fn known_until(self, end: Millis) -> Millis {
        let is_over = end <= self.board.now.get_untracked();
        if is_over { end } else { self.board.now.get() }
    }

    /// Returns the place of the panel; `None` if it is on another page of a wall.
    pub fn place(self) -> Option<Place> {
        self.stream.with_untracked(|stream| self.arrangement.place(stream.topic()))
    }

    /// Returns true if the panel, at this place, has little height for its figure and the rest of its contents.
    pub fn is_low(self, place: Place) -> bool {
        self.stream.with_untracked(|stream| self.arrangement.is_low(stream.topic(), place))
    }

    /// Returns the head of the panel.
    pub fn head(self) -> Head {
        let Some(place) = self.place() else { return Head::default() };
        self.stream.with_untracked(|stream| self.arrangement.head(stream.topic(), place))
    }

    /// Returns true if the panel is on a wall and in trouble.
    pub fn is_in_trouble(self) -> bool {
        self.stream.with_untracked(|stream| self.arrangement.is_in_trouble(stream.topic()))
    }

    /// Returns the font size in CSS pixels of the panel's figure, whose text has this width as a multiple of the font
    /// size.
    pub fn figure_px(self, place: Place, text_em: f64, rest: Rest) -> f64 {
        self.stream.with_untracked(|stream| self.arrangement.figure_px(stream.topic(), place, text_em, rest))
    }

    pub fn name(self) -> Signal<String> {
        let names = Memo::new(move |_| {
            self.stream.track();
            self.names()
        });
        names.into()
    }

    /// Returns the name of the panel's topic, or the names of its topics.
    pub fn names(self) -> String {
        let key = self.stream.with_untracked(|stream| stream.topic().clone());
        let Some(topics) = self.board.boards.topics(&key) else { return key.to_string() };
        let mut names: Vec<&str> = topics.iter().map(Topic::as_str).collect();
        names.dedup();
        names.join(", ")
    }

    /// Returns the time at the right edge of the panel's chart. For live data it is the time by the server's clock, or
    /// the time stamp of the newest data if it is later.
    pub fn now_ms(self) -> Signal<Millis> {
        Memo::new(move |_| {
            if let Some(past) = self.board.time.past() {
                return past.end;
            }
            let edge = self.board.edge.get();
            let newest = self.series.with(|series| series.last_time().unwrap_or(edge));
            newest.clamp(edge, edge + MOST_AHEAD_MS)
        })
        .into()
    }

    /// Returns the times at the edges of the panel as they are now.
    pub fn stretch(self) -> Range<Millis> {
        untrack(|| {
            let end = self.now_ms().get();
            end - self.window_ms().get()..end
        })
    }

    pub fn window_ms(self) -> Signal<i64> {
        Memo::new(move |_| self.board.time.length_ms()).into()
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
        Memo::new(move |_| self.chip.with(|chip| chip.freshness == Some(Freshness::Stale))).into()
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

/// Returns a text about buckets of this length: a line joins the first and the last value of each, and an area reaches
/// from the lowest to the highest.
fn each_words(step_ms: u64) -> String {
    ["range of each ", &length(i64::try_from(step_ms).unwrap_or(i64::MAX))].concat()
}

/// Returns the number of lines in the last minute in words. `has_more` is true if there were others that are no longer kept.
fn lines_a_minute(lines: usize, has_more: bool) -> String {
    match lines {
        _ if has_more => format!("{lines} or more lines a minute"),
        0 => "quiet".to_owned(),
        1 => "1 line a minute".to_owned(),
        _ => format!("{lines} lines a minute"),
    }
}
