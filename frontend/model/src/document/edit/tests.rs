use super::*;
use crate::document::test_topics::{topic, usual};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[cfg(not(target_arch = "wasm32"))]
mod any_edit;

/// Returns the panels that are shown, as one text for each group.
fn shown(board: &Board, usual: &[Group]) -> Vec<String> {
    let groups = merge(board, usual).groups;
    let words = |group: &super::super::MergedGroup| {
        let names: Vec<&str> = group.panels.iter().map(|panel| panel.topics[0].as_str()).collect();
        format!("{}: {}", group.name, names.join(" "))
    };
    groups.iter().map(words).collect()
}

const NAMES: [&str; 5] = ["host/cpu", "host/mem", "host/net", "shop/log", "shop/orders"];

fn after(edits: &[Edit]) -> (Board, Vec<String>) {
    let usual = usual(&NAMES);
    let board = edits.iter().fold(Board::default(), |board, change| edit(&board, &usual, change));
    let shown = shown(&board, &usual);
    (board, shown)
}

#[test]
fn a_panel_steps_past_its_neighbours_and_into_the_next_group() {
    let later = || Edit::Step(topic("host/mem"), Direction::Later);
    assert_eq!(after(&[later()]).1, ["host: host/cpu host/net host/mem", "shop: shop/log shop/orders"]);
    assert_eq!(
        after(&[later(), later()]).1,
        ["host: host/cpu host/net", "shop: host/mem shop/log shop/orders"]
    );
    let (board, _) = after(&[later(), later()]);
    assert_eq!(board.panels.iter().filter(|panel| panel.group.is_some()).count(), 1);
    let back = Edit::Step(topic("host/mem"), Direction::Earlier);
    let (board, groups) = after(&[later(), later(), back]);
    assert_eq!(groups, ["host: host/cpu host/net host/mem", "shop: shop/log shop/orders"]);
    assert!(board.panels.iter().all(|panel| panel.group.is_none()), "the usual group is not written");
}

#[test]
fn the_first_and_the_last_panel_cannot_leave_the_board() {
    for (name, direction) in [("host/cpu", Direction::Earlier), ("shop/orders", Direction::Later)] {
        let (_, groups) = after(&[Edit::Step(topic(name), direction)]);
        assert_eq!(groups, ["host: host/cpu host/mem host/net", "shop: shop/log shop/orders"]);
    }
}

#[test]
fn a_panel_is_dropped_before_or_after_another_one() {
    let drop = |direction| Edit::Drop(topic("shop/log"), topic("host/mem"), direction);
    assert_eq!(after(&[drop(Direction::Earlier)]).1[0], "host: host/cpu shop/log host/mem host/net");
    assert_eq!(after(&[drop(Direction::Later)]).1[0], "host: host/cpu host/mem shop/log host/net");
}

#[test]
fn a_hidden_panel_comes_back_to_its_place() {
    let (_, groups) = after(&[Edit::Hide(topic("host/mem"))]);
    assert_eq!(groups[0], "host: host/cpu host/net");
    let (_, groups) = after(&[Edit::Hide(topic("host/mem")), Edit::Show(topic("host/mem"))]);
    assert_eq!(groups[0], "host: host/cpu host/mem host/net");
}

#[test]
fn titles_sizes_and_groups_are_written_and_taken_back() {
    let of = || topic("host/net");
    let (board, groups) = after(&[
        Edit::Title(of(), "Network".into()),
        Edit::Columns(of(), 6),
        Edit::Height(of(), "double"),
        Edit::Group(of(), "Lines".into()),
    ]);
    let panel = board.panels.last().unwrap();
    assert_eq!(
        (panel.title.as_deref(), panel.columns, panel.height.as_deref()),
        (Some("Network"), Some(6), Some("double"))
    );
    assert_eq!(groups.last().unwrap(), "Lines: host/net");
    let (board, groups) = after(&[
        Edit::Group(of(), "Lines".into()),
        Edit::Group(of(), String::new()),
        Edit::Title(of(), String::new()),
    ]);
    assert_eq!(groups[0], "host: host/cpu host/mem host/net");
    assert!(board.panels.iter().all(|panel| *panel == Panel::of(panel.topics().next().unwrap().clone())));
}

/// Returns the topics of the panels, in order.
fn panels(board: &Board) -> Vec<String> {
    let names = |panel: &Panel| panel.topics().map(Topic::as_str).collect::<Vec<_>>().join("+");
    board.panels.iter().map(names).collect()
}

#[test]
fn panels_are_joined_and_split_again() {
    let join = Edit::Join(topic("host/net"), topic("host/cpu"));
    let (board, groups) = after(std::slice::from_ref(&join));
    assert_eq!(panels(&board), ["host/cpu+host/net", "host/mem", "shop/log", "shop/orders"]);
    assert_eq!(groups[0], "host: host/cpu host/mem");
    let (board, groups) = after(&[join, Edit::Split(topic("host/cpu"))]);
    assert_eq!(panels(&board), ["host/cpu", "host/net", "host/mem", "shop/log", "shop/orders"]);
    assert_eq!(groups[0], "host: host/cpu host/net host/mem");
}

#[test]
fn topics_of_other_groups_stay_in_the_group_of_the_panel_when_it_is_split() {
    let edits = [Edit::Join(topic("shop/orders"), topic("host/cpu")), Edit::Split(topic("host/cpu"))];
    assert_eq!(after(&edits).1, ["host: host/cpu shop/orders host/mem host/net", "shop: shop/log"]);
}

#[test]
fn a_panel_is_not_joined_with_itself_and_a_single_topic_is_not_split() {
    let (board, _) = after(&[
        Edit::Join(topic("host/net"), topic("host/net")),
        Edit::Split(topic("host/net")),
        Edit::Join(topic("host/net"), topic("not/there")),
    ]);
    assert_eq!(panels(&board), NAMES);
}

#[test]
fn what_was_derived_of_one_topic_is_not_derived_of_another_one_that_joins_it() {
    let usual = usual(&NAMES);
    let mut board = adopt(&Board::default(), &usual);
    board.panels[0].derive =
        vec![shared::board::DeriveStep { rate: Some("second".into()), ..Default::default() }];
    let joined = edit(&board, &usual, &Edit::Join(topic("host/mem"), topic("host/cpu")));
    let [cpu, mem] = &joined.panels[0].sources[..] else { panic!("two sources") };
    assert_eq!((cpu.derive.len(), mem.derive.len(), joined.panels[0].derive.len()), (1, 0, 0));
}

#[test]
fn a_second_panel_of_a_topic_is_changed_by_its_own_key() {
    let usual = usual(&NAMES);
    let board = Board {
        panels: vec![Panel::of(topic("host/cpu")), Panel::of(topic("host/cpu"))],
        ..Board::default()
    };
    let keys: Vec<String> = merge(&board, &usual).panels().map(|panel| panel.key.to_string()).collect();
    assert_eq!(keys[..2], ["host/cpu", "host/cpu.2"]);
    let board = edit(&board, &usual, &Edit::Title(topic("host/cpu.2"), "Again".into()));
    let titles: Vec<_> = board.panels.iter().map(|panel| panel.title.as_deref()).collect();
    assert_eq!(titles[..2], [None, Some("Again")]);
}
