//! One topic's panel: a head that says how far it can be believed, and a body that suits its data.
//!
//! To add a kind: a variant of [`Kind`], a file here, and the arm in `Body` that the compiler then asks for.

mod details;
mod line;
mod log;
mod number;
mod state;
mod table;

use leptos::prelude::*;
use shared::{Freshness, Millis, Topic};

use crate::board::Board;
use crate::follow::follow;
use board_model::chart::{Bounds, SeriesSet, Unit};
use board_model::chip::Chip;
use board_model::kind::Kind;
use board_model::layout::short_name;
use board_model::stream::Stream;
use details::Corner;

/// A chart follows data this far ahead of the server's clock, in milliseconds; beyond it the publisher's clock is
/// wrong, and the other charts are right.
const MOST_AHEAD_MS: Millis = 2_000;

/// What a panel shows, as signals that live as long as the panel.
#[derive(Clone, Copy)]
struct Shown {
    board: Board,
    stream: RwSignal<Stream>,
    series: RwSignal<SeriesSet>,
    chip: Memo<Chip>,
}

/// The panel of a topic; nothing if the topic has just been taken away.
#[component]
pub fn Panel(
    /// Whose.
    topic: Topic,
) -> impl IntoView {
    let board: Board = expect_context();
    board.cell(&topic).map(|cell| {
        let (stream, series) = (RwSignal::from(cell.stream.clone()), RwSignal::from(cell.series.clone()));
        let chip = Memo::new(move |_| board.chip(&cell));
        frame(&topic, Shown { board, stream, series, chip })
    })
}

fn frame(topic: &Topic, shown: Shown) -> impl IntoView + use<> {
    let (name, whole_name) = (short_name(topic).to_owned(), topic.to_string());
    let group = whole_name.strip_suffix(&name).unwrap_or_default().to_owned();
    let kind = Memo::new(move |_| shown.stream.with(Stream::kind));
    let is_wide = Memo::new(move |_| shown.stream.with(Stream::is_wide));
    let freshness = Memo::new(move |_| shown.chip.with(|chip| chip.freshness));
    view! {
        <section
            class="panel"
            class:wide=is_wide
            class:is-stale=follow(move || freshness.get() == Freshness::Stale)
            aria-label=whole_name.clone()
            data-testid="panel"
            data-topic=whole_name.clone()
            data-kind=follow(move || kind.get().map(Kind::word))
        >
            <div class="top">
                <h3 class="name" title=whole_name.clone()><span class="of">{group}</span>{name}</h3>
                <span class="path">{follow(move || shown.about())}</span>
                <Corner shown topic=whole_name.clone() />
            </div>
            <Body kind shown />
        </section>
    }
}

#[component]
fn Body(kind: Memo<Option<Kind>>, shown: Shown) -> impl IntoView {
    follow(move || {
        kind.get().map(|kind| match kind {
            Kind::Line => line::body(shown).into_any(),
            Kind::Number => number::body(shown).into_any(),
            Kind::State => state::body(shown).into_any(),
            Kind::Log => log::body(shown).into_any(),
            Kind::Table => table::body(shown).into_any(),
        })
    })
}

impl Shown {
    /// A few words beside the name: the publisher's, else the unit or the rate.
    fn about(self) -> String {
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

    fn name(self) -> Signal<String> {
        Signal::derive(move || self.stream.with(|stream| stream.topic().to_string()))
    }

    /// The right edge: the server's clock, or newer data.
    fn now_ms(self) -> Signal<Millis> {
        Memo::new(move |_| {
            let edge = self.board.edge.get();
            let newest = self.series.with(|series| series.last_time().unwrap_or(edge));
            newest.clamp(edge, edge + MOST_AHEAD_MS)
        })
        .into()
    }

    fn window_ms(self) -> Signal<i64> {
        Signal::derive(move || self.board.window.get().ms())
    }

    fn unit(self) -> Signal<Unit> {
        Memo::new(move |_| {
            self.stream.with(|stream| Unit::parse(stream.meta().unit.as_deref().unwrap_or_default()))
        })
        .into()
    }

    fn bounds(self) -> Signal<Bounds> {
        Memo::new(move |_| {
            self.stream.with(|stream| Bounds { min: stream.meta().min, max: stream.meta().max })
        })
        .into()
    }

    fn hole_ms(self) -> Signal<Option<i64>> {
        Memo::new(move |_| self.stream.with(Stream::hole_ms)).into()
    }

    fn stale(self) -> Signal<bool> {
        Memo::new(move |_| self.chip.with(|chip| chip.freshness == Freshness::Stale)).into()
    }
}

/// The publisher's words for a topic, unless they only repeat its name.
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
