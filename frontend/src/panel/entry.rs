//! The dialog with the whole of one log entry: its time, its text and its fields, which can be copied.

use leptos::html;
use leptos::prelude::*;

use super::shown::Shown;
use crate::follow::{click, current, effect, follow, parts, when};
use crate::prefs;
use crate::signal::{Memo, RwSignal};
use board_model::lines::{Level, Line};
use board_model::log_view::{fields, whole_text};

/// Shows the line `open` in a dialog, which is closed while it is `None`.
pub(super) fn dialog(open: RwSignal<Option<Line>>, shown: Shown) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    effect(move || {
        if let Some(dialog) = dialog.get().filter(|dialog| open.with(Option::is_some) && !dialog.open()) {
            // This fails only for a dialog that is already open or not in the page.
            let _shown = dialog.show_modal();
        }
    });
    let is_open = Memo::new(move |_| open.with(Option::is_some));
    view! {
        <dialog
            class="sheet entry"
            aria-label="Log entry"
            node_ref=dialog
            on:close=move |_| open.set(None)
            on:keydown=move |event| event.stop_propagation()
            data-testid="entry"
        >
            {when(is_open, move || open.get_untracked().map(|line| contents(&line, shown, dialog)))}
        </dialog>
    }
}

fn contents(line: &Line, shown: Shown, dialog: NodeRef<html::Dialog>) -> impl IntoView + use<> {
    let close = move || dialog.get_untracked().into_iter().for_each(|dialog| dialog.close());
    let (clock, now) = (shown.board.clock.get_untracked(), shown.board.edge.get_untracked());
    let day = clock.day(line.ts_ms, now);
    let time = [day.as_str(), &clock.milliseconds(line.ts_ms)].join(" ").trim_start().to_owned();
    let copied = RwSignal::new(false);
    let sent = line.data.as_deref().map(str::to_owned);
    let text = sent.as_deref().map_or_else(|| line.text.clone(), whole_text);
    let found = sent.as_deref().map(fields).unwrap_or_default();
    // The fields contain the text.
    let whole = if found.is_empty() { text } else { line.text.clone() };
    let copy = {
        let text = sent.unwrap_or_else(|| line.text.clone());
        click(move || copied.set(prefs::copy(&text, "Copy this entry:")))
    };
    let field = |(name, value): (String, String)| view! { <dt>{name}</dt><dd>{value}</dd> };
    let lost = line.has_lost_data.then(|| {
        view! { <p>"The fields of this entry are no longer kept, because the panel has many newer ones."</p> }
    });
    view! {
        <div class="sheet-top">
            <h2>{time}" "<small>{[line.topic.as_deref().unwrap_or_default(), word(line.level)].join(" ").trim().to_owned()}</small></h2>
            <button class="tool" type="button" class:is-done=current(copied) on:click=copy>
                {follow(move || if copied.get() { "Copied" } else { "Copy" })}
            </button>
            <button class="tool" type="button" on:click=click(close)>"Close"</button>
        </div>
        <div class="sheet-body">
            <pre>{whole}</pre>
            {lost}
            <dl class="details fields">{parts(found.into_iter().map(field))}</dl>
        </div>
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Plain => "",
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}
