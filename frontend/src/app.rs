//! The whole page: its parts, and the keys that it handles.

use leptos::prelude::*;
use leptos::{ev, html};
use shared::Topic;
use shared::board_config::{Addresses, BoardConfig};
use tickertape_session::{Session, Settings};
use wasm_bindgen::JsCast;

use crate::add_data::{AddData, AddDataSheet, EmptyBoard};
use crate::arrangement::{Arrangement, px};
use crate::banner::Banner;
use crate::board::Board;
use crate::chart::provide_crosshair;
use crate::config;
use crate::follow::{Follow, click, follow, parts, when};
use crate::header::Header;
use crate::panel::Panel;
use crate::sign_in::{SignIn, SignInSheet};
use crate::socket::Connection;
use crate::wall::Wall;
use crate::{intake, now, tab, tick, token};
use board_model::layout::Group;
use board_model::link::Link;
use board_model::placement::Band;

/// Maximum number of names in the list of topics for which the board has no panel.
const MOST_NAMES: usize = 500;

/// Shows the whole page.
#[component]
pub fn App() -> impl IntoView {
    token::take_from_address();
    let board = Board::from_address();
    let wall = Wall::new();
    provide_context(board);
    provide_context(wall);
    provide_context(AddData(RwSignal::new(false)));
    provide_context(SignIn(RwSignal::new(false)));
    provide_context(connect(board));
    provide_crosshair();
    tab::follow(board);
    let (filter, panels) = (NodeRef::<html::Input>::new(), NodeRef::<html::Main>::new());
    listen_to_keys(board, wall, filter);
    view! {
        <a class="skip" href="#panels" on:click=move |event| skip_to(&event, panels)>"Skip to the panels"</a>
        <Header filter />
        <Banner />
        <main id="panels" tabindex="-1" node_ref=panels>
            <Panels />
        </main>
        <AddDataSheet />
        <SignInSheet />
    }
}

/// Fetches `config.json` for the server's addresses and connects. Returns a signal with the addresses. Until the file
/// has been read, and for every address that it does not contain, these are the addresses of the server from which
/// the page came.
fn connect(board: Board) -> RwSignal<Addresses> {
    let origin = window().location().origin().unwrap_or_default();
    let addresses = RwSignal::new(BoardConfig::default().addresses(&origin));
    leptos::task::spawn_local(async move {
        let config = config::fetch().await;
        let found = config.addresses(&origin);
        let token = token::kept().or(config.token);
        addresses.set(found.clone());
        start(board, found, token);
    });
    addresses
}

/// Creates the session, connects it to the server, and starts the timer.
fn start(board: Board, server: Addresses, token: Option<String>) {
    let settings = Settings::default().with_token(token);
    let session = Session::new(settings, now::seed());
    board.watch(Connection::new(server, session, move |event| intake::handle_event(board, event)));
    tick::start(board);
}

#[component]
fn Panels() -> impl IntoView {
    let board: Board = expect_context();
    let groups = Memo::new(move |_| board.groups());
    let is_connected = Memo::new(move |_| board.link.with(|link: &Link| link.state.is_connected()));
    let is_empty = Memo::new(move |_| is_connected.get() && board.is_empty());
    let finds_nothing = Memo::new(move |_| !board.is_empty() && groups.with(Vec::is_empty));
    let arrangement = Arrangement::new(board, groups);
    provide_context(arrangement);
    view! {
        <div
            class="board"
            class:moves=follow(move || arrangement.is_seen_to_move())
            style:height=follow(move || px(arrangement.height()))>
            <For each=move || groups.get() key=|group| group.name.clone() let:group>
                <GroupOfPanels name=group.name groups />
            </For>
            {follow(move || parts(arrangement.bands().into_iter().filter(|band| band.is_continued).map(|band| continued(band, arrangement))))}
        </div>
        {when(is_empty, || view! { <EmptyBoard /> })}
        {when(finds_nothing, || view! { <NothingFound /> })}
        <LeftOut />
    }
}

#[component]
fn GroupOfPanels(name: String, groups: Memo<Vec<Group>>) -> impl IntoView {
    let arrangement: Arrangement = expect_context();
    let group = name.clone();
    let topics = Memo::new(move |_| groups.with(|groups| topics_of(groups, &name)));
    let inset = {
        let group = group.clone();
        let first = move || arrangement.bands().into_iter().find(|band| band.group == group);
        follow(move || arrangement.inset(first().map(|band| band.place()).unwrap_or_default()))
    };
    view! {
        {heading(&group, false, inset)}
        <For each=move || topics.get() key=Topic::clone let:topic>
            <Panel topic />
        </For>
    }
}

/// Shows the heading of a group on a shelf on which the group does not begin.
fn continued(band: Band, arrangement: Arrangement) -> impl IntoView {
    let place = band.place();
    heading(&band.group, true, follow(move || arrangement.inset(place)))
}

/// Shows the heading of a group. Screen readers do not read one that is continued, because they read the panels of a
/// group one after the other.
fn heading(group: &str, is_continued: bool, inset: Follow<String>) -> impl IntoView + use<> {
    let name = if group.is_empty() { "other topics".to_owned() } else { group.to_owned() };
    let more = if is_continued { "continued" } else { "" };
    view! { <h2 class="group" aria-hidden=is_continued.to_string() style:inset=inset>{name}" "<small>{more}</small></h2> }
}

#[component]
fn NothingFound() -> impl IntoView {
    let board: Board = expect_context();
    view! {
        <div class="empty">
            <h2>"No topic matches"</h2>
            <button class="tool" type="button" on:click=click(move || board.look_for(String::new()))>"Show all"</button>
        </div>
    }
}

fn topics_of(groups: &[Group], name: &str) -> Vec<Topic> {
    groups.iter().find(|group| group.name == name).map(|group| group.topics.clone()).unwrap_or_default()
}

/// Shows the number and the names of the topics for which the board has no panel, because it already has the maximum
/// number of panels. A press on a name searches for the topic.
#[component]
fn LeftOut() -> impl IntoView {
    let board: Board = expect_context();
    let topics = Memo::new(move |_| board.left_out_topics());
    let is_shown = Memo::new(move |_| topics.with(|topics| !topics.is_empty()));
    let words = move || match topics.with(Vec::len) {
        1 => "1 more topic has no panel".to_owned(),
        count => format!("{count} more topics have no panel"),
    };
    let name = move |topic: Topic| {
        let name = topic.to_string();
        view! { <li><button type="button" on:click=click(move || board.look_for(topic.to_string()))>{name}</button></li> }
    };
    let names = move || {
        let listed = topics.with(|topics| topics.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>());
        parts(listed.into_iter().map(name))
    };
    let unlisted = move || {
        let unlisted = topics.with(Vec::len).saturating_sub(MOST_NAMES);
        (unlisted > 0).then(|| format!("and {unlisted} more; search to find them"))
    };
    when(is_shown, move || {
        view! {
            <details class="left-out" data-testid="left-out">
                <summary>{follow(words)}</summary>
                <p>"A board shows at most 500 topics. Press a name, or search for it, to show its panel."</p>
                <ul>{follow(names)}</ul>
                <p>{follow(unlisted)}</p>
            </details>
        }
    })
}

/// Moves the keyboard focus to the panels when the link "Skip to the panels" is followed. The browser's own handling
/// is prevented, because it would replace the part of the address after `#`, in which the page stores its view.
fn skip_to(event: &ev::MouseEvent, panels: NodeRef<html::Main>) {
    event.prevent_default();
    if let Some(panels) = panels.get_untracked() {
        // This fails only for an element that is not in the page.
        let _focused = panels.focus();
    }
}

fn listen_to_keys(board: Board, wall: Wall, filter: NodeRef<html::Input>) {
    let listening = window_event_listener(ev::keydown, move |event| {
        if is_typed(&event) || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "/" => {
                event.prevent_default();
                filter.get_untracked().into_iter().for_each(|field| drop(field.focus()));
            }
            "w" => wall.toggle(),
            "p" => board.pause(!board.paused.get_untracked()),
            _ => {}
        }
    });
    on_cleanup(move || listening.remove());
}

/// Returns true if the key was pressed in an input field.
fn is_typed(event: &ev::KeyboardEvent) -> bool {
    event.target().is_some_and(|target| target.dyn_ref::<web_sys::HtmlInputElement>().is_some())
}
