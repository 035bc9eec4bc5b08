//! The text in the corner of a panel, which tells the state of the panel, and the details that it opens. The code of the details
//! is loaded when they are first opened.

use leptos::prelude::*;
use shared::{Freshness, Millis};

use super::shown::Shown;
use super::take;
use crate::follow::{follow, parts, when};
use crate::late::part;
use crate::late_style;
use crate::signal::{Memo, RwSignal};
use board_model::chart::readout::exact_values;
use board_model::chip::{Chip, loss_words};
use board_model::kind::Kind;

part!(load_details, Shown, details);

/// Shows the text in a panel's corner, which tells the state of the panel. A press opens the details.
#[component]
pub(super) fn Corner(shown: Shown, topic: String) -> impl IntoView {
    let (chip, id) = (shown.chip, format!("details-{topic}"));
    let was_opened = RwSignal::new(false);
    let is_shown = Memo::new(move |_| was_opened.get());
    view! {
        <button
            class=follow(move || chip.with(chip_class))
            type="button"
            popovertarget=id.clone()
            title=follow(move || chip.with(|chip| chip.title.clone()))
            data-testid="freshness"
            data-freshness=follow(move || chip.with(|chip| chip.freshness.map(Freshness::word)))
            data-standing=follow(move || Some(chip.with(|chip| chip.state.word())))
        >
            {follow(move || chip.with(|chip| chip.text.clone()))}
        </button>
        <div class="pop" id=id popover="auto" on:toggle=move |_| was_opened.set(true) data-testid="details">
            <h4>{topic}</h4>
            {when(is_shown, move || load_details(shown))}
        </div>
    }
}

/// Shows the state in sentences, the exact values of numbers that are shortened, and every range of time whose data was lost.
fn details(shown: Shown) -> AnyView {
    late_style::adopt(include_str!("../../style/late/details.css"));
    let list = |items: fn(Shown) -> Vec<String>| {
        follow(move || parts(items(shown).into_iter().map(|item| view! { <li>{item}</li> })))
    };
    view! {
        <p>{follow(move || shown.chip.with(|chip| chip.title.clone()))}</p>
        <p>{follow(move || not_drawn(shown))}</p>
        <ul class="exact" data-testid="exact">{list(exact)}</ul>
        <ul>{list(losses)}</ul>
        {take::show(shown)}
    }
    .into_any()
}

/// Returns the numbers that the panel shows shortened or with a prefix, as they were sent.
fn exact(shown: Shown) -> Vec<String> {
    let (unit, past) = (shown.unit().get(), shown.past());
    let is_chart = shown.stream.with(|stream| stream.kind().is_some_and(Kind::has_numbers));
    let values = || shown.series.with(|set| exact_values(set, &unit, past.map(|(from, at)| from..at)));
    if is_chart { values() } else { Vec::new() }
}

fn losses(shown: Shown) -> Vec<String> {
    // The present time is needed only for the date of a loss on another day.
    let (clock, now) = (shown.board.clock.get(), shown.board.now.get_untracked());
    let words = |loss| loss_words(loss, now, clock);
    shown.stream.with(|stream| stream.losses(Millis::MIN).map(words).collect())
}

/// Returns a sentence with the names of the published fields that the panel cannot draw; `None` if it can draw all of
/// them.
fn not_drawn(shown: Shown) -> Option<String> {
    shown.stream.with(|stream| {
        let fields = stream.not_drawn();
        (!fields.is_empty()).then(|| format!("Fields that are not drawn: {}", fields.join(", ")))
    })
}

/// Returns the classes of the text in a panel's corner.
pub(super) fn chip_class(chip: &Chip) -> String {
    let crossed = chip.crossed.map(|means| [" has-", means.word()].concat());
    ["chip ", chip.state.word(), &crossed.unwrap_or_default()].concat()
}
