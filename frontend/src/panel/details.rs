//! The text in the corner of a panel, which tells the state of the panel, and the details that it opens.

use leptos::prelude::*;
use shared::Millis;

use super::shown::Shown;
use crate::follow::{follow, parts};
use board_model::chip::{Chip, loss_words};

/// Shows the text in a panel's corner, which tells the state of the panel. A press opens the details, which list
/// every range of time whose data was lost.
#[component]
pub(super) fn Corner(shown: Shown, topic: String) -> impl IntoView {
    let (chip, id) = (shown.chip, format!("details-{topic}"));
    view! {
        <button
            class=follow(move || chip.with(chip_class))
            type="button"
            popovertarget=id.clone()
            title=follow(move || chip.with(|chip| chip.title.clone()))
            data-testid="freshness"
            data-freshness=follow(move || Some(chip.with(|chip| chip.freshness.word())))
            data-standing=follow(move || Some(chip.with(|chip| chip.state.word())))
        >
            {follow(move || chip.with(|chip| chip.text.clone()))}
        </button>
        <div class="pop" id=id popover="auto" data-testid="details">
            <h4>{topic}</h4>
            <p>{follow(move || chip.with(|chip| chip.title.clone()))}</p>
            <p>{follow(move || not_drawn(shown))}</p>
            <ul>{follow(move || parts(losses(shown).into_iter().map(|loss| view! { <li>{loss}</li> })))}</ul>
        </div>
    }
}

fn losses(shown: Shown) -> Vec<String> {
    let clock = shown.board.clock.get();
    let words = |(from, to)| loss_words(from, to, clock);
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

fn chip_class(chip: &Chip) -> String {
    format!("chip {}", chip.state.word())
}
