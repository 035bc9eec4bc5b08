//! The header of the page: search field, state of the connection, and controls.

use leptos::html;
use leptos::prelude::*;

use crate::add_data::AddData;
use crate::board::Board;
use crate::follow::{click, follow, parts};
use crate::prefs::Zone;
use crate::theme::ThemeSwitch;
use crate::wall::WallSwitch;
use board_model::chart::duration;
use board_model::link::Link;
use board_model::window::Window;

/// Shows the header of the page.
#[component]
pub fn Header(
    /// Reference that receives the search field, so that the key `/` can move the focus to it.
    filter: NodeRef<html::Input>,
) -> impl IntoView {
    let AddData(open) = expect_context();
    view! {
        <header class="bar">
            <h1 class="mark">"ticker"<i>"tape"</i></h1>
            <FilterField field=filter />
            <span class="grow"></span>
            <ConnectionState />
            <div class="time">
                <WindowChoice />
                <PauseSwitch />
                <ZoneSwitch />
                <ThemeSwitch />
            </div>
            <WallSwitch />
            <button
                class="tool primary"
                type="button"
                aria-haspopup="dialog"
                on:click=click(move || open.set(true))
                data-testid="add-data"
            >
                "Add data"
            </button>
        </header>
    }
}

#[component]
fn FilterField(field: NodeRef<html::Input>) -> impl IntoView {
    let board: Board = expect_context();
    view! {
        <input
            class="filter"
            type="search"
            placeholder="Filter topics"
            aria-label="Filter topics"
            aria-keyshortcuts="/"
            autocomplete="off"
            spellcheck="false"
            prop:value=board.filter
            on:input:target=move |event| board.look_for(event.target().value())
            node_ref=field
            data-testid="filter"
        />
    }
}

/// Shows a button with the state, the latency and the number of viewers of the connection. A press opens a list of
/// detailed figures.
#[component]
fn ConnectionState() -> impl IntoView {
    let board: Board = expect_context();
    let read = move |read: fn(&Link) -> String| Memo::new(move |_| board.link.with(read));
    let headline = move || {
        let (paused_at, delay) = (board.paused_at.get(), board.delay.get());
        board.link.with(|link| link.headline(paused_at, delay, board.clock.get()))
    };
    let class = Memo::new(move |_| format!("state {}", headline().0));
    let word = Memo::new(move |_| headline().1);
    view! {
        <button class=class type="button" popovertarget="figures" data-testid="connection-state">
            <span class="dot"></span>
            <b>{word}</b>
            <span class="latency" title="Median time from publishing to arrival">{read(Link::latency_text)}</span>
            <span class="viewers">{read(Link::viewers_text)}</span>
        </button>
        <div class="pop" id="figures" popover="auto" data-testid="figures">
            <dl class="details">{follow(move || parts(board.link.with(figures).into_iter().map(figure)))}</dl>
        </div>
    }
}

/// Shows the button that switches between the browser's time zone and UTC.
#[component]
fn ZoneSwitch() -> impl IntoView {
    let board: Board = expect_context();
    let is_utc = Memo::new(move |_| board.zone.get() == Zone::Utc);
    let switch = click(move || {
        board.choose_zone(if is_utc.get_untracked() { Zone::Local } else { Zone::Utc });
    });
    let title = follow(move || {
        let zone = zone_name(board.clock.get().offset_ms);
        let other = if is_utc.get() { "the browser's time zone" } else { "UTC" };
        format!("Times are in {zone}. Press to show {other}.")
    });
    view! {
        <button
            class="tool zone"
            type="button"
            title=title
            aria-label="UTC"
            aria-pressed=follow(move || is_utc.get().to_string())
            on:click=switch
            data-testid="zone"
        >
            {follow(move || zone_name(board.clock.get().offset_ms))}
        </button>
    }
}

/// Returns the name of a time zone with this offset from UTC in milliseconds, such as `UTC`, `UTC+2` or `UTC−3:30`.
fn zone_name(offset_ms: i64) -> String {
    let minutes = offset_ms / 60_000;
    let (sign, hours, rest) =
        (if minutes < 0 { '\u{2212}' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60);
    match (hours, rest) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

fn figure((name, value): (&'static str, String)) -> impl IntoView {
    view! { <dt>{name}</dt><dd>{value}</dd> }
}

fn figures(link: &Link) -> [(&'static str, String); 8] {
    let ms = |ms: Option<u64>| ms.map_or_else(|| "–".to_owned(), |ms| format!("{ms} ms"));
    let stats = link.stats;
    [
        ("latency, median", ms(link.latency.map(|latency| latency.p50_ms))),
        ("latency, 95th percentile", ms(link.latency.map(|latency| latency.p95_ms))),
        ("publications", stats.publications.to_string()),
        ("missed and replayed", stats.recovered.to_string()),
        ("gaps", stats.gaps.to_string()),
        ("publications lost", stats.lost.to_string()),
        ("duplicates dropped", stats.duplicates.to_string()),
        ("reconnects", stats.reconnects.to_string()),
    ]
}

#[component]
fn WindowChoice() -> impl IntoView {
    let board: Board = expect_context();
    let choice = move |window: Window| {
        let is_chosen = follow(move || (board.window.get() == window).to_string());
        let label = window.label();
        view! {
            <button
                type="button"
                data-label=label
                aria-pressed=is_chosen
                on:click=click(move || board.choose_window(window))
            >
                {label}
            </button>
        }
    };
    view! {
        <span class="seg" role="group" aria-label="Time window" data-testid="window">
            {parts(Window::ALL.map(choice))}
        </span>
    }
}

/// Shows the button that pauses and resumes the board. While the board is paused, it shows the number of publications
/// that are not shown yet.
#[component]
fn PauseSwitch() -> impl IntoView {
    let board: Board = expect_context();
    let words = follow(move || match (board.paused.get(), board.waiting.get()) {
        (false, _) => "Pause".to_owned(),
        (true, 0) => "Resume".to_owned(),
        (true, waiting) => format!("Resume, {waiting} new"),
    });
    let since = follow(move || {
        let stood_ms = board.now.get() - board.edge.get();
        board.paused.get().then(|| format!("Paused for {}", duration(stood_ms)))
    });
    view! {
        <button
            class="tool pause"
            type="button"
            aria-pressed=follow(move || board.paused.get().to_string())
            aria-keyshortcuts="p"
            title=since
            on:click=click(move || board.pause(!board.paused.get_untracked()))
            data-testid="pause"
        >
            {words}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_named_by_its_distance_from_utc() {
        let minutes = |minutes: i64| zone_name(minutes * 60_000);
        assert_eq!(minutes(0), "UTC");
        assert_eq!((minutes(120), minutes(330)), ("UTC+2".to_owned(), "UTC+5:30".to_owned()));
        assert_eq!(minutes(-210), "UTC\u{2212}3:30");
    }
}
