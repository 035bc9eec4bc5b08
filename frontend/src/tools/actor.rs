//! Performs the commands of the page.

use std::time::Duration;

use leptos::prelude::*;
use shared::Millis;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::handle::{Mode, Tools};
use super::permit::permit;
use crate::add_data::AddData;
use crate::board::Board;
use crate::boards::state::with_state;
use crate::prefs;
use crate::recorder::Recorder;
use crate::signal::RwSignal;
use crate::trouble::notify;
use crate::wall::Wall;
use board_model::command::{Command, Situation};
use board_model::permit::Permit;
use board_model::travel::Travel;

/// Time until the palette is closed.
const PAUSE: Duration = Duration::from_millis(50);

/// A handle to everything that commands act on. It can be copied.
#[derive(Clone, Copy)]
pub(crate) struct Actor {
    pub board: Board,
    pub wall: Wall,
    pub recorder: Recorder,
    pub tools: Tools,
    add_data: RwSignal<bool>,
}

impl Actor {
    /// Creates the handle from the contexts of the page.
    pub fn new(tools: Tools) -> Self {
        let AddData(add_data) = expect_context();
        Self { board: expect_context(), wall: expect_context(), recorder: expect_context(), tools, add_data }
    }

    /// Performs a command. Returns false if there was nothing to do.
    pub fn perform(self, command: Command) -> bool {
        let Self { board, tools, .. } = self;
        match command {
            Command::Palette => tools.palette.set(Some(Mode::Everything)),
            Command::Keys => tools.keys.set(true),
            Command::Travel(Travel::Now) => board.go_to_now(),
            Command::Travel(travel) => return board.time.perform(travel),
            Command::Pause => board.pause(!board.paused.get_untracked()),
            Command::ListSeries => return list_series(),
            Command::Mark => tools.mark.set(Some(self.moment())),
            Command::Arrange => board.boards.toggle(),
            Command::Save => self.begin_to_save(),
            Command::CopyBoard => self.copy_board(),
            Command::Hide => tools.palette.set(Some(Mode::Hide)),
            Command::Forget => tools.palette.set(Some(Mode::Forget)),
            Command::Take => tools.palette.set(Some(Mode::Take)),
            Command::Print => print(),
            Command::Wall => self.wall.toggle(),
            Command::Record => self.recorder.toggle(),
            Command::Theme => self.next_theme(),
            Command::Zone => board.time.switch_zone(),
            Command::AddData => self.add_data.set(true),
            Command::Notify => notify::switch(tools),
        }
        true
    }

    /// Returns the facts on which depends which commands can be performed.
    pub fn situation(self) -> Situation {
        let permit = self.permit();
        Situation {
            is_recording: self.board.is_recording.get_untracked(),
            is_past: self.board.time.view.get_untracked().past().is_some(),
            is_paused: self.board.paused.get_untracked(),
            may_forget: self.board.every_cell().iter().any(|(topic, _)| permit.may_forget(topic)),
        }
    }

    /// Returns what the reader's token allows.
    pub fn permit(self) -> Permit {
        permit(self.recorder)
    }

    /// Returns the moment that is marked: that of the crosshair, the end of a stretch of the past, or the present.
    fn moment(self) -> Millis {
        let Board { time, now, .. } = self.board;
        let past = time.view.get_untracked().past();
        let crosshair = time.crosshair.get_untracked();
        let present = self.board.server_now().max(now.get_untracked());
        crosshair.or(past.map(|past| past.end - 1)).map_or(present, |at| at.min(present))
    }

    fn next_theme(self) {
        self.tools.theme.update(|theme| *theme = theme.next());
        let theme = self.tools.theme.get_untracked();
        prefs::keep_theme(theme);
        self.tools.say(format!("Theme: {}", theme.word()));
    }

    fn begin_to_save(self) {
        with_state(self.board, |state| state.begin_to_save());
    }

    fn copy_board(self) {
        let tools = self.tools;
        with_state(self.board, move |state| {
            if state.copy() {
                tools.say("The board is copied as JSON");
            }
        });
    }
}

/// Prints the page a moment later, when what has caused this is closed.
fn print() {
    // This fails only for a page that is being closed.
    set_timeout(|| drop(window().print()), PAUSE);
}

/// Opens or closes the list of all series of the chart that has the focus or, if none has it, of the chart at which the mouse points.
/// Returns false if there is no such list.
fn list_series() -> bool {
    let button = [".panel:focus-within .more", ".panel:hover .more"]
        .into_iter()
        .find_map(|button| document().query_selector(button).ok()?);
    let button = button.and_then(|button| button.dyn_into::<HtmlElement>().ok());
    let is_there = button.is_some();
    button.into_iter().for_each(|button| button.click());
    is_there
}
