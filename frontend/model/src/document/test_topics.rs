//! Topics for the tests of documents.

use shared::Topic;

use crate::layout::{Group, Layout};

pub fn topic(name: &str) -> Topic {
    Topic::new(name).unwrap()
}

/// Returns the groups of a board without a document.
pub fn usual(names: &[&str]) -> Vec<Group> {
    let mut layout = Layout::default();
    layout.add(names.iter().map(|name| topic(name)).collect());
    layout.groups().to_vec()
}
