//! The figures of the connection, and notes that are shown now and then. The first picture of the page does not need them, so their code
//! is loaded when the header is shown.

use leptos::prelude::*;
use shared::server::Condition;

use crate::add_data::EmptyBoard;
use crate::board::Board;
use crate::follow::{click, follow, parts};
use crate::late::part;
use board_model::link::{Link, allowed_words};

/// One of the notes.
#[derive(Clone, Copy)]
pub enum Notice {
    /// The figures of the connection, which open when its state is pressed.
    Figures,
    /// The board stands still.
    Paused,
    /// The server reports conditions.
    Conditions,
    /// Nothing has been published yet.
    Empty,
    /// No topic contains the text that is sought.
    NothingFound,
    /// The token allows some topics only.
    Allowed,
}

part!(load_notices, (Notice, Board), notice, quiet);

/// Shows a note.
pub fn show(notice: Notice, board: Board) -> AnyView {
    load_notices((notice, board))
}

fn notice((notice, board): (Notice, Board)) -> AnyView {
    match notice {
        Notice::Figures => figures(board).into_any(),
        Notice::Paused => paused(board).into_any(),
        Notice::Conditions => conditions(board).into_any(),
        Notice::Empty => view! { <EmptyBoard /> }.into_any(),
        Notice::NothingFound => nothing_found(board).into_any(),
        Notice::Allowed => allowed(board).into_any(),
    }
}

fn figures(board: Board) -> impl IntoView {
    view! { <dl class="details">{follow(move || parts(board.link.with(figures_of).into_iter().map(figure)))}</dl> }
}

fn figure((name, value): (&'static str, String)) -> impl IntoView {
    view! { <dt>{name}</dt><dd>{value}</dd> }
}

/// Returns the figures of the connection. A figure that has not been measured yet is a dash.
fn figures_of(link: &Link) -> [(&'static str, String); 9] {
    let ms = |ms: Option<u64>| ms.map_or_else(|| "–".to_owned(), |ms| format!("{ms} ms"));
    let stats = link.stats;
    [
        ("latency, median", ms(link.latency.map(|latency| latency.p50_ms))),
        ("latency, 95th percentile", ms(link.latency.map(|latency| latency.p95_ms))),
        ("publications", stats.publications.to_string()),
        ("left out by the server, as asked", stats.left_out.to_string()),
        ("missed and replayed", stats.recovered.to_string()),
        ("gaps", stats.gaps.to_string()),
        ("publications lost", stats.lost.to_string()),
        ("duplicates dropped", stats.duplicates.to_string()),
        ("reconnects", stats.reconnects.to_string()),
    ]
}

fn paused(board: Board) -> impl IntoView {
    let words = follow(move || board.paused_words().map(|words| words + "."));
    let waiting = follow(move || match board.waiting.get() {
        0 => "Nothing new has arrived.".to_owned(),
        1 => "1 publication waits.".to_owned(),
        waiting => format!("{waiting} publications wait."),
    });
    view! {
        <div class="banner is-paused" data-testid="paused-banner">
            <b>{words}</b>
            <span>{waiting}</span>
            <button class="tool" type="button" on:click=click(move || board.pause(false))>"Resume (p)"</button>
        </div>
    }
}

fn conditions(board: Board) -> impl IntoView {
    let words = move |conditions: &Vec<Condition>| {
        let messages: Vec<&str> = conditions.iter().map(|condition| condition.message.as_str()).collect();
        messages.join("; ")
    };
    view! {
        <div class="banner" data-testid="conditions">
            <b>"Server"</b>
            <span>{follow(move || board.conditions.with(words))}</span>
        </div>
    }
}

fn nothing_found(board: Board) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>"No topic matches"</h2>
            <button class="tool" type="button" on:click=click(move || board.look_for(String::new()))>"Show all"</button>
        </div>
    }
}

fn allowed(board: Board) -> impl IntoView {
    let words = follow(move || board.allowed.with(|allowed| allowed_words(allowed)));
    view! { <p class="left-out" data-testid="allowed">{words}</p> }
}
