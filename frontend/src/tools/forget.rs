//! The question before a topic is deleted with its history.

use gloo_net::http::Method;
use leptos::html;
use leptos::prelude::*;
use shared::Topic;

use super::actor::Actor;
use super::dialog;
use crate::follow::{click, follow};
use crate::http;
use crate::signal::RwSignal;
use tickertape_session::Session;

/// Shows the question while a topic is about to be deleted.
pub(super) fn show(actor: Actor) -> AnyView {
    let (tools, node) = (actor.tools, NodeRef::<html::Dialog>::new());
    let refusal = RwSignal::new(String::new());
    // The topic whose deletion was requested and not answered yet.
    let sent = RwSignal::new(None);
    dialog::follow(node, move || tools.forget.with(Option::is_some));
    let close = move || tools.forget.set(None);
    let name = move || tools.forget.with(|topic| topic.as_ref().map(Topic::to_string).unwrap_or_default());
    let confirm = move || {
        let topic = tools.forget.get_untracked();
        if topic.is_none() || topic == sent.get_untracked() {
            return;
        }
        sent.set(topic.clone());
        crate::task::spawn(async move {
            if let Some(topic) = &topic {
                delete(actor, topic, refusal).await;
            }
            if sent.get_untracked() == topic {
                sent.set(None);
            }
        });
    };
    view! {
        <dialog
            class="sheet ask tool-ask"
            role="alertdialog"
            aria-labelledby="forget-title"
            aria-describedby="forget-lost"
            node_ref=node
            on:close=dialog::on_close(node, move || {
                close();
                refusal.set(String::new());
            })
            data-testid="forget"
        >
            <div class="sign-in">
                <h2 id="forget-title">"Forget "{follow(name)}"?"</h2>
                <p id="forget-lost" data-testid="forget-lost">{follow(move || tools.forget.with(|topic| lost(actor, topic.as_ref())))}</p>
                <p role="alert">{follow(move || refusal.get())}</p>
                // The safe answer has the focus.
                <button class="tool" type="button" autofocus=true on:click=click(close)>"Keep it"</button>
                <button class="tool primary" type="button" on:click=click(confirm) data-testid="forget-confirm">
                    "Forget "{follow(name)}
                </button>
            </div>
        </dialog>
    }
    .into_any()
}

/// Names what is lost.
fn lost(actor: Actor, topic: Option<&Topic>) -> String {
    let (Some(topic), board) = (topic, actor.board) else { return String::new() };
    let position = board.view_session(|session: &Session, _| session.position(topic)).flatten();
    let last = board.cell(topic).and_then(|cell| cell.with_known(|stream, _| stream.last_received()));
    let count = match position.map(|position| position.offset) {
        Some(1) => "1 publication".to_owned(),
        Some(count) => format!("{count} publications"),
        None => "all publications".to_owned(),
    };
    let last = last.map(|at| {
        let (clock, now) = (board.clock.get_untracked(), board.now.get_untracked());
        format!(", the last of {}", clock.moment(at, now))
    });
    format!(
        "The server deletes the topic with its history: {count}{}, as far as they are still kept. Its panel disappears from all \
         boards. This cannot be undone. A program that goes on publishing to it begins it anew.",
        last.unwrap_or_default()
    )
}

/// Deletes the topic on the server. The server then tells all pages, also this one, that it is gone. When it answers, the dialog may be
/// about another topic.
async fn delete(actor: Actor, topic: &Topic, refusal: RwSignal<String>) {
    let Some((server, token)) = actor.recorder.server() else { return };
    let url = [&server.http, "/topics/", topic.as_str()].concat();
    let refused = match http::request(Method::DELETE, &url, token.as_deref()).await {
        Some(response) if response.ok() => None,
        Some(response) => Some(http::reason(response).await),
        None => Some("The server cannot be reached. Nothing was deleted.".to_owned()),
    };
    let is_open = actor.tools.forget.with_untracked(|open| open.as_ref() == Some(topic));
    match refused {
        None => {
            if is_open {
                actor.tools.forget.set(None);
            }
            actor.tools.say(format!("{topic} is forgotten"));
        }
        Some(reason) if is_open => refusal.set(reason),
        Some(reason) => actor.tools.say(format!("{topic} is not forgotten: {reason}")),
    }
}
