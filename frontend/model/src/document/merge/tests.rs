use super::*;
use crate::document::test_topics::{topic, usual};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[cfg(not(target_arch = "wasm32"))]
mod any_document;

fn panel(names: &[&str]) -> Panel {
    let mut panel = Panel::of(topic(names[0]));
    panel.sources.extend(names[1..].iter().flat_map(|name| Panel::of(topic(name)).sources));
    panel
}

fn board(panels: Vec<Panel>) -> Board {
    Board { panels, ..Board::default() }
}

/// Returns the merged board as one text for each group.
fn shown(board: &Board, names: &[&str]) -> Vec<String> {
    let words = |panel: &MergedPanel| panel.topics.iter().map(Topic::as_str).collect::<Vec<_>>().join("+");
    let merged = merge(board, &usual(names));
    let groups = merged.groups.iter().map(|group| {
        let panels: Vec<String> = group.panels.iter().map(words).collect();
        format!("{}: {}", group.name, panels.join(" "))
    });
    groups.collect()
}

const NAMES: [&str; 5] = ["host/cpu", "host/mem", "host/net", "shop/log", "shop/orders"];

#[test]
fn an_empty_document_shows_the_board_as_without_one() {
    assert_eq!(
        shown(&Board::default(), &NAMES),
        ["host: host/cpu host/mem host/net", "shop: shop/log shop/orders"]
    );
}

#[test]
fn the_document_decides_the_order_and_other_topics_follow_in_their_groups() {
    let board = board(vec![panel(&["shop/orders"]), panel(&["host/net"])]);
    assert_eq!(shown(&board, &NAMES), ["shop: shop/orders shop/log", "host: host/net host/cpu host/mem"]);
}

#[test]
fn a_new_topic_appears_unless_the_document_hides_new_topics() {
    let mut board = board(vec![panel(&["host/net"])]);
    assert_eq!(shown(&board, &["host/net", "new"]), ["host: host/net", ": new"]);
    board.new_topics = NewTopics::Hide;
    assert_eq!(shown(&board, &["host/net", "new"]), ["host: host/net"]);
    assert_eq!(merge(&board, &usual(&["host/net", "new"])).hidden, [topic("new")]);
}

#[test]
fn a_hidden_topic_stays_hidden_and_is_known_to_be() {
    let hidden = Panel { hidden: true, ..panel(&["host/mem"]) };
    let merged = merge(&board(vec![hidden]), &usual(&NAMES));
    assert_eq!(merged.hidden, [topic("host/mem")]);
    assert_eq!(merged.panels().count(), 4);
}

#[test]
fn topics_are_merged_and_split_into_panels_and_moved_to_groups() {
    let together = Panel { group: Some("Load".into()), ..panel(&["host/cpu", "host/mem"]) };
    let again = Panel { group: Some("Load".into()), ..panel(&["host/cpu"]) };
    assert_eq!(
        shown(&board(vec![together, again]), &NAMES),
        ["Load: host/cpu+host/mem host/cpu", "host: host/net", "shop: shop/log shop/orders"]
    );
}

#[test]
fn a_panel_waits_invisibly_for_its_topic_and_then_takes_its_place() {
    let board = board(vec![panel(&["host/later"]), panel(&["host/net"])]);
    assert_eq!(shown(&board, &["host/cpu", "host/net"]), ["host: host/net host/cpu"]);
    assert_eq!(
        shown(&board, &["host/cpu", "host/later", "host/net"]),
        ["host: host/later host/net host/cpu"]
    );
}
