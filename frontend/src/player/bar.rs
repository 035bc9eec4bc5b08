//! The controls of the player: play, speed, one frame, and a slider for the time.

use leptos::prelude::*;

use super::state::Playing;
use crate::board::Board;
use crate::follow::{click, current, follow, parts, when};
use crate::signal::Memo;
use board_model::player::{PlayClock, SPEEDS};

/// Distance of the positions of the slider in milliseconds. The last position is not before the end of the recording, so that
/// the end can be reached.
const STEP_MS: i64 = 100;

/// Shows the controls when the recording is loaded, or the reason if it cannot be played.
pub(super) fn show(board: Board, player: Playing) -> impl IntoView {
    let is_on = Memo::new(move |_| player.clock.with(Option::is_some));
    let has_problem = Memo::new(move |_| player.problem.with(|problem| !problem.is_empty()));
    view! {
        {when(has_problem, move || view! {
            <p class="banner is-bad" role="alert" data-testid="player-problem">{current(player.problem)}</p>
        })}
        {when(is_on, move || controls(board, player))}
    }
}

fn controls(board: Board, player: Playing) -> impl IntoView {
    let read = move |of: fn(&PlayClock) -> i64| {
        Memo::new(move |_| player.clock.with(|clock| clock.as_ref().map_or(0, of)))
    };
    let words = Memo::new(move |_| {
        let range = player.clock.with(|clock| clock.map(|clock| clock.range_words(board.clock.get())));
        let server = player.server.get();
        // `wss://board.example/ws` is named by its host.
        let host = server.split("//").last().and_then(|rest| rest.split('/').next()).unwrap_or_default();
        let note = player.note.get();
        let stop = if note.is_empty() { "" } else { ". " };
        format!("Recording of {host}, {}{stop}{note}", range.unwrap_or_default())
    });
    let play_words = Memo::new(move |_| match player.clock.get() {
        Some(clock) if clock.is_playing() => "Stop",
        Some(clock) if clock.has_ended() => "Play again",
        _ => "Play",
    });
    let start = read(PlayClock::start);
    let place = read(|clock| clock.at() - clock.start());
    let time = Memo::new(move |_| board.clock.get().seconds(start.get() + place.get()));
    let seek = move |value: String| {
        if let Ok(place) = value.parse::<i64>() {
            player.change(board, |clock| clock.seek(clock.start() + place));
        }
    };
    let speed = move |speed: u32| {
        let is_chosen = follow(move || {
            player.clock.with(|clock| clock.is_some_and(|clock| clock.speed() == speed)).to_string()
        });
        let choose = click(move || player.change(board, |clock| clock.set_speed(speed)));
        view! { <button type="button" aria-pressed=is_chosen on:click=choose>{format!("{speed}×")}</button> }
    };
    view! {
        <div class="banner is-paused player" role="group" aria-label="Recording" data-testid="player">
            <b data-testid="player-words">{current(words)}</b>
            <button class="tool play" type="button" on:click=click(move || player.change(board, PlayClock::toggle)) data-testid="play">
                {current(play_words)}
            </button>
            <span class="seg" role="group" aria-label="Speed">{parts(SPEEDS.map(speed))}</span>
            <button class="tool" type="button" on:click=click(move || player.step(board)) data-testid="step">"Next frame"</button>
            <input
                type="range"
                min="0"
                max=current(read(|clock| (clock.length_ms() + STEP_MS - 1) / STEP_MS * STEP_MS))
                step=STEP_MS
                aria-label="Time in the recording"
                aria-valuetext=current(time)
                prop:value=current(place)
                on:input:target=move |event| seek(event.target().value())
                data-testid="scrub"
            />
            <time data-testid="player-time">{current(time)}</time>
        </div>
    }
}
