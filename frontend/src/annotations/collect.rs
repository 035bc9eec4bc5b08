//! Collects the events and shows them in the charts.

use std::cell::{Cell as Shared, RefCell};
use std::collections::HashMap;

use leptos::prelude::*;
use shared::{Millis, Topic};

use super::store::{EVENTS, add, error_ms};
use super::{kept, load, sources};
use crate::board::Board;
use crate::cell::Cell;
use crate::chart::events::{Functions, show_by};
use crate::follow::effect;
use crate::recorder::Recorder;
use board_model::chart::draw::{Mark, Scene};
use board_model::events::{self, THIS_BROWSER};

thread_local! {
    /// The present time, for words such as yesterday.
    static NOW: Shared<Millis> = const { Shared::new(0) };
    /// Number of publications of each topic that were collected.
    static COLLECTED: RefCell<HashMap<Topic, u64>> = RefCell::default();
}

/// Shows events in the charts from now on.
pub(super) fn show(board: Board) -> AnyView {
    let recorder: Recorder = expect_context();
    show_by(Functions { mark, words });
    effect(move || {
        NOW.set(board.now.get());
        board.time.view.track();
        let sources = sources::of(board);
        // A publication is shown at once.
        sources.iter().for_each(|(_, cell)| cell.stream.track());
        untrack(|| {
            collect(board, &sources);
            let from = board.time.stretch_untracked().start;
            sources.into_iter().for_each(|(topic, cell)| load::ask(board, recorder, topic, cell, from));
        });
    });
    // A mark that this browser keeps has no publication.
    effect(move || {
        board.time.events.track();
        untrack(|| {
            if collect_kept() {
                board.time.events.notify();
            }
        });
    });
    ().into_any()
}

/// Collects the publications that are in the page, and drops the events of topics that are gone.
fn collect(board: Board, sources: &[(Topic, Cell)]) {
    let is_kept =
        |name: &str| name == THIS_BROWSER || sources.iter().any(|(topic, _)| topic.as_str() == name);
    if EVENTS.with_borrow_mut(|events| events.retain(is_kept)) {
        COLLECTED.with_borrow_mut(|collected| collected.retain(|topic, _| is_kept(topic.as_str())));
        board.time.events.notify();
    }
    for (topic, cell) in sources {
        let found: Vec<_> = cell.with_known(|stream, _| {
            let lines = stream.lines();
            let count = lines.len() as u64 + lines.left_out();
            let before = COLLECTED.with_borrow_mut(|collected| collected.insert(topic.clone(), count));
            let error_ms = error_ms(stream);
            let newest = if before == Some(count) { 0 } else { usize::MAX };
            lines.newest(newest).map(|line| (line.number, line.ts_ms - error_ms, line.text.clone())).collect()
        });
        add(board, topic, found.into_iter());
    }
}

fn collect_kept() -> bool {
    EVENTS.with_borrow_mut(|events| {
        let kept = (0..).zip(kept::all());
        kept.filter(|(number, (ts_ms, text))| events.add(THIS_BROWSER, *number, *ts_ms, text)).count() > 0
    })
}

fn mark(scene: &Scene<'_>, marks: &mut Vec<Mark>) {
    EVENTS.with_borrow(|events| events::marks(events, scene, marks));
}

fn words(scene: &Scene<'_>, all: bool) -> Vec<String> {
    EVENTS.with_borrow(|events| {
        let near = events::near(events, scene, all);
        let count = (near.len() > 1).then(|| events::count_words(near.len()));
        count.into_iter().chain(events::words(&near, scene.clock, NOW.get())).collect()
    })
}
