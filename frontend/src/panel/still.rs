//! A panel that stands still, for a file or for paper: its texts, and its chart in colours of choice.

use std::ops::Range;

use leptos::prelude::*;
use shared::Millis;
use web_sys::HtmlCanvasElement;

use super::drawn;
use super::shown::Shown;
use super::values;
use crate::chart::off_page::{self, Sheet};
use crate::chart::{Inputs, Palette};
use crate::prefs;
use crate::signal::RwSignal;
use board_model::chart::draw::Shape;
use board_model::chart::keys::Key;
use board_model::chart::{Hidden, Look};
use board_model::csv::others::state_spans;
use board_model::figure::Figure;
use board_model::kind::Kind;
use board_model::stream::Stream;
use board_model::zone::zone_name;

/// A panel that stands still. It must be used at once, because it reads signals.
#[derive(Clone, Copy)]
pub(crate) struct Still(pub(super) Shown);

/// A part of a panel's texts in rows, the most important first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    /// Headings of the columns; empty if there are none.
    pub heads: Vec<String>,
    /// Cells of each row.
    pub rows: Vec<Vec<String>>,
    /// Number of rows that are left out.
    pub left_out: u64,
}

impl Still {
    /// Returns the name of the panel: the whole topic, and its title on the board if it has another.
    pub fn name(self) -> String {
        let topic = self.0.name().get_untracked();
        let title =
            self.0.stream.with_untracked(|stream| untrack(|| self.0.board.boards.title(stream.topic())));
        match title.filter(|title| *title != topic) {
            Some(title) => format!("{title} ({topic})"),
            None => topic,
        }
    }

    /// Returns the label of the publisher, the unit and what else is said beside the name.
    pub fn about(self) -> String {
        untrack(|| self.0.about())
    }

    /// Returns the state of the panel in words.
    pub fn state(self) -> String {
        self.0.chip.with_untracked(|chip| chip.text.clone())
    }

    /// Returns the times at the edges of the panel.
    pub fn stretch(self) -> Range<Millis> {
        self.0.stretch()
    }

    /// Returns the times at the edges of the panel in words, with their day, because a file is read on other days, and the time zone.
    pub fn times(self) -> String {
        untrack(|| {
            let clock = self.0.board.clock.get();
            let stretch = self.stretch();
            let zone = zone_name(clock.offset_at(stretch.end));
            format!("{}, {zone}", clock.stretch(&stretch, 0))
        })
    }

    /// Returns the figure in large type, with its unit, and the text about it that stands below, such as the number of the series that are
    /// not shown, which may be empty. Returns `None` for a panel without a figure.
    pub fn figure(self) -> Option<(String, String)> {
        untrack(|| {
            let (past, clock) = (self.0.past(), self.0.board.clock.get());
            self.0.stream.with(|stream| match stream.kind()? {
                Kind::Gauge if self.has_many() => None,
                Kind::Number | Kind::Gauge => self.0.series.with(|set| {
                    let figure = match past {
                        Some(past) => Figure::at(stream, set, past, clock),
                        None => Figure::of(stream, set, clock),
                    };
                    let words = [figure.text, figure.unit].join("\u{a0}").trim_end().to_owned();
                    Some((words, figure.note.unwrap_or_default()))
                }),
                Kind::State => Some((state(stream, past), String::new())),
                _ => None,
            })
        })
    }

    /// Draws the chart, and returns it with its legend, which has at most `most_keys` series. Returns `None` for a panel without a chart.
    pub fn chart(
        self,
        size: [f64; 2],
        density: f64,
        palette: &Palette,
        most_keys: usize,
    ) -> Option<(HtmlCanvasElement, Vec<Key>)> {
        let (kind, is_log) = self.0.stream.with_untracked(|stream| (stream.kind(), stream.is_log()));
        let (look, shape) = match kind? {
            Kind::Line if !is_log => (Look::Line, None),
            Kind::Gauge if self.has_many() => return None,
            Kind::Number | Kind::Gauge => (Look::Sparkline, None),
            Kind::State | Kind::Timeline | Kind::List | Kind::Log | Kind::Table => return None,
            kind => (Look::Line, Some(drawn::shape(kind, is_log))),
        };
        let owner = Owner::new();
        let drawn = owner.with(|| {
            provide_context(self.0.board.time);
            off_page::draw(inputs(self.0, look, shape), Sheet { size, density, palette }, most_keys)
        });
        owner.cleanup();
        drawn
    }

    /// Returns true if the panel has several series, so that a gauge is shown as rows.
    fn has_many(self) -> bool {
        self.0.series.with_untracked(|set| set.series().len() > 1)
    }

    /// Returns at most `most` rows of a panel that shows texts: states, lines of a log, or rows of a table, the newest first.
    pub fn rows(self, most: usize) -> Rows {
        untrack(|| {
            let clock = self.0.board.clock.get();
            self.0.stream.with(|stream| match stream.kind() {
                Some(Kind::State) => {
                    let stretch = self.stretch();
                    let spans = state_spans(stream, &stretch, self.0.board.now.get());
                    let time = |at| clock.seconds_beside(at, stretch.end);
                    let rows = spans.into_iter().rev().map(|(span, words)| vec![time(span.start), words]);
                    cut(Vec::new(), rows.collect(), most, 0)
                }
                Some(Kind::Log) => {
                    let error_ms = stream.clock_error_ms().unwrap_or(0);
                    let lines = stream.lines().newest(usize::MAX);
                    let rows = lines.map(|line| {
                        let topic = line.topic.as_deref().map(str::to_owned);
                        let time = clock.milliseconds(line.ts_ms - error_ms);
                        [time].into_iter().chain(topic).chain([line.text.clone()]).collect()
                    });
                    cut(Vec::new(), rows.collect(), most, stream.lines().left_out())
                }
                Some(Kind::Table) => {
                    let table = stream.table();
                    let heads = table.columns.iter().map(|column| column.name.clone()).collect();
                    cut(heads, table.rows.clone(), most, table.rows_left_out as u64)
                }
                Some(Kind::Timeline) => {
                    let rows = drawn::timeline::all(self.0).into_iter();
                    let rows = rows.map(|row| vec![row.name, row.state, row.since.unwrap_or_default()]);
                    cut(Vec::new(), rows.collect(), most, 0)
                }
                Some(Kind::List | Kind::Gauge) => {
                    let values = values::of(self.0).into_iter().map(|value| vec![value.name, value.text]);
                    cut(Vec::new(), values.collect(), most, 0)
                }
                _ => Rows::default(),
            })
        })
    }
}

fn cut(heads: Vec<String>, mut rows: Vec<Vec<String>>, most: usize, left_out: u64) -> Rows {
    let left_out = left_out + rows.len().saturating_sub(most) as u64;
    rows.truncate(most);
    Rows { heads, rows, left_out }
}

/// Returns the state that the panel shows in large type.
fn state(stream: &Stream, past: Option<(Millis, Millis)>) -> String {
    let state = match (past, stream.look_back()) {
        (Some((_, at)), Some(look_back)) => look_back.states.at(at),
        (Some(_), None) => None,
        (None, _) => stream.states().current(),
    };
    state.unwrap_or("–").to_owned()
}

fn inputs(shown: Shown, look: Look, shape: Option<Shape>) -> Inputs {
    let topic = shown.stream.with_untracked(|stream| stream.topic().clone());
    let hidden = if look == Look::Line { prefs::hidden(&topic) } else { Hidden::default() };
    Inputs {
        set: shown.series.into(),
        right_edge: shown.now_ms(),
        window_ms: shown.window_ms(),
        look,
        shape,
        unit: shown.unit(),
        bounds: shown.bounds(),
        hole_ms: shown.hole_ms(),
        hidden: RwSignal::new(hidden),
        stale: shown.stale(),
        clock: shown.board.clock.into(),
        stream: Some(shown.stream),
    }
}
