//! The body of a log panel: texts and events, the newest at the top. The reader can hide levels, search for a text, and open a line.
//! Lines do not move while the reader has scrolled, points at them or has the focus in them; a button tells the number of newer
//! ones.

use leptos::prelude::*;
use leptos::tachys::view::keyed::keyed;
use leptos::{ev, html};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::entry;
use super::hold::{Cause, Hold};
use super::shown::Shown;
use crate::follow::{click, current, follow, parts, when};
use crate::signal::{Memo, RwSignal};
use board_model::chart::LocalClock;
use board_model::chip::PanelState;
use board_model::lines::{Level, Line, Lines};
use board_model::log_view::{LEVELS, LogView, count_levels, marked};
use board_model::stream::Stream;

/// Maximum number of lines of a log panel that are in the page at first. The model keeps more, which a button shows.
const MOST_SHOWN: usize = 100;
/// Distance from the top in CSS pixels from which on the list counts as scrolled.
const SCROLLED_PX: i32 = 4;
/// Name of the list, for screen readers.
const LABEL: &str = "Newest lines first. Arrow keys move from line to line, Enter opens a line.";

/// The state of one log panel.
#[derive(Clone, Copy)]
struct Body {
    shown: Shown,
    view: RwSignal<LogView>,
    hold: Hold,
    /// True if all lines that are kept are in the page.
    all: RwSignal<bool>,
    /// The line that is open; `None` if none is.
    open: RwSignal<Option<Line>>,
    list: NodeRef<html::Ul>,
}

impl Body {
    /// Calls `read` with the lines from which the shown ones are chosen, the newest first, and returns its result. They are
    /// those of the time at which the reader began to read.
    fn with_lines<T>(self, read: impl FnOnce(&mut dyn Iterator<Item = &Line>) -> T) -> T {
        self.shown.stream.with(|stream| {
            self.hold.with(|held| match held.filter(|_| stream.look_back().is_none()) {
                Some(held) => read(&mut held.iter()),
                None => read(&mut stream.lines().newest(usize::MAX)),
            })
        })
    }

    /// Returns the error of the publisher's clock in milliseconds, by which the times of lines are corrected.
    fn error_ms(self) -> i64 {
        self.shown.stream.with(|stream| stream.clock_error_ms().unwrap_or(0))
    }

    /// Returns the lines that are shown, and the number of further ones that the reader wants to see.
    fn lines(self) -> (Vec<Line>, usize) {
        let most = if self.all.get() { usize::MAX } else { MOST_SHOWN };
        let error_ms = self.error_ms();
        self.view.with(|view| {
            self.with_lines(|lines| {
                let mut found = lines.filter(|line| view.shows(line));
                let shown: Vec<Line> =
                    found.by_ref().take(most).map(|line| line.corrected(error_ms)).collect();
                (shown, found.count())
            })
        })
    }

    /// Shows the newest lines again.
    fn follow(self) {
        self.hold.release();
        if let Some(list) = self.list.get_untracked() {
            list.set_scroll_top(0);
        }
    }
}

pub(super) fn body(shown: Shown) -> impl IntoView {
    let body = Body {
        shown,
        view: RwSignal::new(LogView::default()),
        hold: Hold::new(shown.stream),
        all: RwSignal::new(false),
        open: RwSignal::new(None),
        list: NodeRef::new(),
    };
    let wraps = RwSignal::new(false);
    let found = Memo::new(move |_| body.lines());
    // `For` is not used, because it keeps memory for every row that was ever added, and rows are always added to a log.
    let rows = follow(move || {
        let clock = shown.board.clock.get();
        let sought = body.view.with(|view| view.sought().to_owned());
        let now = shown.board.edge.get_untracked();
        // The key contains everything that a line shows, so that it is written again when it changes.
        keyed(
            found.get().0,
            {
                let sought = sought.clone();
                move |line| (line.number, time(line, clock, now), sought.clone())
            },
            move |_, line| (drop::<usize>, row(&line, &time(&line, clock, now), &sought).into_any()),
        )
    });
    let note = follow(move || note(body, found.with(|(shown, more)| (shown.len(), *more))));
    let can_show_more = Memo::new(move |_| !body.all.get() && found.with(|(_, more)| *more > 0));
    view! {
        <ul
            class="log"
            class:wraps=current(wraps)
            tabindex="0"
            aria-label=LABEL
            node_ref=body.list
            on:scroll=move |_| note_scroll(body)
            on:pointerenter=move |event: ev::PointerEvent| {
                body.hold.set(Cause::Pointer, event.pointer_type() == "mouse");
            }
            on:pointerleave=move |_| body.hold.set(Cause::Pointer, false)
            on:focusin=move |event: ev::FocusEvent| body.hold.set(Cause::Focus, line_at(event.as_ref()).is_some())
            on:focusout=move |event: ev::FocusEvent| body.hold.set(Cause::Focus, stays_in(&event))
            on:keydown=move |event: ev::KeyboardEvent| press(body, &event)
            on:click=move |event: ev::MouseEvent| open_clicked(body, event.as_ref())
        >
            {rows}
        </ul>
        <div class="foot">
            {newer_button(body)}
            {chips(body)}
            <p class="note">
                {note}
                {when(can_show_more, move || view! {
                    " "<button class="link" type="button" on:click=click(move || body.all.set(true))>"Show more"</button>
                })}
            </p>
            {tools(body, wraps)}
        </div>
        {entry::dialog(body.open, shown)}
    }
}

/// Shows the button that returns to the newest lines, while there are newer ones than those that are shown.
fn newer_button(body: Body) -> impl IntoView {
    let newer = Memo::new(move |_| body.hold.newer());
    let has_newer = Memo::new(move |_| newer.with(Option::is_some));
    when(has_newer, move || {
        view! { <button class="link newer" type="button" on:click=click(move || body.follow()) data-testid="newer">{current(newer)}</button> }
    })
}

/// Shows a button for each level that occurs, with the number of its lines, if any line has a level.
fn chips(body: Body) -> impl IntoView {
    let counts = Memo::new(move |_| body.with_lines(|lines| count_levels(lines)));
    let chip = move |(place, (level, words)): (usize, (Level, [&'static str; 2]))| {
        let count = Memo::new(move |_| counts.with(|counts| counts.get(place).copied().unwrap_or(0)));
        let has_levels =
            move || counts.with(|counts| counts.iter().take(LEVELS.len() - 1).any(|count| *count > 0));
        let is_shown = Memo::new(move |_| {
            has_levels() && (count.get() > 0 || body.view.with(|view| !view.shows_level(level)))
        });
        let text = Memo::new(move |_| match count.get() {
            1 => ["1 ", words[0]].concat(),
            count => [&count.to_string(), " ", words[1]].concat(),
        });
        // A narrow panel shows the number alone, with a sign for the level.
        let short = short_text(level, count);
        when(is_shown, move || {
            view! {
                <button
                    class=["level ", class(level)].concat()
                    type="button"
                    title=current(text)
                    data-short=current(short)
                    aria-pressed=follow(move || body.view.with(|view| view.shows_level(level)).to_string())
                    on:click=click(move || body.view.update(|view| view.toggle(level)))
                >
                    <span class="words">{current(text)}</span>
                </button>
            }
        })
    };
    view! { <span class="levels" role="group" aria-label="Levels that are shown">{parts(LEVELS.into_iter().enumerate().map(chip))}</span> }
}

/// Returns a sign for a level that has no mark of its own, and the number of its lines.
fn short_text(level: Level, count: Memo<usize>) -> Memo<String> {
    let sign = match level {
        Level::Error | Level::Warning => "",
        Level::Info => "i ",
        Level::Debug => "d ",
        Level::Plain => "– ",
    };
    Memo::new(move |_| [sign, &count.get().to_string()].concat())
}

/// Shows the search field, and the button that wraps long lines.
fn tools(body: Body, wraps: RwSignal<bool>) -> impl IntoView {
    let seek = move |event: ev::Event| body.view.update(|view| view.seek(&event_target_value(&event)));
    view! {
        <input class="find" type="search" placeholder="Find" aria-label="Find lines" on:input=seek data-testid="find-lines" />
        <button
            class="wrap"
            type="button"
            title="Wrap long lines"
            aria-label="Wrap long lines"
            aria-pressed=follow(move || wraps.get().to_string())
            on:click=click(move || wraps.update(|wraps| *wraps = !*wraps))
        ></button>
    }
}

/// Returns a sentence about the lines that are not shown: those that do not match, and those that are older than what is kept or
/// loaded. `found` are the numbers of lines that match and are shown, and that match and are not shown.
fn note(body: Body, (shown, more): (usize, usize)) -> Option<String> {
    let is_nothing = body.shown.chip.with(|chip| chip.state == PanelState::Empty);
    let is_narrow = body.view.with(LogView::is_narrow);
    let all = body.with_lines(|lines| lines.count());
    let matching = is_narrow.then(|| format!("{} of {all} lines match", shown + more));
    // Nothing of a recording can be loaded later.
    let is_recording = body.shown.board.is_recording.get_untracked();
    let older = body.shown.stream.with(|stream: &Stream| match stream.look_back() {
        Some(_) if stream.lines().is_empty() => {
            let words = match (is_nothing, is_recording) {
                (true, _) => "No lines in this stretch",
                (false, true) => "The lines of this stretch are not kept",
                (false, false) => "The lines of this stretch are not loaded",
            };
            Some(words.to_owned())
        }
        Some(look_back) if look_back.is_cut => {
            let words = match is_recording {
                true => "Older lines of this stretch are not kept",
                false => "Older lines of this stretch are not shown. Zoom in to see them.",
            };
            Some(words.to_owned())
        }
        Some(_) | None => left_out(stream.lines(), more),
    });
    let parts: Vec<String> = matching.into_iter().chain(older).collect();
    (!parts.is_empty()).then(|| parts.join(". "))
}

/// Returns a sentence with the number of older lines that the panel does not show, because they are `more` than the page
/// contains, or no longer kept. Returns `None` if all lines are shown.
fn left_out(lines: &Lines, more: usize) -> Option<String> {
    match more as u64 + lines.left_out() {
        0 => None,
        1 => Some("1 older line is not shown".to_owned()),
        count => Some(format!("{count} older lines are not shown")),
    }
}

fn row(line: &Line, time: &str, sought: &str) -> impl IntoView + use<> {
    let topic = line.topic.as_deref().map(|topic| view! { <b class="of">{with_marks(topic, sought)}</b> });
    view! {
        <li class=class(line.level) tabindex="-1" data-number=line.number.to_string()>
            <time>{time.to_owned()}</time>{topic}<span>{with_marks(&line.text, sought)}</span>
        </li>
    }
}

/// Shows a text in which what is sought is marked.
fn with_marks(text: &str, sought: &str) -> Vec<AnyView> {
    parts(marked(text, sought).into_iter().map(|(part, is_sought)| {
        let part = part.to_owned();
        if is_sought { view! { <mark>{part}</mark> }.into_any() } else { part.into_any() }
    }))
}

/// Returns the time of a line, with its day if it is not the present one.
fn time(line: &Line, clock: LocalClock, now: i64) -> String {
    [clock.day(line.ts_ms, now), clock.milliseconds(line.ts_ms)].join(" ").trim_start().to_owned()
}

fn class(level: Level) -> &'static str {
    match level {
        Level::Plain | Level::Info => "",
        Level::Debug => "is-debug",
        Level::Warning => "is-warning",
        Level::Error => "is-error",
    }
}

/// Stands still while the list is scrolled.
fn note_scroll(body: Body) {
    if let Some(list) = body.list.get_untracked() {
        body.hold.set(Cause::Scroll, list.scroll_top() > SCROLLED_PX);
    }
}

/// Returns the line at which an event happened.
fn line_at(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest("li").ok()?
}

fn open(body: Body, line: &Element) {
    let number: Option<u64> = line.get_attribute("data-number").and_then(|number| number.parse().ok());
    let line =
        body.with_lines(|mut lines| Iterator::find(&mut lines, |line| Some(line.number) == number).cloned());
    body.open.set(line.map(|line| line.corrected(body.error_ms())));
}

/// Returns true if the focus goes to another line, or to the dialog with the whole of a line, from which it comes back.
fn stays_in(event: &ev::FocusEvent) -> bool {
    let next = event.related_target().and_then(|next| next.dyn_into::<Element>().ok());
    next.is_some_and(|next| matches!(next.closest(".log li, dialog.entry"), Ok(Some(_))))
}

/// Opens a line that was clicked, unless a part of its text was selected.
fn open_clicked(body: Body, event: &web_sys::Event) {
    let selection = window().get_selection().ok().flatten();
    if selection.is_none_or(|selection| selection.is_collapsed()) {
        line_at(event).iter().for_each(|line| open(body, line));
    }
}

/// Handles a key: arrows move the focus from line to line, Enter opens a line, and Escape returns to the newest ones.
fn press(body: Body, event: &ev::KeyboardEvent) {
    let (line, list) = (line_at(event.as_ref()), body.list.get_untracked());
    let first = || list.as_ref().and_then(|list| list.first_element_child());
    let next = match (event.key().as_str(), &line) {
        ("ArrowDown", None) | ("Home", _) => first(),
        ("ArrowDown", Some(line)) => line.next_element_sibling(),
        ("ArrowUp", Some(line)) => line.previous_element_sibling(),
        ("End", _) => list.as_ref().and_then(|list| list.last_element_child()),
        ("Enter", Some(line)) => {
            event.prevent_default();
            return open(body, line);
        }
        ("Escape", Some(_)) => {
            body.follow();
            list.map(|list| list.unchecked_into())
        }
        _ => return,
    };
    event.prevent_default();
    let next = next.and_then(|next| next.dyn_into::<HtmlElement>().ok());
    // This fails only for an element that is not in the page.
    let _focused = next.map(|next| next.focus());
}
