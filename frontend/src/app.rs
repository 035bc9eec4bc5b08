//! The whole page: its parts, and the keys that it handles.

use std::collections::HashSet;

use leptos::ev;
use leptos::prelude::*;
use shared::Topic;
use shared::board_config::{Addresses, BoardConfig};
use tickertape_session::{Session, Settings};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::add_data::{AddData, AddDataSheet};
use crate::arrangement::{Arrangement, px};
use crate::banner::Banner;
use crate::board::Board;
use crate::boards::BoardsPart;
use crate::config;
use crate::follow::{Entry, Follow, context, follow, list, parts, when};
use crate::header::Header;
use crate::left_out::LeftOut;
use crate::limits::LimitsPart;
use crate::notices::{self, Notice};
use crate::panel::{self, Panel};
use crate::past::Past;
use crate::player::{Player, PlayerBar};
use crate::prefs;
use crate::recorder::{Recorder, Recording};
use crate::sign_in::{SignIn, SignInSheet};
use crate::signal::{Memo, RwSignal};
use crate::socket::Connection;
use crate::wall::{Wall, WallPart};
use crate::{early_keys, first_picture, intake, last_picture, now, past, sight, theme, tick, token};
use board_model::layout::Group;
use board_model::link::Link;
use board_model::placement::Band;

/// Shows the whole page.
#[component]
pub fn App() -> impl IntoView {
    let token = token::take_from_address();
    let board = Board::from_address();
    let wall = Wall::new();
    provide_context(board);
    provide_context(board.time);
    provide_context(wall);
    provide_context(AddData(RwSignal::new(false)));
    provide_context(SignIn(RwSignal::new(false)));
    let (player, recorder) = (Player::new(), Recorder::new());
    provide_context(player);
    provide_context(recorder);
    provide_context(connect(board, wall, (player, recorder), token));
    let groups = Memo::new(move |_| board.groups());
    provide_context(Arrangement::new(board, groups, wall));
    theme::apply_kept();
    first_picture::expect();
    early_keys::keep();
    panel::prepare();
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

/// Fetches `config.json` for the server's addresses and connects. Returns a signal with the addresses. Until the file
/// has been read, and for every address that it does not contain, these are the addresses of the server from which
/// the page came. If the server cannot be reached, shows the last data until it can. If the page's address or the file
/// names a recording, plays it instead. `token` is the one in the page's address. It could not be kept if the browser gives no storage
/// to a page in a frame of another site.
fn connect(
    board: Board,
    wall: Wall,
    (player, recorder): (Player, Recorder),
    token: Option<String>,
) -> RwSignal<Addresses> {
    last_picture::note_from_start(wall);
    let origin = window().location().origin().unwrap_or_default();
    let addresses = RwSignal::new(BoardConfig::default().addresses(&origin));
    crate::task::spawn(async move {
        if let Some(file) = prefs::demo() {
            return player.open(file);
        }
        let Some(config) = config::fetch().await else {
            return last_picture::await_server(board, wall);
        };
        if let Some(file) = config.recording {
            return player.open(file);
        }
        let found = config.addresses(&origin);
        let token = token::kept().or(token).or(config.token);
        addresses.set(found.clone());
        recorder.know(found.clone(), token.clone());
        board.boards.note_server();
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
    let name = if group.is_empty() { "other topics".to_owned() } else { group.to_owned() };
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
