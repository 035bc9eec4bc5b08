//! Records what the board receives, and downloads the recording as a file.
//!
//! * This file: the button. `handle`: the state. Everything else is a part whose code is loaded when a recording is made.
//! * `tape`: the recording that is being made.

mod handle;
mod tape;

use leptos::prelude::*;

use crate::board::Board;
use crate::follow::{click, context, current, follow, when};
use crate::late;
use crate::signal::Memo;

pub use handle::Recorder;

/// Makes a recording while one is wanted. Shows nothing, unless the code for it cannot be loaded.
#[component]
pub fn Recording() -> impl IntoView {
    let recorder: Recorder = context();
    let is_wanted = Memo::new(move |_| recorder.is_wanted.get());
    when(is_wanted, move || load_recorder(recorder))
}

late::part!(load_recorder, Recorder, record, quiet);

/// Makes a recording until this view is removed.
fn record(recorder: Recorder) -> AnyView {
    tape::record(context(), recorder);
    ().into_any()
}

/// Shows the button that starts and ends a recording.
#[component]
pub fn RecordSwitch() -> impl IntoView {
    let (board, recorder): (Board, Recorder) = (context(), context());
    let title = Memo::new(move |_| match recorder.since.get() {
        Some(since) => format!("Recording since {}. Press to save it (r)", board.clock.get().seconds(since)),
        None => "Record (r)".to_owned(),
    });
    view! {
        <button
            class="tool icon record"
            hidden=follow(move || board.is_recording.get())
            type="button"
            popovertarget="more-tools"
            popovertargetaction="hide"
            title=current(title)
            aria-label=current(title)
            aria-keyshortcuts="r"
            aria-pressed=follow(move || recorder.since.get().is_some().to_string())
            on:click=click(move || recorder.toggle())
            data-testid="record"
        ></button>
    }
}
