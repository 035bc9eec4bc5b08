//! Changes of a board document that a person makes while arranging the board. Depends on [`mod@super::merge`].

use serde_json::Value;
use shared::Topic;
use shared::board::fields::MOST_STEPS;
use shared::board::{Board, Panel, Path};
use shared::limits::BOARD_SOURCES;

use super::merge::{Merged, group_of, merge};
use crate::layout::{Group, group_name};
use crate::sorted;

/// A change of a board. Panels are called by their keys ([`super::MergedPanel::key`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Moves a panel one place towards the beginning or the end of the board. At the edge of its group, the panel goes into the
    /// neighbouring group.
    Step(Topic, Direction),
    /// Moves a panel to the place of another one, into its group: before it, or after it.
    Drop(Topic, Topic, Direction),
    /// Sets the wanted width of a panel in columns.
    Columns(Topic, u32),
    /// Sets the wanted height of a panel: `half`, `whole` or `double`.
    Height(Topic, &'static str),
    /// Sets the title of a panel. With an empty text, the panel is called by its topic.
    Title(Topic, String),
    /// Moves a panel into a group. With an empty text, the panel is in the usual group of its topic.
    Group(Topic, String),
    /// Puts the topics of a panel into another one, which then shows all of them. The second panel stays where it is.
    Join(Topic, Topic),
    /// Gives each topic of a panel a panel of its own.
    Split(Topic),
    /// Sets the field of a panel that has this name in the document. With null, the field is removed. A value of another type than the
    /// field's changes nothing that is shown.
    Set(Topic, &'static str, Value),
    /// Hides a panel.
    Hide(Topic),
    /// Shows the panels of a topic that is hidden.
    Show(Topic),
}

/// A direction in the order of the panels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the beginning.
    Earlier,
    /// Towards the end.
    Later,
}

/// Returns the document after a change. `usual` are the topics of the server, in the groups and the order of a board without a
/// document. A change of a panel that is not there changes nothing.
pub fn edit(board: &Board, usual: &[Group], edit: &Edit) -> Board {
    let mut board = adopt(board, usual);
    let Some(index) = find(&board, usual, edit.topic()) else { return board };
    match edit {
        Edit::Step(_, direction) => {
            let merged = merge(&board, usual);
            step(&mut board, &merged, index, *direction);
        }
        Edit::Drop(_, onto, direction) => {
            let target = find(&board, usual, onto);
            target.into_iter().for_each(|target| put(&mut board, index, target, *direction));
        }
        Edit::Columns(_, columns) => board.panels[index].columns = Some(*columns),
        Edit::Height(_, height) => board.panels[index].height = Some((*height).to_owned()),
        Edit::Title(_, title) => {
            board.panels[index].title = Some(title.clone()).filter(|title| !title.is_empty())
        }
        Edit::Group(_, group) => regroup(&mut board, index, group),
        Edit::Join(_, onto) => {
            let target = find(&board, usual, onto);
            // A hidden panel is not joined, because this would hide or show topics.
            let target = target.filter(|target| !board.panels[*target].hidden && !board.panels[index].hidden);
            target.into_iter().for_each(|target| join(&mut board, index, target));
        }
        Edit::Split(_) => split(&mut board, index),
        Edit::Set(_, name, value) => board.panels[index] = with_field(&board.panels[index], name, value),
        Edit::Hide(_) => board.panels[index].hidden = true,
        Edit::Show(topic) => {
            let of_topic = board.panels.iter_mut().filter(|panel| panel.topics().any(|shown| shown == topic));
            of_topic.for_each(|panel| panel.hidden = false);
        }
    }
    board
}

/// Returns the index of the panel with a key, or else of the first one that names it as a topic.
fn find(board: &Board, usual: &[Group], key: &Topic) -> Option<usize> {
    let merged = merge(board, usual);
    let shown = merged.panels().find(|panel| panel.key == *key).and_then(|panel| panel.index);
    let names = |panel: &Panel| panel.topics().any(|named| named == key);
    shown.or_else(|| board.panels.iter().position(names))
}

impl Edit {
    /// Returns the key of the panel that is changed, or the topic that is shown again.
    pub fn topic(&self) -> &Topic {
        match self {
            Self::Step(topic, _)
            | Self::Drop(topic, ..)
            | Self::Columns(topic, _)
            | Self::Height(topic, _)
            | Self::Title(topic, _)
            | Self::Group(topic, _)
            | Self::Join(topic, _)
            | Self::Split(topic)
            | Self::Set(topic, ..)
            | Self::Hide(topic)
            | Self::Show(topic) => topic,
        }
    }
}

/// Returns a document that names every topic, and in which the panels of a group follow each other. The same panels are shown, at
/// the same places.
pub fn adopt(board: &Board, usual: &[Group]) -> Board {
    let mut board = board.clone();
    let merged = merge(&board, usual);
    let new = merged.panels().filter(|panel| panel.index.is_none());
    board.panels.extend(new.flat_map(|panel| panel.topics.first().cloned().map(Panel::of)));
    // Topics that the document hides because it does not name them.
    let named = |board: &Board, topic: &Topic| {
        board.panels.iter().any(|panel| panel.topics().any(|named| named == topic))
    };
    for topic in merged.hidden {
        if !named(&board, &topic) {
            board.panels.push(Panel { hidden: true, ..Panel::of(topic) });
        }
    }
    let mut names: Vec<String> = Vec::new();
    for panel in &board.panels {
        let name = group_of(panel);
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    sorted::sort_by_key(&mut board.panels, |panel| names.iter().position(|name| name == group_of(panel)));
    board
}

/// Returns a panel with another value of the field that has this name in the document; with null, without the field.
pub(super) fn with_field(panel: &Panel, name: &str, value: &Value) -> Panel {
    let mut fields = panel.to_value();
    if let Some(fields) = fields.as_object_mut() {
        match value {
            Value::Null => drop(fields.shift_remove(name)),
            value => drop(fields.insert(name.to_owned(), value.clone())),
        }
    }
    Panel::from_value(fields, &Path::root()).unwrap_or_else(|_| panel.clone())
}

/// Moves a panel past the next one that is shown, or into the neighbouring group.
fn step(board: &mut Board, merged: &Merged, index: usize, direction: Direction) {
    let shown: Vec<usize> = merged.panels().filter_map(|panel| panel.index).collect();
    let Some(place) = shown.iter().position(|shown| *shown == index) else { return };
    let neighbour = match direction {
        Direction::Earlier => place.checked_sub(1).map(|place| shown[place]),
        Direction::Later => shown.get(place + 1).copied(),
    };
    let Some(neighbour) = neighbour else { return };
    let is_same_group = group_of(&board.panels[neighbour]) == group_of(&board.panels[index]);
    match (is_same_group, direction) {
        (true, direction) => put(board, index, neighbour, direction),
        // The panel becomes the last one of the group before, or the first one of the group after its own.
        (false, Direction::Earlier) => put(board, index, neighbour, Direction::Later),
        (false, Direction::Later) => put(board, index, neighbour, Direction::Earlier),
    }
}

/// Puts a panel before or after another one, into its group.
fn put(board: &mut Board, index: usize, target: usize, direction: Direction) {
    if index == target {
        return;
    }
    let group = group_of(&board.panels[target]).to_owned();
    let mut panel = board.panels.remove(index);
    set_group(&mut panel, &group);
    let target = if index < target { target - 1 } else { target };
    let place = match direction {
        Direction::Earlier => target,
        Direction::Later => target + 1,
    };
    board.panels.insert(place, panel);
}

/// Puts the topics of a panel at the end of another one, if there is room for them.
fn join(board: &mut Board, index: usize, target: usize) {
    let count = board.panels[index].sources.len() + board.panels[target].sources.len();
    if index == target || count > BOARD_SOURCES {
        return;
    }
    // Steps of a panel with one source are those of the source, so that they do not concern the topics of the other panel.
    [index, target].into_iter().for_each(|panel| give_steps_to_sources(&mut board.panels[panel]));
    let sources = std::mem::take(&mut board.panels[index].sources);
    board.panels[target].sources.extend(sources);
    board.panels.remove(index);
}

/// Gives each source of a panel a panel of its own. The first one keeps what the document says about the panel.
fn split(board: &mut Board, index: usize) {
    let panel = &mut board.panels[index];
    give_steps_to_sources(panel);
    // What remains combines the sources.
    panel.derive.clear();
    let group = group_of(panel).to_owned();
    let compare_ms = panel.compare_ms;
    let sources = panel.sources.split_off(panel.sources.len().min(1));
    let panels = sources.into_iter().map(|source| {
        let mut panel = Panel { sources: vec![source], compare_ms, ..Panel::default() };
        set_group(&mut panel, &group);
        panel
    });
    let panels: Vec<Panel> = panels.collect();
    board.panels.splice(index + 1..index + 1, panels);
}

/// Moves the steps of a panel to its sources, if they mean the same there.
fn give_steps_to_sources(panel: &mut Panel) {
    let combines = panel.derive.iter().any(|step| step.combine.is_some());
    let has_room = panel.sources.iter().all(|source| source.derive.len() + panel.derive.len() <= MOST_STEPS);
    if has_room && (panel.sources.len() == 1 || !combines) {
        let steps = std::mem::take(&mut panel.derive);
        panel.sources.iter_mut().for_each(|source| source.derive.extend(steps.iter().cloned()));
    }
}

/// Moves a panel to the end of a group. A new group comes last.
fn regroup(board: &mut Board, index: usize, group: &str) {
    let mut panel = board.panels.remove(index);
    if group.is_empty() {
        panel.group = None;
    } else {
        set_group(&mut panel, group);
    }
    let last = board.panels.iter().rposition(|other| group_of(other) == group_of(&panel));
    board.panels.insert(last.map_or(board.panels.len(), |last| last + 1), panel);
}

/// Sets the group of a panel. The usual group of its topic is not written.
fn set_group(panel: &mut Panel, group: &str) {
    let is_usual = panel.topics().next().is_some_and(|topic| group_name(topic) == group);
    panel.group = if is_usual { None } else { Some(group.to_owned()) };
}

#[cfg(test)]
mod tests;
