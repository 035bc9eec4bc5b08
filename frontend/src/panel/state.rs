//! The body of a state panel: the current state in large type, the time at which it began, and a strip of the earlier
//! states.

use leptos::prelude::*;

use super::big::font_size;
use super::shown::Shown;
use crate::follow::{follow, parts};
use board_model::placement::Rest;
use board_model::states::Severity;

pub(super) fn body(shown: Shown) -> impl IntoView {
    let state = Memo::new(move |_| shown.stream.with(|s| s.states().current().unwrap_or("–").to_owned()));
    let class = follow(move || format!("state-big is-{}", severity(shown, &state.get()).word()));
    let history =
        follow(move || shown.stream.with(|stream| stream.states().history(shown.board.clock.get())));
    let size = font_size(shown, Rest::States, move || (longest(shown, state.get()), String::new()));
    view! {
        <div class=class style:font-size=size data-testid="value">{state}</div>
        {follow(move || strip(shown).into_any())}
        <div class="note">{history}</div>
    }
}

fn severity(shown: Shown, state: &str) -> Severity {
    shown.stream.with(|stream| stream.severity(state))
}

/// Returns the longest of the states in the window and the current one, so that the font size does not depend on which
/// of them is the current one.
fn longest(shown: Shown, current: String) -> String {
    let earlier = runs(shown).into_iter().map(|(state, _)| state);
    earlier.chain([current]).max_by_key(String::len).unwrap_or_default()
}

/// Returns the states in the window, each with its share of the window.
fn runs(shown: Shown) -> Vec<(String, f64)> {
    let edge = shown.board.edge.get();
    let window = edge - shown.board.window.get().ms()..edge;
    shown.stream.with(|stream| stream.states().strip(&window))
}

/// Shows the states in the window as a strip, each with a width in proportion to its duration. Screen readers do not
/// read the strip, since the note below it says the same in words.
fn strip(shown: Shown) -> impl IntoView {
    let runs = runs(shown);
    let before = 1.0 - runs.iter().map(|(_, share)| share).sum::<f64>();
    let run = |(state, share): (String, f64)| {
        let class = format!("run is-{}", severity(shown, &state).word());
        view! { <i class=class style:flex-grow=weight(share) title=state></i> }
    };
    view! {
        <div class="strip" aria-hidden="true">
            <i style:flex-grow=weight(before.max(0.0))></i>
            {parts(runs.into_iter().map(run))}
        </div>
    }
}

/// Returns a part of the strip's width as a value of the style `flex-grow`. It is a whole number, because the code that
/// writes fractions would make the page larger.
fn weight(share: f64) -> String {
    ((share * 10_000.0) as u32).to_string()
}
