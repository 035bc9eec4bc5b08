//! The body of a list: the newest number of each series as a horizontal bar, the largest first.

use leptos::prelude::*;

use super::super::shown::Shown;
use super::signals::target;
use crate::follow::{current, follow, numbered};
use crate::signal::{Memo, RwSignal};
use board_model::bar_list::{Bar, Wanted, bars, in_order, target_words};

pub(super) fn body(shown: Shown) -> impl IntoView {
    // Nothing moves while a pointer rests on the list, or while it has the focus.
    let is_held = RwSignal::new(false);
    let target = target(shown);
    let bars = Memo::new(move |before: Option<&Vec<Bar>>| {
        let bars = all(shown, target.get());
        match before.filter(|_| is_held.get()) {
            Some(before) => in_order(bars, &before.iter().map(|bar| bar.column).collect::<Vec<_>>()),
            None => bars,
        }
    });
    let count = Memo::new(move |_| bars.with(Vec::len));
    let note = Memo::new(move |_| {
        let unit = shown.unit().get();
        let words = |target| shown.series.with(|set| target_words(set, &unit, target));
        let target = target.get().and_then(words);
        let held = is_held.get().then(|| "the order is held".to_owned());
        let parts: Vec<String> = target.into_iter().chain(held).collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    });
    view! {
        <div
            class="rows bar-list"
            tabindex="0"
            role="region"
            aria-label=current(shown.name())
            on:pointerenter=move |_| is_held.set(true)
            on:pointerleave=move |_| is_held.set(false)
            on:focusin=move |_| is_held.set(true)
            on:focusout=move |_| is_held.set(false)
        >
            <table>
                <caption class="visually-hidden">{follow(move || format!("{}, largest values first", shown.name().get()))}</caption>
                <tbody>{numbered(count, move |place| row(bars, place).into_any())}</tbody>
            </table>
        </div>
        <p class="note" data-testid="list-note">{follow(move || note.get())}</p>
    }
}

fn all(shown: Shown, target: Option<f64>) -> Vec<Bar> {
    let (unit, bounds, past) = (shown.unit().get(), shown.bounds().get(), shown.past());
    let (now, hole_ms, clock) =
        (shown.board.edge.get_untracked(), shown.hole_ms().get(), shown.board.clock.get());
    shown.series.with(|set| bars(&Wanted { set, unit: &unit, bounds, target, past, now, hole_ms, clock }))
}

/// Shows the row at a place of the order.
fn row(bars: Memo<Vec<Bar>>, place: usize) -> impl IntoView {
    let bar = Memo::new(move |_| bars.with(|bars| bars.get(place).cloned()));
    let read = move |part: fn(&Bar) -> String| bar.with(|bar| bar.as_ref().map(part).unwrap_or_default());
    view! {
        <tr class:is-over=follow(move || bar.with(|bar| bar.as_ref().is_some_and(|bar| bar.is_over)))>
            <th scope="row">{follow(move || read(|bar| bar.name.clone()))}</th>
            <td title=follow(move || bar.with(|bar| bar.as_ref()?.hint()))>
                <small>{follow(move || read(|bar| bar.when.clone().unwrap_or_default()))}</small>
                <b>{follow(move || read(|bar| bar.text.clone()))}</b>
                <i class="level-bar" aria-hidden="true">
                    <i style:left=follow(move || read(|bar| percent(bar.span.map(|span| span.0))))
                        style:width=follow(move || read(|bar| percent(bar.span.map(|span| span.1 - span.0))))></i>
                    <u style:left=follow(move || read(|bar| percent(bar.target))) hidden=follow(move || bar.with(|bar| bar.as_ref().is_none_or(|bar| bar.target.is_none())))></u>
                </i>
            </td>
        </tr>
    }
}

fn percent(share: Option<f64>) -> String {
    format!("{:.2}%", share.unwrap_or(0.0) * 100.0)
}
