//! The layout of a board, from the names of topics that a server sends and a search that a person types.

use std::collections::BTreeSet;

use board_model::layout::Layout;
use board_model::query::Query;
use shared::Topic;

use crate::target::{Target, signature};

pub const TARGET: Target = Target { name: "layout", words: &["\n+", "\n-", "/", "*", " "], seeds: None, run };

/// The first line is a search; each other line adds (`+`) or removes (`-`) a topic. Checks that every topic is shown once, that
/// the order of the others does not change when one is added, and that the search shows topics of the layout in its order.
fn run(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.lines();
    let query = Query::new(lines.next().unwrap_or_default());
    let (mut layout, mut topics) = (Layout::default(), BTreeSet::new());
    for line in lines.take(100) {
        let (sign, name) = line.split_at_checked(1).unwrap_or_default();
        let Ok(topic) = Topic::new(name) else { continue };
        if sign == "-" {
            layout.remove(&topic);
            topics.remove(&topic);
            continue;
        }
        let before = shown(&layout);
        layout.add(vec![topic.clone()]);
        topics.insert(topic.clone());
        let others: Vec<Topic> = shown(&layout).into_iter().filter(|other| before.contains(other)).collect();
        assert_eq!(others, before, "adding {topic} changes the order of the others");
    }
    let all = shown(&layout);
    assert_eq!(all.len(), topics.len(), "each topic is shown once");
    assert!(all.iter().all(|topic| topics.contains(topic)));
    let found: Vec<Topic> = query_result(&layout, &query);
    let expected: Vec<Topic> = all.into_iter().filter(|topic| query.finds(topic)).collect();
    assert_eq!(found, expected);
    signature((layout.groups().len().min(6), topics.len().min(6), found.len().min(6)))
}

fn shown(layout: &Layout) -> Vec<Topic> {
    layout.groups().iter().flat_map(|group| group.topics.clone()).collect()
}

fn query_result(layout: &Layout, query: &Query) -> Vec<Topic> {
    layout.found_by(query).into_iter().flat_map(|group| group.topics).collect()
}
