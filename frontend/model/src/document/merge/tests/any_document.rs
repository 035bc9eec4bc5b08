//! Properties that hold for any document and any topics of a server.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::layout::Layout;

/// Names of topics, some of which a document names and a server has.
const ALL: [&str; 9] = ["a/1", "a/2", "a/3", "b/1", "b/2", "c", "d", "a", "b/c/d"];

fn names() -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(ALL.to_vec(), 0..=ALL.len())
}

fn any_panel() -> impl Strategy<Value = Panel> {
    let sources = prop::sample::subsequence(ALL.to_vec(), 1..4).prop_shuffle();
    let group = prop::option::weighted(0.3, prop::sample::select(vec!["a", "x", ""]));
    (sources, group, prop::bool::weighted(0.2)).prop_map(|(names, group, hidden)| Panel {
        group: group.map(str::to_owned),
        hidden,
        ..panel(&names)
    })
}

fn any_board() -> impl Strategy<Value = Board> {
    (prop::collection::vec(any_panel(), 0..8), any::<bool>()).prop_map(|(panels, hides)| Board {
        new_topics: if hides { NewTopics::Hide } else { NewTopics::Show },
        ..board(panels)
    })
}

fn topics<'a>(panels: impl Iterator<Item = &'a MergedPanel>) -> BTreeSet<Topic> {
    panels.flat_map(|panel| panel.topics.iter().cloned()).collect()
}

proptest! {
    #[test]
    fn every_topic_is_either_shown_or_counted_as_hidden(board in any_board(), names in names()) {
        let merged = merge(&board, &usual(&names));
        let mut seen = topics(merged.panels());
        let hidden: BTreeSet<Topic> = merged.hidden.iter().cloned().collect();
        prop_assert!(seen.is_disjoint(&hidden));
        seen.extend(hidden);
        prop_assert_eq!(seen, names.iter().map(|name| topic(name)).collect());
    }

    #[test]
    fn a_topic_that_the_document_does_not_name_is_shown_once(board in any_board(), names in names()) {
        let merged = merge(&board, &usual(&names));
        for name in names.iter().map(|name| topic(name)) {
            let is_named = board.panels.iter().any(|panel| panel.topics().any(|named| *named == name));
            let count = merged.panels().filter(|panel| panel.topics.contains(&name)).count();
            if !is_named {
                prop_assert_eq!(count, usize::from(board.new_topics == NewTopics::Show));
            }
        }
    }

    #[test]
    fn no_panel_is_empty_shown_twice_or_hidden_by_the_document(board in any_board(), names in names()) {
        let merged = merge(&board, &usual(&names));
        prop_assert!(merged.groups.iter().all(|group| !group.panels.is_empty()));
        prop_assert!(merged.panels().all(|panel| !panel.topics.is_empty()));
        let indices: Vec<usize> = merged.panels().filter_map(|panel| panel.index).collect();
        let distinct: BTreeSet<usize> = indices.iter().copied().collect();
        prop_assert_eq!(distinct.len(), indices.len());
        prop_assert!(indices.iter().all(|index| !board.panels[*index].hidden));
        let groups: BTreeSet<&str> = merged.groups.iter().map(|group| group.name.as_str()).collect();
        prop_assert_eq!(groups.len(), merged.groups.len());
    }

    #[test]
    fn the_panels_of_a_group_are_in_the_order_of_the_document(board in any_board(), names in names()) {
        for group in merge(&board, &usual(&names)).groups {
            let places: Vec<usize> = group.panels.iter().map(|panel| panel.index.unwrap_or(usize::MAX)).collect();
            prop_assert!(places.is_sorted(), "{:?}", places);
        }
    }

    #[test]
    fn a_new_topic_moves_nothing_that_was_shown(board in any_board(), names in names(), new in 0..ALL.len()) {
        // The page appends new topics to their groups, in the order in which they appear.
        let mut layout = Layout::default();
        layout.add(names.iter().map(|name| topic(name)).collect());
        let before = keys(&merge(&board, layout.groups()));
        layout.add(vec![topic(ALL[new])]);
        let mut after = keys(&merge(&board, layout.groups()));
        after.retain(|key| before.contains(key));
        prop_assert_eq!(before, after);
    }
}

/// Returns what identifies each panel, in order: its group, and its place in the document or its topic.
fn keys(merged: &Merged) -> Vec<(String, Option<usize>, Option<Topic>)> {
    let keys = merged.groups.iter().flat_map(|group| {
        let key = |panel: &MergedPanel| match panel.index {
            Some(index) => (group.name.clone(), Some(index), None),
            None => (group.name.clone(), None, panel.topics.first().cloned()),
        };
        group.panels.iter().map(key)
    });
    keys.collect()
}
