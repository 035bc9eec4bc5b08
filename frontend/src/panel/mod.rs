//! The panel of one topic: a head with the name and the state of the panel, and a body for the kind of data.
//!
//! The first picture shows values: figures, and the newest value of each series (`plain`). The code of charts is loaded when the views are
//! there, and that of states, logs and tables after the first panel is shown as a whole. The kinds that somebody has to choose (`drawn`) are loaded when one is shown.
//!
//! To add a kind, add a variant of [`Kind`], a file in this folder, and the match arm in `Body` that the compiler
//! then requires.

mod big;
mod charts;
mod details;
mod drawn;
mod entry;
mod hold;
mod line;
mod log;
mod number;
mod picture;
pub(crate) mod plain;
mod shown;
mod state;
pub(crate) mod still;
mod table;
mod take;
pub(crate) mod trail_store;
mod values;

use leptos::prelude::*;
use shared::Topic;

use crate::arrangement::Arrangement;
use crate::board::Board;
use crate::first_picture;
use crate::follow::{context, current, follow};
use crate::late;
use crate::list_style;
use crate::signal::{Memo, RwSignal};
use board_model::kind::Kind;
use board_model::layout::short_name;
use board_model::stream::Stream;
use charts::Charted;
use details::Corner;
use shown::Shown;

/// Shows the panel of a topic. Shows nothing if the topic has just been removed from the board.
#[component]
pub fn Panel(
    /// Topic that the panel shows.
    topic: Topic,
) -> impl IntoView {
    let (board, arrangement): (Board, Arrangement) = (context(), context());
    shown(board, arrangement, &topic).map(|shown| frame(&topic, shown))
}

/// Returns the signals of a panel; `None` if the board does not contain it.
fn shown(board: Board, arrangement: Arrangement, key: &Topic) -> Option<Shown> {
    let cell = untrack(|| board.shown_cell(key))?;
    let (stream, series) = (RwSignal::from(cell.stream.clone()), RwSignal::from(cell.series.clone()));
    let key = key.clone();
    let chip = Memo::new(move |_| board.panel_chip(&key, &cell));
    Some(Shown { board, stream, series, chip, arrangement })
}

/// Returns the panel of a topic as it stands; `None` if the board does not contain the topic. Its signals belong to the Leptos owner
/// that is running.
pub(crate) fn still(board: Board, arrangement: Arrangement, topic: &Topic) -> Option<still::Still> {
    shown(board, arrangement, topic).map(still::Still)
}

fn frame(topic: &Topic, shown: Shown) -> impl IntoView + use<> {
    let (name, whole_name) = (short_name(topic).to_owned(), topic.to_string());
    let group = whole_name.strip_suffix(&name).unwrap_or_default().to_owned();
    let names = shown.names();
    let hint = names.clone();
    let board = shown.board;
    let own = topic.clone();
    let title = Memo::new(move |_| board.boards.title(&own));
    let kind = Memo::new(move |_| shown.stream.with(Stream::kind));
    let inset = follow(move || shown.arrangement.inset(shown.place().unwrap_or_default()));
    let is_low = follow(move || shown.place().is_some_and(|place| shown.is_low(place)));
    let is_elsewhere = follow(move || shown.place().is_none());
    view! {
        <section
            class="panel"
            class:is-low=is_low
            class:is-elsewhere=is_elsewhere
            class:has-two-lines=follow(move || shown.head().lines > 1)
            class:has-mark-only=follow(move || !shown.head().has_words)
            class:has-no-group=follow(move || !shown.head().has_group)
            class:is-in-trouble=follow(move || shown.is_in_trouble())
            class:is-stale=current(shown.stale())
            style:inset=inset
            aria-label=names
            data-testid="panel"
            data-topic=whole_name.clone()
            data-kind=follow(move || kind.get().map(Kind::word))
        >
            <div class="top">
                <h3 class="name" title=hint>
                    // A title stands for the whole name.
                    <span class="of">{follow(move || if title.get().is_none() { group.clone() } else { String::new() })}</span>
                    {follow(move || title.get().unwrap_or_else(|| name.clone()))}
                </h3>
                <span class="path">{follow(move || shown.about())}</span>
                <Corner shown topic=whole_name.clone() />
            </div>
            <Body kind shown />
        </section>
    }
}

#[component]
fn Body(kind: Memo<Option<Kind>>, shown: Shown) -> impl IntoView {
    let is_log = Memo::new(move |_| shown.stream.with(Stream::is_log));
    follow(move || {
        kind.get().map(|kind| match kind {
            Kind::Line if !is_log.get() => charts::show(Charted::Line, shown),
            Kind::Number => number::body(shown).into_any(),
            Kind::State => load_words((Words::State, shown)),
            Kind::Log => load_words((Words::Log, shown)),
            Kind::Table => load_words((Words::Table, shown)),
            kind => drawn::body(kind, is_log.get(), shown),
        })
    })
}

/// The kinds whose bodies are loaded later.
#[derive(Clone, Copy)]
enum Words {
    State,
    Log,
    Table,
}

late::part!(load_words, (Words, Shown), words, quiet);

fn words((words, shown): (Words, Shown)) -> AnyView {
    list_style::adopt();
    first_picture::note();
    match words {
        Words::State => state::body(shown).into_any(),
        Words::Log => log::body(shown).into_any(),
        Words::Table => table::body(shown).into_any(),
    }
}

/// Loads the code of all bodies, which will probably be needed.
pub fn prepare() {
    charts::prepare();
    late::prepare(load_words::entrance());
}
