//! The body of a state panel: the current state in large type, the time at which it began, and a strip of the earlier
//! states.

use leptos::prelude::*;

use super::big::font_size;
use super::shown::Shown;
use crate::follow::{current, follow, parts};
use crate::signal::Memo;
use board_model::buckets::strip::Part;
use board_model::chart::duration;
use board_model::placement::Rest;
use board_model::states::Severity;
use board_model::stream::Stream;
use shared::Millis;

pub(super) fn body(shown: Shown) -> impl IntoView {
    let state = Memo::new(move |_| {
        let past = shown.past();
        let is_begun = past.is_none_or(|(from, at)| from <= at);
        let state = |stream: &Stream| {
            state_at(stream, past.map(|(_, at)| at)).filter(|_| is_begun).unwrap_or("–").to_owned()
        };
        shown.stream.with(state)
    });
    let class = follow(move || format!("state-big is-{}", severity(shown, &state.get()).word()));
    let history = follow(move || {
        let is_past = shown.board.time.past().is_some();
        let (clock, now) = (shown.board.clock.get(), shown.board.edge.get_untracked());
        shown.stream.with(|stream| stream.states().history(clock, now).filter(|_| !is_past))
    });
    let size = font_size(shown, Rest::States, move || (longest(shown, state.get()), String::new()));
    view! {
        <div class=class style:font-size=size data-testid="value">{current(state)}</div>
        {follow(move || strip(shown).into_any())}
        <div class="note">{history}</div>
        {follow(move || earlier(shown).into_any())}
    }
}

/// Maximum number of earlier states in a list.
const MOST_EARLIER: usize = 20;

/// Shows the earlier states as a list, for which a high panel has room. In the past there is none.
fn earlier(shown: Shown) -> impl IntoView {
    let (clock, now) = (shown.board.clock.get(), shown.board.edge.get_untracked());
    let is_past = shown.board.time.past().is_some();
    let states = shown.stream.with(|stream| stream.states().earlier(if is_past { 0 } else { MOST_EARLIER }));
    let run = |(from, state, length): (Millis, String, Millis)| {
        view! { <li><span>{clock.moment(from, now)}</span><b>{state}</b><span>{duration(length)}</span></li> }
    };
    let is_shown = !states.is_empty();
    is_shown.then(
        || view! { <ul class="runs" aria-label="Earlier states">{parts(states.into_iter().map(run))}</ul> },
    )
}

/// Returns the state at a time of the past or, if it is `None`, the newest one.
fn state_at(stream: &Stream, at: Option<Millis>) -> Option<&str> {
    match (at, stream.look_back()) {
        (Some(at), Some(look_back)) => look_back.states.at(at),
        (Some(_), None) => None,
        (None, _) => stream.states().current(),
    }
}

fn severity(shown: Shown, state: &str) -> Severity {
    shown.stream.with(|stream| stream.severity(state))
}

/// Returns the longest of the states in the window and the current one, so that the font size does not depend on which
/// of them is the current one.
fn longest(shown: Shown, current: String) -> String {
    let earlier = runs(shown).into_iter().filter_map(|(part, _)| match part {
        Part::State(state) => Some(state),
        Part::Mixed(_) | Part::Nothing | Part::Lost | Part::Unloaded => None,
    });
    earlier.chain([current]).max_by_key(String::len).unwrap_or_default()
}

/// Returns the parts of the strip, each with its share of the window.
fn runs(shown: Shown) -> Vec<(Part, f64)> {
    let window = shown.board.time.stretch();
    let until = shown.known_until(window.end);
    shown.stream.with(|stream| stream.shown_states().strip(&window, until))
}

/// Returns the CSS class of a part, and its words.
fn looks(shown: Shown, part: Part) -> (String, String) {
    let plain = |class: &str, words: &str| (class.to_owned(), words.to_owned());
    match part {
        Part::State(state) => (format!("run is-{}", severity(shown, &state).word()), state),
        Part::Mixed(_) => plain("run is-mixed", "mixed: more changes than can be drawn"),
        Part::Nothing => plain("", ""),
        Part::Lost => plain("is-lost", "lost"),
        Part::Unloaded => plain("is-unloaded", "not loaded"),
    }
}

/// Shows the states in the window as a strip, each with a width in proportion to its duration. Screen readers do not
/// read the strip, since the note below it says the same in words.
fn strip(shown: Shown) -> impl IntoView {
    let run = |(part, share): (Part, f64)| {
        let (class, words) = looks(shown, part);
        view! { <i class=class style:flex-grow=weight(share) title=words></i> }
    };
    view! { <div class="strip" aria-hidden="true">{parts(runs(shown).into_iter().map(run))}</div> }
}

/// Returns a part of the strip's width as a value of the style `flex-grow`. It is a whole number, because the code that
/// writes fractions would make the page larger.
fn weight(share: f64) -> String {
    ((share * 10_000.0) as u32).to_string()
}
