//! The panel of one topic: a head with the name and the state of the panel, and a body for the kind of data.
//!
//! To add a kind, add a variant of [`Kind`], a file in this folder, and the match arm in `Body` that the compiler
//! then requires.

mod big;
mod details;
mod line;
mod log;
mod number;
mod shown;
mod state;
mod table;

use leptos::prelude::*;
use shared::Topic;

use crate::arrangement::Arrangement;
use crate::board::Board;
use crate::follow::follow;
use board_model::kind::Kind;
use board_model::layout::short_name;
use board_model::placement::is_low;
use board_model::stream::Stream;
use details::Corner;
use shown::Shown;

/// Shows the panel of a topic. Shows nothing if the topic has just been removed from the board.
#[component]
pub fn Panel(
    /// Topic that the panel shows.
    topic: Topic,
) -> impl IntoView {
    let board: Board = expect_context();
    board.cell(&topic).map(|cell| {
        let (stream, series) = (RwSignal::from(cell.stream.clone()), RwSignal::from(cell.series.clone()));
        let chip = Memo::new(move |_| board.chip(&cell));
        let arrangement: Arrangement = expect_context();
        frame(&topic, Shown { board, stream, series, chip, arrangement })
    })
}

fn frame(topic: &Topic, shown: Shown) -> impl IntoView + use<> {
    let (name, whole_name) = (short_name(topic).to_owned(), topic.to_string());
    let group = whole_name.strip_suffix(&name).unwrap_or_default().to_owned();
    let kind = Memo::new(move |_| shown.stream.with(Stream::kind));
    let inset = follow(move || shown.arrangement.inset(shown.place()));
    let is_low = follow(move || is_low(shown.place(), shown.arrangement.scale()));
    view! {
        <section
            class="panel"
            class:is-low=is_low
            class:is-stale=shown.stale()
            style:inset=inset
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
