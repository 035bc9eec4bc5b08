//! Properties that hold for any document and any change.

use std::collections::BTreeSet;

use proptest::prelude::*;
use shared::board::NewTopics;

use super::*;

const ALL: [&str; 8] = ["a/1", "a/2", "a/3", "b/1", "b/2", "c", "d", "b/c/d"];

fn any_topic() -> impl Strategy<Value = Topic> {
    prop::sample::select(ALL.to_vec()).prop_map(topic)
}

fn any_board() -> impl Strategy<Value = Board> {
    let group = prop::option::weighted(0.3, prop::sample::select(vec!["a", "x", ""]));
    let panel = (any_topic(), group, prop::bool::weighted(0.2)).prop_map(|(topic, group, hidden)| Panel {
        group: group.map(str::to_owned),
        hidden,
        ..Panel::of(topic)
    });
    (prop::collection::vec(panel, 0..8), any::<bool>()).prop_map(|(panels, hides)| Board {
        panels,
        new_topics: if hides { NewTopics::Hide } else { NewTopics::Show },
        ..Board::default()
    })
}

fn any_edit() -> impl Strategy<Value = Edit> {
    let direction = || prop::sample::select(vec![Direction::Earlier, Direction::Later]);
    prop_oneof![
        4 => (any_topic(), direction()).prop_map(|(topic, direction)| Edit::Step(topic, direction)),
        3 => (any_topic(), any_topic(), direction()).prop_map(|(topic, onto, direction)| Edit::Drop(topic, onto, direction)),
        1 => (any_topic(), 1_u32..9).prop_map(|(topic, columns)| Edit::Columns(topic, columns)),
        1 => (any_topic(), "[a-c]{0,2}").prop_map(|(topic, group)| Edit::Group(topic, group)),
        2 => (any_topic(), any_topic()).prop_map(|(topic, onto)| Edit::Join(topic, onto)),
        1 => any_topic().prop_map(Edit::Split),
        1 => any_topic().prop_map(Edit::Hide),
        1 => any_topic().prop_map(Edit::Show),
    ]
}

fn topics(merged: &Merged) -> BTreeSet<Topic> {
    merged.panels().flat_map(|panel| panel.topics.iter().cloned()).collect()
}

proptest! {
    #[test]
    fn a_document_that_names_every_topic_shows_the_same(board in any_board()) {
        let usual = usual(&ALL);
        let adopted = adopt(&board, &usual);
        prop_assert_eq!(shown(&adopted, &usual), shown(&board, &usual));
        prop_assert!(merge(&adopted, &usual).panels().all(|panel| panel.index.is_some()));
    }

    #[test]
    fn only_hiding_and_showing_change_which_topics_are_shown(board in any_board(), change in any_edit()) {
        let usual = usual(&ALL);
        let (before, after) = (topics(&merge(&board, &usual)), topics(&merge(&edit(&board, &usual, &change), &usual)));
        let lost: Vec<&Topic> = before.difference(&after).collect();
        let gained: Vec<&Topic> = after.difference(&before).collect();
        match &change {
            Edit::Hide(topic) => prop_assert!(lost.iter().all(|lost| *lost == topic) && gained.is_empty()),
            Edit::Show(topic) => prop_assert!(gained.iter().all(|gained| *gained == topic) && lost.is_empty()),
            _ => prop_assert!(lost.is_empty() && gained.is_empty(), "{:?} {:?}", lost, gained),
        }
    }

    #[test]
    fn no_change_loses_or_doubles_a_panel(board in any_board(), change in any_edit()) {
        let usual = usual(&ALL);
        let adopted = adopt(&board, &usual);
        let changed = edit(&board, &usual, &change);
        let names = |board: &Board| {
            let mut names: Vec<String> = board.panels.iter().flat_map(|panel| panel.topics().map(Topic::to_string)).collect();
            names.sort_unstable();
            names
        };
        prop_assert_eq!(names(&adopted), names(&changed));
    }

    #[test]
    fn every_panel_has_a_key_of_its_own(board in any_board(), changes in prop::collection::vec(any_edit(), 0..6)) {
        let usual = usual(&ALL);
        let board = changes.iter().fold(board, |board, change| edit(&board, &usual, change));
        let merged = merge(&board, &usual);
        let keys: BTreeSet<&Topic> = merged.panels().map(|panel| &panel.key).collect();
        prop_assert_eq!(keys.len(), merged.panels().count());
        for panel in merged.panels() {
            prop_assert!(panel.topics.contains(&panel.key) || ALL.iter().all(|name| topic(name) != panel.key));
        }
    }

    #[test]
    fn a_step_moves_one_panel_and_leaves_the_others_in_order(board in any_board(), moved in any_topic()) {
        let usual = usual(&ALL);
        let order = |board: &Board| -> Vec<usize> {
            let adopted: Vec<Topic> = merge(board, &usual).panels().flat_map(|panel| panel.topics.clone()).collect();
            adopted.iter().filter(|topic| **topic != moved).map(|topic| ALL.iter().position(|name| *name == topic.as_str()).unwrap()).collect()
        };
        // With several panels of one topic, only the first of them moves.
        prop_assume!(adopt(&board, &usual).panels.iter().filter(|panel| panel.topics().any(|topic| *topic == moved)).count() == 1);
        for direction in [Direction::Earlier, Direction::Later] {
            let stepped = edit(&board, &usual, &Edit::Step(moved.clone(), direction));
            prop_assert_eq!(order(&stepped), order(&adopt(&board, &usual)));
        }
    }
}
