//! The recording that is played, its clock, and what the board shows of it.

use std::time::Duration;

use leptos::prelude::*;
use shared::Millis;
use shared::recording::{Damage, Recording};
use tickertape_session::playback::Playback;

use super::handle::Player;
use super::stage::{self, BoardStage};
use crate::board::Board;
use crate::http;
use crate::now::now;
use crate::signal::{RwSignal, StoredValue};
use board_model::player::PlayClock;
use board_model::player::scene::Scene;
use board_model::player::snapshots::{Snapshots, Start};
use board_model::player::stage::{play, step};

/// Time between two updates of the board while a recording is played.
const TICK: Duration = Duration::from_millis(100);
/// Time between two pieces of the work that makes snapshots, and the length of one of them. The page draws between them.
const BUILD_EVERY: Duration = Duration::from_millis(20);
const BUILD_MS: u64 = 8;
/// Number of bytes of a recording that are played before the time is looked at again.
const BUILD_BYTES: usize = 16 << 10;

/// A handle to the recording that is played. It can be copied.
#[derive(Clone, Copy)]
pub(super) struct Playing {
    playback: StoredValue<Option<Playback>>,
    /// States of the board at times of the recording, with which a jump begins.
    snapshots: StoredValue<Option<Snapshots>>,
    /// The clock of the recording; `None` until it is loaded.
    pub(super) clock: RwSignal<Option<PlayClock>>,
    /// Name of the server that was recorded.
    pub(super) server: RwSignal<String>,
    /// Text that says why the recording cannot be played, or what of it is damaged; empty if neither.
    pub(super) problem: RwSignal<String>,
    /// Text that says how the recording ends; empty if it is complete.
    pub(super) note: RwSignal<&'static str>,
    ticked_ms: StoredValue<u64>,
}

impl Playing {
    /// Fetches the recording that `player` names, and plays it from its beginning.
    pub(super) fn start(board: Board, player: Player) -> Self {
        let playing = Self {
            playback: StoredValue::new(None),
            snapshots: StoredValue::new(None),
            clock: RwSignal::new(None),
            server: RwSignal::new(String::new()),
            problem: RwSignal::new(String::new()),
            note: RwSignal::new(""),
            ticked_ms: StoredValue::new(0),
        };
        Effect::new(move |_| player.headline.set(playing.headline(board)));
        let file = player.file.get_untracked();
        crate::task::spawn(async move { playing.open(board, &file).await });
        playing
    }

    fn headline(self, board: Board) -> Option<String> {
        self.clock.with(|clock| clock.as_ref().map(|clock| clock.headline(board.clock.get())))
    }

    async fn open(self, board: Board, file: &str) {
        let Some(bytes) = bytes_of(file).await else {
            self.problem.set(format!("The recording {file} cannot be loaded."));
            return;
        };
        match Recording::read(&bytes) {
            Ok(recording) => self.play(board, recording),
            Err(error) => self.problem.set(format!("{file}: {error}.")),
        }
    }

    fn play(self, board: Board, recording: Recording) {
        let clock = PlayClock::new(recording.header.started_at, recording.ended_at());
        if let Some(words) = Damage::words(&recording.damage) {
            self.problem.set([&words, ". Charts have gaps where publications are missing."].concat());
        }
        if recording.is_truncated {
            self.note.set("Its last line is incomplete.");
        }
        self.server.set(recording.header.server.clone());
        let playback = Playback::new(recording);
        self.snapshots.set_value(Some(Snapshots::new(playback.clone())));
        self.playback.set_value(Some(playback));
        board.is_recording.set(true);
        self.ticked_ms.set_value(now().mono_ms);
        self.set_clock(board, clock);
        self.build_later();
        // This fails only if there is no window.
        let _running = set_interval_with_handle(move || self.tick(board), TICK);
    }

    /// Makes the snapshots in small pieces of work, so that the page stays responsive.
    fn build_later(self) {
        let build = move || {
            let until_ms = now().mono_ms + BUILD_MS;
            let build = |snapshots: &mut Option<Snapshots>| {
                let mut is_unfinished = true;
                while is_unfinished && now().mono_ms < until_ms {
                    is_unfinished = snapshots.as_mut().is_some_and(|snapshots| snapshots.build(BUILD_BYTES));
                }
                is_unfinished
            };
            if self.snapshots.try_update_value(build) == Some(true) {
                self.build_later();
            }
        };
        set_timeout(build, BUILD_EVERY);
    }

    /// Changes the clock by calling `change` with it, and shows the recording at its new time.
    pub(super) fn change(self, board: Board, change: impl FnOnce(&mut PlayClock)) {
        let Some(before) = self.clock.get_untracked() else { return };
        let mut clock = before;
        change(&mut clock);
        if clock.at() == before.at() {
            // After a step, lines of this time may be left.
            self.clock.set(Some(clock));
        } else {
            self.set_clock(board, clock);
        }
    }

    /// Stops the clock, and shows what the next line of the recording causes.
    pub(super) fn step(self, board: Board) {
        let Some(mut clock) = self.clock.get_untracked() else { return };
        self.playback.update_value(|playback| {
            let Some(playback) = playback else { return };
            step(playback, &mut BoardStage(board), &mut clock);
            tell_connection(board, playback.closed_at());
        });
        show_time(board, clock.at());
        self.clock.set(Some(clock));
    }

    fn tick(self, board: Board) {
        let now_ms = now().mono_ms;
        let elapsed_ms = now_ms.saturating_sub(self.ticked_ms.get_value());
        self.ticked_ms.set_value(now_ms);
        board.time.update_clock();
        if self.clock.with_untracked(|clock| clock.is_some_and(|clock| clock.is_playing())) {
            self.change(board, |clock| clock.tick(elapsed_ms));
        }
    }

    fn set_clock(self, board: Board, clock: PlayClock) {
        let at = clock.at();
        show_time(board, at);
        self.playback.update_value(|playback| {
            let Some(playback) = playback else { return };
            self.snapshots.with_value(|snapshots| {
                match snapshots.as_ref().map_or(Start::Present, |snapshots| snapshots.start(playback, at)) {
                    Start::Present => {}
                    Start::Snapshot(snapshot) => {
                        *playback = snapshot.playback.clone();
                        stage::show(board, &snapshot.scene);
                    }
                    Start::Beginning => {
                        playback.rewind();
                        stage::show(board, &Scene::default());
                    }
                }
            });
            play(playback, &mut BoardStage(board), at);
            tell_connection(board, playback.closed_at());
        });
        self.clock.set(Some(clock));
    }
}

/// Fetches a recording from beside the page. Returns `None` if it is not there, or somewhere else.
async fn bytes_of(file: &str) -> Option<Vec<u8>> {
    http::bytes(beside_the_page(file)?).await
}

/// Shows the board as at the time `at` of the recording.
fn show_time(board: Board, at: Millis) {
    board.now.set(at);
    if !board.paused.get_untracked() {
        board.edge.set(at);
    }
}

/// Records in the state of the connection since when it is lost at this time of the recording.
fn tell_connection(board: Board, closed_at: Option<Millis>) {
    let cut_off_since = closed_at.filter(|_| !board.every_cell().is_empty());
    if board.link.with_untracked(|link| link.cut_off_since) != cut_off_since {
        board.link.update(|link| link.cut_off_since = cut_off_since);
    }
}

/// Returns the path of a recording beside the page that the value of `?demo` names; `None` if it is somewhere else.
fn beside_the_page(file: &str) -> Option<&str> {
    let is_plain = |part: &str| {
        !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    file.split('/').all(|part| !part.is_empty() && is_plain(part)).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_beside_the_page_and_nowhere_else() {
        for file in ["demo.ttr", "days/2026-11-29.ttr"] {
            assert_eq!(beside_the_page(file), Some(file));
        }
        for file in [
            "",
            "/etc/x",
            "//evil.example/a",
            "https://evil.example/a",
            "../a",
            "a/../b",
            "a?b",
            "a%2fb",
            ".a",
        ] {
            assert_eq!(beside_the_page(file), None, "{file}");
        }
    }
}
