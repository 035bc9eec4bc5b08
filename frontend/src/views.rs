//! The views of the whole page.

use std::collections::HashSet;

use leptos::ev;
use leptos::mount::mount_to_body;
use leptos::prelude::*;
use shared::Topic;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::add_data::{AddData, AddDataSheet};
use crate::arrangement::{Arrangement, px};
use crate::banner::Banner;
use crate::board::Board;
use crate::boards::BoardsPart;
use crate::follow::{Entry, Follow, context, follow, list, parts, when};
use crate::header::Header;
use crate::left_out::LeftOut;
use crate::limits::LimitsPart;
use crate::notices::{self, Notice};
use crate::page::Page;
use crate::panel::{self, Panel};
use crate::past::Past;
use crate::player::PlayerBar;
use crate::recorder::Recording;
use crate::sign_in::{SignIn, SignInSheet};
use crate::signal::{Memo, RwSignal};
use crate::wall::WallPart;
use crate::{first_picture, late_style, past, pointing, sight, tick, upkeep};
use board_model::layout::{self, Group};
use board_model::link::Link;
use board_model::placement::Band;

/// Shows the page in the body of the document.
pub fn mount(page: Page) {
    late_style::adopt(include_str!("../style/late/views.css"));
    tick::add(upkeep::run);
    pointing::follow(page.arrangement.is_held);
    first_picture::expect();
    panel::prepare();
    mount_to_body(move || view! { <Views page /> });
}

#[component]
fn Views(page: Page) -> impl IntoView {
    provide_context(page.board);
    provide_context(page.board.time);
    provide_context(page.wall);
    provide_context(page.player);
    provide_context(page.recorder);
    provide_context(page.addresses);
    provide_context(page.arrangement);
    provide_context(AddData(RwSignal::new(false)));
    provide_context(SignIn(RwSignal::new(false)));
    view! {
        <a class="skip" href="#panels" on:click=move |event| skip_to_panels(&event)>"Skip to the panels"</a>
        <Header />
        <Banner />
        <BoardsPart />
        <LimitsPart />
        <WallPart />
        <PlayerBar />
        <Recording />
        <Past />
        <main id="panels" tabindex="-1">
            <Panels />
        </main>
        <AddDataSheet />
        <SignInSheet />
    }
}

#[component]
fn Panels() -> impl IntoView {
    let board: Board = context();
    let arrangement: Arrangement = context();
    let groups = arrangement.groups;
    let is_connected = Memo::new(move |_| board.link.with(|link: &Link| link.state.is_connected()));
    let is_empty = Memo::new(move |_| is_connected.get() && board.is_empty() && !board.awaits_topics.get());
    let is_narrow = Memo::new(move |_| board.allowed.with(|allowed| !allowed.is_empty()));
    let finds_nothing = Memo::new(move |_| !board.is_empty() && groups.with(Vec::is_empty));
    past::follow(board, arrangement);
    sight::follow(board, arrangement);
    view! {
        <div
            class="board"
            class:moves=follow(move || arrangement.is_seen_to_move())
            style:height=follow(move || px(arrangement.height()))>
            {list(move || groups.with(|shown| shown.iter().map(|group| group_of_panels(&group.name, groups)).collect()))}
            {follow(move || parts(arrangement.bands().into_iter().filter(|band| band.is_continued).map(|band| continued(band, arrangement))))}
        </div>
        {when(is_empty, move || notices::show(Notice::Empty, board))}
        {when(finds_nothing, move || notices::show(Notice::NothingFound, board))}
        {when(is_narrow, move || notices::show(Notice::Allowed, board))}
        <LeftOut />
    }
}

#[component]
fn GroupOfPanels(name: String, groups: Memo<Vec<Group>>) -> impl IntoView {
    let (arrangement, board): (Arrangement, Board) = (context(), context());
    let group = name.clone();
    let topics = Memo::new(move |_| {
        board.present.with(|present| groups.with(|groups| topics_of(groups, &name, present)))
    });
    let inset = {
        let group = group.clone();
        let first = move || arrangement.bands().into_iter().find(|band| band.group == group);
        follow(move || arrangement.inset(first().map(|band| band.place()).unwrap_or_default()))
    };
    view! {
        {heading(&group, false, inset)}
        {list(move || topics.get().into_iter().map(|topic| panel(board, topic)).collect())}
    }
}

fn group_of_panels(name: &str, groups: Memo<Vec<Group>>) -> Entry {
    let group = name.to_owned();
    Entry::new(name.to_owned(), move || view! { <GroupOfPanels name=group.clone() groups /> })
}

fn panel(board: Board, topic: Topic) -> Entry {
    // The panel is created anew when it shows other topics.
    let number = board.boards.model(&topic).map_or(0, |(_, number)| number);
    let key = [topic.as_str(), " ", &number.to_string()].concat();
    Entry::new(key, move || view! { <Panel topic=topic.clone() /> })
}

/// Shows the heading of a group on a shelf on which the group does not begin.
fn continued(band: Band, arrangement: Arrangement) -> impl IntoView {
    let place = band.place();
    heading(&band.group, true, follow(move || arrangement.inset(place)))
}

/// Shows the heading of a group. Screen readers do not read one that is continued, because they read the panels of a
/// group one after the other.
fn heading(group: &str, is_continued: bool, inset: Follow<String>) -> impl IntoView + use<> {
    let name = layout::heading(group).to_owned();
    let more = if is_continued { "continued" } else { "" };
    view! { <h2 class="group" aria-hidden=is_continued.to_string() style:inset=inset>{name}" "<small>{more}</small></h2> }
}

/// Returns the topics of a group whose panels are in the page.
fn topics_of(groups: &[Group], name: &str, present: &HashSet<Topic>) -> Vec<Topic> {
    let group = groups.iter().find(|group| group.name == name).into_iter();
    group.flat_map(|group| &group.topics).filter(|topic| present.contains(*topic)).cloned().collect()
}

/// Moves the keyboard focus to the panels when the link "Skip to the panels" is followed. The browser's own handling
/// is prevented, because it would replace the part of the address after `#`, in which the page stores its view.
fn skip_to_panels(event: &ev::MouseEvent) {
    event.prevent_default();
    let panels =
        document().get_element_by_id("panels").and_then(|panels| panels.dyn_into::<HtmlElement>().ok());
    // This fails only for an element that is not in the page.
    let _focused = panels.map(|panels| panels.focus());
}
