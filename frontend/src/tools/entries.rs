//! The entries of the palette, and what happens when one is chosen.

use std::collections::HashSet;

use leptos::prelude::*;
use shared::Topic;

use super::actor::Actor;
use super::handle::Mode;
use super::visit::{hidden, panel_of, visit, visit_details};
use crate::boards::server::Listed;
use crate::boards::state::with_state;
use board_model::command::{Command, Row, TABLE};
use board_model::document::Edit;
use board_model::layout::group_name;
use board_model::palette::{Item, Section};
use board_model::query::Query;

/// Name of the entry that closes a board, so that all topics are shown.
const ALL_TOPICS: &str = "All topics, without a board";

/// The thing for which an entry of the palette stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Topic(Topic),
    /// A board of the server; an empty name stands for all topics.
    Board(String),
    Action(Command),
}

impl Target {
    /// Returns the text under which the entry is remembered.
    fn key(&self) -> String {
        match self {
            Self::Topic(topic) => ["topic ", topic.as_str()].concat(),
            Self::Board(name) => ["board ", name].concat(),
            Self::Action(command) => ["action ", command.name()].concat(),
        }
    }

    /// Returns the entry with this key.
    pub fn of(key: &str) -> Option<Self> {
        let (kind, name) = key.split_once(' ')?;
        match kind {
            "topic" => Topic::new(name).ok().map(Self::Topic),
            "board" => Some(Self::Board(name.to_owned())),
            _ => Command::named(name).map(Self::Action),
        }
    }
}

/// Returns the entries that the palette offers.
pub(super) fn entries(actor: Actor, mode: Mode, boards: &[Listed]) -> Vec<Item> {
    let permit = actor.permit();
    let hidden = hidden(actor.board);
    let mut items = topics(actor, &hidden);
    match mode {
        Mode::Hide => items.retain(|(topic, _)| !hidden.contains(topic)),
        Mode::Forget => items.retain(|(topic, _)| permit.may_forget(topic)),
        Mode::Everything | Mode::Take => {}
    }
    let mut items: Vec<Item> = items.into_iter().map(|(_, item)| item).collect();
    if mode == Mode::Everything {
        items.extend(boards.iter().map(board));
        if !boards.is_empty() {
            items.push(item(&Target::Board(String::new()), Section::Boards, ALL_TOPICS, String::new()));
        }
        let now = actor.situation();
        let offered = TABLE.iter().filter(|row| row.is_offered && row.command.is_possible(&now));
        items.extend(offered.map(action));
    }
    items
}

/// Does what an entry stands for. In the mode [`Mode::Everything`], it goes to a topic.
pub(super) fn choose(actor: Actor, mode: Mode, target: Target) {
    match (target, mode) {
        (Target::Topic(topic), Mode::Everything) => visit(actor, topic),
        (Target::Topic(topic), Mode::Take) => visit_details(actor, topic),
        (Target::Topic(topic), Mode::Hide) => hide(actor, topic),
        (Target::Topic(topic), Mode::Forget) => actor.tools.forget.set(Some(topic)),
        (Target::Board(name), _) => with_state(actor.board, move |state| state.choose(name)),
        (Target::Action(command), _) => {
            let _done = actor.perform(command);
        }
    }
}

fn hide(actor: Actor, topic: Topic) {
    let key = panel_of(actor.board, &topic);
    let others = key.and_then(|key| actor.board.boards.topics(&key)).filter(|topics| topics.len() > 1);
    actor.tools.say(match others {
        None => format!("{topic} is hidden on this board. Search for it to show it again."),
        Some(topics) => {
            let names: Vec<&str> = topics.iter().map(Topic::as_str).collect();
            format!(
                "The panel with {} is hidden on this board. Search for one of them to show it again.",
                names.join(", ")
            )
        }
    });
    with_state(actor.board, move |state| state.edit(&Edit::Hide(topic)));
}

/// Returns the topics with their entries: first those with a panel in the order of the board, then the others. `hidden` are those that
/// the document of the board hides.
fn topics(actor: Actor, hidden: &HashSet<Topic>) -> Vec<(Topic, Item)> {
    let board = actor.board;
    let known = untrack(|| board.with_layout(|layout| layout.groups().to_vec()));
    let with_panel: Vec<Topic> = known.into_iter().flat_map(|group| group.topics).collect();
    let without = untrack(|| board.left_out_by(&Query::default()));
    let entry = |topic: Topic, has_panel: bool| {
        let title = untrack(|| board.boards.title(&topic)).filter(|title| *title != *topic.as_str());
        let state = match board.cell(&topic) {
            _ if !has_panel => "no panel yet".to_owned(),
            _ if hidden.contains(&topic) => "hidden on this board".to_owned(),
            Some(cell) => untrack(|| board.chip(&cell)).text,
            None => String::new(),
        };
        let about: Vec<&str> = title.as_deref().into_iter().chain([state.as_str()]).collect();
        let mut item =
            item(&Target::Topic(topic.clone()), Section::Topics, topic.as_str(), about.join(" \u{b7} "));
        item.also = [title.as_deref().unwrap_or_default(), group_name(&topic)].join(" ");
        (topic, item)
    };
    let shown = with_panel.into_iter().map(|topic| entry(topic, true));
    shown
        .collect::<Vec<_>>()
        .into_iter()
        .chain(without.into_iter().map(|topic| entry(topic, false)))
        .collect()
}

fn board(listed: &Listed) -> Item {
    let title = listed.title.clone().unwrap_or_else(|| listed.name.clone());
    let about = if title == listed.name { String::new() } else { listed.name.clone() };
    let mut item = item(&Target::Board(listed.name.clone()), Section::Boards, &title, about);
    item.also.clone_from(&listed.name);
    item
}

fn action(row: &Row) -> Item {
    let mut item = item(&Target::Action(row.command), Section::Actions, row.words, String::new());
    row.also.clone_into(&mut item.also);
    item.keys = row.keys.first().map(|key| key.words()).unwrap_or_default();
    item
}

fn item(target: &Target, section: Section, name: &str, about: String) -> Item {
    let (also, keys) = (String::new(), String::new());
    Item { key: target.key(), section, name: name.to_owned(), about, also, keys }
}
