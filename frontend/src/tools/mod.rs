//! The tools of the page: the palette, the keys and their list, marks by hand, and the deletion of topics.
//!
//! * This file: the place of the tools in the page. `handle`: what is open.
//! * `actor`: performs the commands of [`board_model::command`]. `keys`: finds the command of a key, and follows links that are pasted
//!   (`link`).
//! * `palette`: the search for topics, boards and actions; `entries`: what it offers; `visit`: the way to a panel.
//! * `key_list`: all keys. `forget`: the question before a topic is deleted.
//!
//! The palette, the list and the dialogs are parts whose code is loaded when they are first opened. The rest is loaded with the
//! controls of the header.

pub(crate) mod actor;
pub(crate) mod dialog;
mod entries;
mod forget;
pub(crate) mod handle;
mod key_list;
mod keys;
mod link;
mod palette;
mod permit;
pub(crate) mod visit;

use std::time::Duration;

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::follow::{effect, follow, when};
use crate::late::part;
use crate::signal::Memo;
use crate::{annotations, trouble};
use actor::Actor;

pub(crate) use handle::{Mode, Tools};

part!(load_palette, Actor, palette::show, quiet);
part!(load_key_list, Tools, key_list::show, quiet);
part!(load_forget, Actor, forget::show, quiet);
part!(load_mark, Actor, annotations::ask, quiet);

/// Time for which a sentence is shown.
const NOTICE: Duration = Duration::from_secs(8);

/// Handles the keys of the page from now on, and adds the tools to the page, until it is closed.
///
/// The dialogs are added to the body and not to the header, in which this function is called, because the styles of the header
/// would apply to them.
pub(crate) fn install(tools: Tools) {
    let actor = Actor::new(tools);
    keys::listen(actor);
    trouble::follow(actor.board, tools);
    let place = document().create_element("div").ok().and_then(|place| place.dyn_into::<HtmlElement>().ok());
    if let (Some(place), Some(body)) = (place, document().body()) {
        // This fails only for an element that contains the body.
        let _added = body.append_child(&place);
        mount_to(place, move || show(actor)).forget();
    }
}

fn show(actor: Actor) -> AnyView {
    let tools = actor.tools;
    let opened = move |is_open: fn(Tools) -> bool| {
        // The part stays when it is closed, so that it opens at once the next time.
        Memo::new(move |before: Option<&bool>| is_open(tools) || before == Some(&true))
    };
    view! {
        {when(opened(|tools| tools.palette.with(Option::is_some)), move || load_palette(actor))}
        {when(opened(|tools| tools.keys.get()), move || load_key_list(tools))}
        {when(opened(|tools| tools.mark.with(Option::is_some)), move || load_mark(actor))}
        {when(opened(|tools| tools.forget.with(Option::is_some)), move || load_forget(actor))}
        {annotations::show(actor.board)}
        {notice(tools)}
    }
    .into_any()
}

/// Shows the sentence of the tools for a moment.
fn notice(tools: Tools) -> AnyView {
    let has_words = Memo::new(move |_| tools.notice.with(|words| !words.is_empty()));
    effect(move || {
        let words = tools.notice.get();
        if !words.is_empty() {
            let end = move || {
                // A newer sentence stays for its own time.
                if tools.notice.with_untracked(|now| *now == words) {
                    tools.notice.set(String::new());
                }
            };
            set_timeout(end, NOTICE);
        }
    });
    view! {
        <div role="status">
            {when(has_words, move || view! {
                <p class="toast" data-testid="tool-notice">{follow(move || tools.notice.get())}</p>
            })}
        </div>
    }
    .into_any()
}
