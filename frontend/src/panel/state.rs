//! The body of a state panel: the current state in large type, the time at which it began, and a strip of the earlier
//! states.

use leptos::prelude::*;

use super::shown::Shown;
use crate::follow::{follow, parts};
use board_model::states::Severity;

pub(super) fn body(shown: Shown) -> impl IntoView {
    let state = Memo::new(move |_| shown.stream.with(|s| s.states().current().unwrap_or("–").to_owned()));
    let severity = Memo::new(move |_| severity(shown, &state.get()));
    let class = follow(move || format!("state-big is-{}", severity.get().word()));
    let history =
        follow(move || shown.stream.with(|stream| stream.states().history(shown.board.clock.get())));
    view! {
        <div class=class data-testid="value">{state}</div>
        {follow(move || strip(shown).into_any())}
        <div class="note">{history}</div>
    }
}

fn severity(shown: Shown, state: &str) -> Severity {
    shown.stream.with(|stream| stream.severity(state))
}

/// Shows the states in the window as a strip, each with a width in proportion to its duration. Screen readers do not
/// read the strip, since the note below it says the same in words.
fn strip(shown: Shown) -> impl IntoView {
    let edge = shown.board.edge.get();
    let window = edge - shown.board.window.get().ms()..edge;
    let runs = shown.stream.with(|stream| stream.states().strip(&window));
    let before = 1.0 - runs.iter().map(|(_, share)| share).sum::<f64>();
    let run = |(state, share): (String, f64)| {
        let class = format!("run is-{}", severity(shown, &state).word());
        view! { <i class=class style:flex-grow=share.to_string() title=state></i> }
    };
    view! {
        <div class="strip" aria-hidden="true">
            <i style:flex-grow=before.max(0.0).to_string()></i>
            {parts(runs.into_iter().map(run))}
        </div>
    }
}
