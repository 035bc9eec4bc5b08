//! Merges a board document with the topics that a server has. Depends on [`crate::layout`].

use std::collections::BTreeSet;

use shared::Topic;
use shared::board::{Board, NewTopics, Panel};

use crate::layout::{Group, group_name};
use crate::sorted;

/// The panels that a document and the topics of a server make together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The panels that are shown, in groups.
    pub groups: Vec<MergedGroup>,
    /// Topics of the server that no panel shows.
    pub hidden: Vec<Topic>,
}

/// Panels that stand together under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedGroup {
    /// Name of the group; empty for the group of topics that have only one segment.
    pub name: String,
    /// The panels of the group, in order. There is at least one.
    pub panels: Vec<MergedPanel>,
}

/// One panel that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedPanel {
    /// Topic by which the panel is called, and which no other panel is called by. It is one of its topics or, if other panels are called
    /// by all of them, one with a number after it that no topic has.
    pub key: Topic,
    /// The topics that the panel shows, in order. There is at least one.
    pub topics: Vec<Topic>,
    /// Index of the panel in [`Board::panels`]; `None` for a topic that the document does not name.
    pub index: Option<usize>,
}

/// Merges a document with the topics of a server, which are in the groups and the order of a board without a document.
///
/// * The panels of the document come first, in its order, as far as the server has their topics. Panels of a group follow each
///   other, and groups are in the order of their first panels.
/// * A topic that the document does not name is appended to its usual group, unless the document hides such topics. A topic that
///   a hidden panel names stays hidden.
///
/// So a new topic appears, and moves no panel of its group.
pub fn merge(board: &Board, usual: &[Group]) -> Merged {
    let known: BTreeSet<&Topic> = usual.iter().flat_map(|group| &group.topics).collect();
    let mut merged = Merged::default();
    for (index, panel) in board.panels.iter().enumerate() {
        let shown = panel.topics().filter(|topic| !panel.hidden && known.contains(*topic));
        let topics: Vec<Topic> = shown.cloned().collect();
        // Groups have their places even while none of their panels is shown, so that no group moves when one appears.
        let group = merged.group(group_of(panel));
        let first = topics.first().cloned();
        group.panels.extend(first.map(|key| MergedPanel { key, topics, index: Some(index) }));
    }
    let named: BTreeSet<&Topic> = board.panels.iter().flat_map(Panel::topics).collect();
    for group in usual.iter().filter(|_| board.new_topics == NewTopics::Show) {
        let new = group.topics.iter().filter(|topic| !named.contains(topic));
        let panels =
            new.map(|topic| MergedPanel { key: topic.clone(), topics: vec![topic.clone()], index: None });
        merged.group(&group.name).panels.extend(panels);
    }
    merged.groups.retain(|group| !group.panels.is_empty());
    set_keys(&mut merged, &known);
    let shown: BTreeSet<&Topic> = merged.panels().flat_map(|panel| &panel.topics).collect();
    let hidden = usual.iter().flat_map(|group| &group.topics).filter(|topic| !shown.contains(topic));
    let hidden = hidden.cloned().collect();
    Merged { hidden, ..merged }
}

/// Gives each panel a key, in the order of the document.
fn set_keys(merged: &mut Merged, known: &BTreeSet<&Topic>) {
    let panels = merged.groups.iter_mut().flat_map(|group| &mut group.panels);
    let mut panels: Vec<&mut MergedPanel> = panels.collect();
    sorted::sort_by_key(&mut panels, |panel| panel.index.unwrap_or(usize::MAX));
    let mut taken: BTreeSet<Topic> = BTreeSet::new();
    for panel in panels {
        let own = panel.topics.iter().find(|topic| !taken.contains(*topic)).cloned();
        let numbered = |number: u32| Topic::new(&format!("{}.{number}", panel.topics[0])).ok();
        let is_free = |key: &Topic| !taken.contains(key) && !known.contains(key);
        let key = own.or_else(|| (2..MOST_NUMBERS).filter_map(numbered).find(is_free));
        key.into_iter().for_each(|key| {
            taken.insert(key.clone());
            panel.key = key;
        });
    }
}

/// Largest number in the key of a panel.
const MOST_NUMBERS: u32 = 1_000;

/// Returns the name of the group of a panel: the one that the document gives, or the usual group of its first topic.
pub(super) fn group_of(panel: &Panel) -> &str {
    let usual = || panel.topics().next().map_or("", group_name);
    panel.group.as_deref().unwrap_or_else(usual)
}

impl Merged {
    /// Returns all panels that are shown, in order.
    pub fn panels(&self) -> impl Iterator<Item = &MergedPanel> {
        self.groups.iter().flat_map(|group| &group.panels)
    }

    fn group(&mut self, name: &str) -> &mut MergedGroup {
        let index = self.groups.iter().position(|group| group.name == name).unwrap_or_else(|| {
            self.groups.push(MergedGroup { name: name.to_owned(), panels: Vec::new() });
            self.groups.len() - 1
        });
        &mut self.groups[index]
    }
}

#[cfg(test)]
mod tests;
