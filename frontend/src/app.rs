//! The start of the page: its state and its connection. The views, which show the state, are a part of the page's code that is loaded
//! meanwhile. Until they are there, [`FirstPanels`] shows the panels.

use std::time::Duration;

use any_spawner::Executor;
use leptos::prelude::*;
use shared::board_config::{Addresses, BoardConfig};
use tickertape_session::{Session, Settings};

use crate::arrangement::Arrangement;
use crate::board::Board;
use crate::first_panels::FirstPanels;
use crate::late;
use crate::page::Page;
use crate::player::Player;
use crate::recorder::Recorder;
use crate::signal::{Memo, RwSignal};
use crate::socket::Connection;
use crate::wall::Wall;
use crate::{config, early_keys, intake, last_picture, now, prefs, theme, tick, token, views};

/// Time until the views are requested again if they could not be loaded.
const RETRY: Duration = Duration::from_secs(2);

late::entrance!(load_views, fn(Page), views::mount);

/// Opens the page: connects to the server, and shows the panels. It stays until the browser closes the page.
pub fn open() {
    // This fails only if futures are being run already.
    let _running = Executor::init_wasm_bindgen();
    let owner = Owner::new();
    let page = owner.with(create);
    std::mem::forget(owner);
    show(page, FirstPanels::show(page));
}

/// Creates the state of the page, and connects to the server.
fn create() -> Page {
    let token = token::take_from_address();
    let (board, wall) = (Board::from_address(), Wall::new());
    let (player, recorder) = (Player::new(), Recorder::new());
    let addresses = connect(board, wall, (player, recorder), token);
    let groups = Memo::new(move |_| board.groups());
    let arrangement = Arrangement::new(board, groups, wall);
    theme::apply_kept();
    early_keys::keep();
    Page { board, wall, player, recorder, addresses, arrangement }
}

/// Shows the views in the place of the first panels when their code is there. It is requested again until it can be loaded.
fn show(page: Page, first: FirstPanels) {
    crate::task::spawn(async move {
        match load_views::entrance().await {
            Ok(mount) => first.replace(|| mount(page)),
            Err(_) => {
                first.say_not_loaded();
                set_timeout(move || show(page, first), RETRY);
            }
        }
    });
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
