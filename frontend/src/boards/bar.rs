//! The controls with which a person arranges and saves the board.

use leptos::html;
use leptos::prelude::*;
use shared::Topic;

use super::server::Listed;
use super::settings;
use super::state::{Notice, State};
use super::touch::{heighten, join, widen};
use crate::follow::{click, follow, parts, when};
use crate::signal::{Memo, RwSignal};
use board_model::document::{Direction, Edit, Saved};

/// Shows the controls while the board is being arranged.
pub(super) fn show(state: State) -> AnyView {
    let boards = state.board.boards;
    let is_arranging = Memo::new(move |_| boards.is_arranging.get());
    let has_notice = Memo::new(move |_| !boards.is_arranging.get() && state.notice.get() != Notice::Nothing);
    view! {
        {when(is_arranging, move || controls(state))}
        {when(has_notice, move || view! { <div class="banner" role="alert" data-testid="board-notice">{notice(state)}</div> })}
    }
    .into_any()
}

fn controls(state: State) -> AnyView {
    let boards = state.board.boards;
    let changes = follow(move || {
        let is_changed = state.draft.with(|draft| draft.is_changed());
        if is_changed { "Changes are kept in this browser." } else { "No changes." }
    });
    let cannot_undo = follow(move || state.draft.with(|draft| !draft.can_undo()));
    let copied = RwSignal::new(false);
    let copy = click(move || copied.set(state.copy()));
    let has_notice = Memo::new(move |_| state.notice.get() != Notice::Nothing);
    let is_chosen = Memo::new(move |_| state.chosen.get().is_some());
    let has_hidden = Memo::new(move |_| !state.hidden().is_empty());
    view! {
        <section class="banner player arranging" aria-label="Arrange the board" data-testid="arranging">
            <b>"Arranging"</b>
            <span data-testid="changes">{changes}</span>
            <span class="keys-help">"Tab: panel. Arrows: move, with Shift: resize. J: join with the next, with Shift: the one before. U: split. S: settings. H: hide. Or drag, onto the middle to join."</span>
            <span class="visually-hidden" role="status" data-testid="moved">{follow(move || state.said.get())}</span>
            <button class="tool" type="button" disabled=cannot_undo on:click=click(move || state.undo()) data-testid="undo">"Undo"</button>
            <button class="tool" type="button" on:click=copy data-testid="copy-board">
                {follow(move || if copied.get() { "Copied" } else { "Copy as JSON" })}
            </button>
            {choice(state)}
            {saving(state)}
            <button class="tool primary" type="button" on:click=click(move || boards.toggle()) data-testid="done">"Done"</button>
            {when(is_chosen, move || follow(move || state.chosen.get().map(|topic| panel(state, topic))))}
            {when(has_hidden, move || hidden(state))}
            {when(has_notice, move || view! { <span role="alert" data-testid="board-notice">{notice(state)}</span> })}
        </section>
    }
    .into_any()
}

/// Shows the list of boards of the server.
fn choice(state: State) -> AnyView {
    let is_open = move |name: &str| {
        state.draft.with(|draft| draft.saved().map_or("", |saved| saved.name.as_str()) == name)
    };
    let option = move |Listed { name, title }: Listed| {
        let words = title.unwrap_or_else(|| name.clone());
        let selected = is_open(&name);
        view! { <option value=name selected=selected>{words}</option> }
    };
    view! {
        <select
            class="filter"
            aria-label="Board"
            on:change:target=move |event| state.choose(event.target().value())
            data-testid="boards"
        >
            <option value="" selected=follow(move || is_open(""))>"All topics"</option>
            {follow(move || parts(state.listed.get().into_iter().map(option)))}
        </select>
    }
    .into_any()
}

/// Shows the field for the name of the board, and the button that saves it.
fn saving(state: State) -> AnyView {
    let field = NodeRef::<html::Input>::new();
    let name =
        move || state.draft.with(|draft| draft.saved().map_or(String::new(), |saved| saved.name.to_string()));
    let save = move || {
        if let Some(field) = field.get_untracked() {
            state.save(&field.value());
        }
    };
    view! {
        <input
            class="filter"
            aria-label="Name of the board"
            placeholder="name, such as shop-floor"
            autocomplete="off"
            prop:value=follow(name)
            on:keydown=move |event| { if event.key() == "Enter" { save() } }
            node_ref=field
            data-testid="board-name"
        />
        <button class="tool" type="button" on:click=click(save) data-testid="save-board">"Save"</button>
    }
    .into_any()
}

/// Shows the controls of the panel that was chosen last.
fn panel(state: State, topic: Topic) -> AnyView {
    let (shown, own) = (untrack(|| state.panel(&topic)), topic.clone());
    let act = |make: fn(State, &Topic) -> Edit| {
        let topic = topic.clone();
        click(move || state.edit(&make(state, &topic)))
    };
    let button = |words: &'static str, name: &'static str, make: fn(State, &Topic) -> Edit| {
        view! { <button class="tool" type="button" on:click=act(make) data-testid=name>{words}</button> }
    };
    let text = |label: &'static str,
                name: &'static str,
                value: Option<String>,
                make: fn(Topic, String) -> Edit| {
        let (topic, words) = (topic.clone(), [label, " of ", topic.as_str()].concat());
        view! {
            <input
                class="filter"
                aria-label=words
                placeholder=label
                autocomplete="off"
                prop:value=value.unwrap_or_default()
                on:change:target=move |event| state.edit(&make(topic.clone(), event.target().value().trim().to_owned()))
                data-testid=name
            />
        }
    };
    let (first, joined) = (topic.clone(), topic.clone());
    let is_joined = Memo::new(move |_| state.is_joined(&joined));
    let key = topic.clone();
    view! {
        <span role="group" class="player banner chosen" data-testid="chosen" aria-label=["Panel ", topic.as_str()].concat() style:margin="0">
            <b>{topic.to_string()}</b>
            {text("Title", "panel-title", shown.title, Edit::Title)}
            {text("Group", "panel-group", shown.group, Edit::Group)}
            {button("Earlier", "earlier", |_, topic| Edit::Step(topic.clone(), Direction::Earlier))}
            {button("Later", "later", |_, topic| Edit::Step(topic.clone(), Direction::Later))}
            {button("Narrower", "narrower", |state, topic| widen(state, topic, -1))}
            {button("Wider", "wider", |state, topic| widen(state, topic, 1))}
            {button("Lower", "lower", |state, topic| heighten(state, topic, false))}
            {button("Higher", "higher", |state, topic| heighten(state, topic, true))}
            <button class="tool" type="button" on:click=click(move || join(state, &first, Direction::Later)) data-testid="join">"Join with next"</button>
            {when(is_joined, move || {
                let key = key.clone();
                let split = click(move || state.edit(&Edit::Split(key.clone())));
                view! { <button class="tool" type="button" on:click=split data-testid="split">"Split"</button> }
            })}
            {button("Hide", "hide", |_, topic| Edit::Hide(topic.clone()))}
            <button class="tool" type="button" aria-haspopup="dialog" on:click=click(move || settings::open(state, own.clone())) data-testid="open-settings">"Settings"</button>
        </span>
    }
    .into_any()
}

/// Shows a list of the hidden topics. A chosen one is shown again.
fn hidden(state: State) -> AnyView {
    let option = |topic: Topic| view! { <option value=topic.to_string()>{topic.to_string()}</option> };
    let count = follow(move || format!("{} hidden", state.hidden().len()));
    view! {
        <select
            class="filter"
            aria-label="Show a hidden topic"
            on:change:target=move |event| {
                let topic = Topic::new(&event.target().value());
                topic.into_iter().for_each(|topic| state.edit(&Edit::Show(topic)));
            }
            data-testid="hidden"
        >
            <option value="">{count}</option>
            {follow(move || parts(state.hidden().into_iter().map(option)))}
        </select>
    }
    .into_any()
}

/// Shows the message, with the buttons that answer it.
fn notice(state: State) -> AnyView {
    let close = move || state.notice.set(Notice::Nothing);
    let shown = follow(move || match state.notice.get() {
        Notice::Nothing => ().into_any(),
        Notice::Words(words) => view! {
            <span>{words}</span>" "
            <button class="tool" type="button" on:click=click(close)>"Close"</button>
        }
        .into_any(),
        Notice::Changed(theirs, by) => changed(state, *theirs, &by),
    });
    shown.into_any()
}

fn changed(state: State, theirs: Saved, by: &str) -> AnyView {
    let words = format!(
        "{by} has saved {} since you opened it. Nothing is lost: your changes are kept here.",
        theirs.name
    );
    let (shown, replaced) = (theirs.clone(), theirs);
    view! {
        <span>{words}</span>" "
        <button class="tool" type="button" on:click=click(move || state.take_theirs(shown.clone())) data-testid="take-theirs">"Discard mine, show theirs"</button>
        <button class="tool" type="button" on:click=click(move || state.keep_mine(replaced.clone())) data-testid="keep-mine">"Replace theirs with mine"</button>
    }
    .into_any()
}
