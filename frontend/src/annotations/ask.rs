//! The dialog in which a person marks a moment.

use leptos::prelude::*;
use leptos::{ev, html};
use shared::{Millis, Topic};

use super::kept;
use crate::follow::{click, effect, follow};
use crate::signal::RwSignal;
use crate::tools::actor::Actor;
use crate::tools::dialog;
use crate::{http, late};
use board_model::events::MARKS_TOPIC;

/// Shows the dialog while a moment is being marked.
pub(crate) fn ask(actor: Actor) -> AnyView {
    let tools = actor.tools;
    let (node, field) = (NodeRef::<html::Dialog>::new(), NodeRef::<html::Input>::new());
    // The reason for which the mark is kept in this browser, after it was kept.
    let outcome = RwSignal::new(String::new());
    // The moment whose mark was sent and not answered yet.
    let sent = RwSignal::new(None);
    dialog::follow(node, move || tools.mark.with(Option::is_some));
    effect(move || {
        if tools.mark.get().is_some() {
            // The mark is shown by code that cannot be loaded if the server is lost in the meantime.
            late::prepare(super::load_events::entrance());
            outcome.set(String::new());
            field.get_untracked().iter().for_each(|field| field.set_value(""));
        }
    });
    let time = move || {
        tools.mark.get().map(|at| actor.board.clock.get().moment(at, actor.board.now.get_untracked()))
    };
    let close = move || tools.mark.set(None);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let text = field.get_untracked().map(|field| field.value().trim().to_owned()).unwrap_or_default();
        let at = tools
            .mark
            .get_untracked()
            .filter(|_| !text.is_empty() && outcome.with_untracked(String::is_empty))
            .filter(|at| sent.get_untracked() != Some(*at));
        if let Some(at) = at {
            sent.set(Some(at));
            crate::task::spawn(async move {
                mark(actor, at, text, outcome).await;
                if sent.get_untracked() == Some(at) {
                    sent.set(None);
                }
            });
        }
    };
    view! {
        <dialog
            class="sheet ask tool-ask"
            aria-labelledby="mark-title"
            node_ref=node
            on:close=dialog::on_close(node, close)
            data-testid="mark"
        >
            <form class="sign-in" on:submit=submit>
                <h2 id="mark-title">"Mark "{follow(time)}</h2>
                <p>{follow(move || { tools.mark.track(); place(actor) })}</p>
                <input
                    class="filter"
                    aria-label="Words for the mark"
                    placeholder="words, such as deploy 4.2"
                    autocomplete="off"
                    maxlength="500"
                    node_ref=field
                    data-testid="mark-words"
                />
                <p role="alert" data-testid="mark-outcome">{follow(move || outcome.get())}</p>
                <button class="tool" type="button" on:click=click(close)>"Close"</button>
                <button class="tool primary" type="submit" disabled=follow(move || outcome.with(|words| !words.is_empty()))>"Mark"</button>
            </form>
        </dialog>
    }
    .into_any()
}

/// Returns the topic of marks, if the reader may publish to it.
fn topic(actor: Actor) -> Option<Topic> {
    Topic::new(MARKS_TOPIC).ok().filter(|topic| actor.permit().may_publish(topic))
}

/// Returns a sentence that says who will see the mark.
fn place(actor: Actor) -> String {
    match topic(actor) {
        Some(topic) => format!("Everybody who sees {topic} on this server sees the mark in all charts."),
        None => {
            format!("Your token may not publish to {MARKS_TOPIC}, so the mark is kept in this browser only.")
        }
    }
}

/// Publishes a mark or, if that is not possible, keeps it in this browser and says so. By then, the dialog may be about another moment.
async fn mark(actor: Actor, at: Millis, text: String, outcome: RwSignal<String>) {
    let clock = actor.board.clock.get_untracked();
    let refused = match (topic(actor), actor.recorder.server()) {
        (Some(topic), Some((server, token))) => {
            let url = format!("{}/topics/{topic}?panel=event&ts={at}", server.http);
            match http::post(&url, token.as_deref(), serde_json::Value::from(text.as_str()).to_string()).await
            {
                Some(response) if response.ok() => None,
                Some(response) => Some(http::reason(response).await),
                None => Some("the server cannot be reached".to_owned()),
            }
        }
        _ => Some(String::new()),
    };
    let is_open = actor.tools.mark.get_untracked() == Some(at);
    match refused {
        None => {
            if is_open {
                actor.tools.mark.set(None);
            }
            actor.tools.say(format!("Marked {} in all charts", clock.seconds(at)));
        }
        Some(reason) => {
            kept::add(at, &text);
            actor.board.time.events.notify();
            let because =
                if reason.is_empty() { reason } else { [" It was not published: ", &reason, "."].concat() };
            let words = format!("The mark is kept in this browser only.{because}");
            if is_open { outcome.set(words) } else { actor.tools.say(words) }
        }
    }
}
