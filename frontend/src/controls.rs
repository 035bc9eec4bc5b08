//! The controls of time in the header. Their code, and that of the keys of the page, is loaded after the header is shown.

use leptos::prelude::*;

use crate::alone;
use crate::board::Board;
use crate::boards::ArrangeSwitch;
use crate::follow::{click, follow, parts, when};
use crate::kept_address;
use crate::paper;
use crate::prefs::Zone;
use crate::recorder::RecordSwitch;
use crate::signal::Memo;
use crate::theme::ThemeSwitch;
use crate::tools::{self, Mode, Tools};
use crate::wall::WallSwitch;
use board_model::chart::duration;
use board_model::travel::Travel;
use board_model::view::View;
use board_model::window::Window;
use board_model::zone::zone_name;

/// Shows the controls, and handles keys from then on.
pub fn show((): ()) -> AnyView {
    let board: Board = expect_context();
    let tools = Tools::new();
    provide_context(tools);
    tools::install(tools);
    kept_address::follow(board);
    let is_past = Memo::new(move |_| board.time.past().is_some());
    let is_live = Memo::new(move |_| !is_past.get());
    view! {
        {paper::show(board)}
        {alone::whole_board(board)}
        <Moves />
        {when(is_live, || view! { <WindowChoice /><PauseSwitch /> })}
        {when(is_past, || view! { <LinkButton /><NowButton /> })}
        <button
            class="tool more"
            type="button"
            aria-label="More"
            popovertarget="more-tools"
            data-testid="more"
        ></button>
        // On a phone this is a menu. On a wider screen its buttons are a part of the header.
        <div class="more-tools" id="more-tools" popover="auto">
            <SearchSwitch tools />
            <ZoneSwitch />
            <ThemeSwitch />
            <ArrangeSwitch />
            <RecordSwitch />
            <WallSwitch />
        </div>
    }
    .into_any()
}

/// Shows the button that opens the palette. Others open it by the key.
#[component]
fn SearchSwitch(tools: Tools) -> impl IntoView {
    view! {
        <button
            class="tool icon search"
            type="button"
            popovertarget="more-tools"
            popovertargetaction="hide"
            title="Search topics, boards and actions (Ctrl K)"
            aria-label="Search and actions"
            aria-keyshortcuts="Control+K /"
            aria-haspopup="dialog"
            on:click=click(move || tools.palette.set(Some(Mode::Everything)))
            data-testid="search"
        ></button>
    }
}

/// Shows the button that switches between the browser's time zone and UTC.
#[component]
fn ZoneSwitch() -> impl IntoView {
    let board: Board = expect_context();
    let is_utc = Memo::new(move |_| board.zone.get() == Zone::Utc);
    let switch = click(move || board.time.switch_zone());
    let title = follow(move || {
        let zone = zone_name(board.clock.get().offset_ms);
        let other = if is_utc.get() { "in the browser's time zone" } else { "in UTC" };
        format!("Times are in {zone}. Press to show them {other}.")
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

#[component]
fn WindowChoice() -> impl IntoView {
    let board: Board = expect_context();
    let choice = move |window: Window| {
        let is_chosen = follow(move || (board.time.view.get() == View::Live { window }).to_string());
        let label = window.label();
        view! {
            <button
                type="button"
                data-label=label
                aria-pressed=is_chosen
                on:click=click(move || board.time.choose(window))
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

/// Shows the buttons that move through time and zoom. Of live data, there is only an earlier stretch.
#[component]
fn Moves() -> impl IntoView {
    let board: Board = expect_context();
    let button = move |(class, words, key, travel): (&'static str, &'static str, &'static str, Travel)| {
        view! {
            <button
                class=class
                type="button"
                title=[words, " (", key, ")"].concat()
                aria-label=words
                on:click=click(move || board.time.press(travel))
            ></button>
        }
    };
    let buttons = [
        ("earlier", "Earlier", "\u{2190}", Travel::Earlier),
        ("out", "Zoom out", "\u{2212}", Travel::ZoomOut),
        ("in", "Zoom in", "+", Travel::ZoomIn),
        ("later", "Later", "\u{2192}", Travel::Later),
    ];
    view! {
        <span class="seg travel" role="group" aria-label="Move and zoom" data-testid="travel">
            {parts(buttons.map(button))}
        </span>
    }
}

#[component]
fn LinkButton() -> impl IntoView {
    let board: Board = expect_context();
    view! {
        <button
            class="tool icon link-to"
            type="button"
            title="Copy link to this moment (c)"
            aria-label="Copy link to this moment"
            aria-keyshortcuts="c"
            on:click=click(move || board.time.press(Travel::CopyLink))
            data-testid="copy-link"
        ></button>
    }
}

/// Shows the button that returns to live data.
#[component]
fn NowButton() -> impl IntoView {
    let board: Board = expect_context();
    view! {
        <button
            class="tool solid"
            type="button"
            title="Go to live data (n)"
            aria-keyshortcuts="n"
            on:click=click(move || board.go_to_now())
            data-testid="now"
        >
            "Now"
        </button>
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
