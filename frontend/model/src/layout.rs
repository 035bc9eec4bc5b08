//! The panels on the board, in groups and in a fixed order. Depends on [`super::query`] and
//! [`super::sorted`].

use shared::Topic;

use super::query::Query;
use super::sorted;

/// The topics on the board in the order of their panels, grouped by their first segment (`host` in `host/cpu`). While
/// the page is open, the order never changes: new groups and topics are added at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    groups: Vec<Group>,
}

/// Topics that share their first segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The first segment of the topics. It is empty for the group of all topics that have only one segment.
    pub name: String,
    /// The topics of the group, in the order of their panels.
    pub topics: Vec<Topic>,
}

impl Layout {
    /// Creates a layout of these groups.
    pub fn of(groups: Vec<Group>) -> Self {
        Self { groups }
    }

    /// Adds topics at the end of their groups. Topics that are added together are sorted by name, so that the page
    /// looks the same each time it is opened.
    pub fn add(&mut self, mut topics: Vec<Topic>) {
        topics.retain(|topic| !self.has(topic));
        sorted::sort(&mut topics);
        for topic in topics {
            self.group(group_name(&topic)).topics.push(topic);
        }
    }

    /// Removes a topic from the board, and its group if no topic is left in it.
    pub fn remove(&mut self, topic: &Topic) {
        self.groups.iter_mut().for_each(|group| group.topics.retain(|kept| kept != topic));
        self.groups.retain(|group| !group.topics.is_empty());
    }

    /// Returns true if the topic is on the board.
    pub fn has(&self, topic: &Topic) -> bool {
        let name = group_name(topic);
        self.groups.iter().any(|group| group.name == name && group.topics.contains(topic))
    }

    /// Returns all groups, in the order in which they are shown.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Returns the groups with the topics that a search finds. Groups without such topics are left out.
    pub fn found_by(&self, query: &Query) -> Vec<Group> {
        let found = self.groups.iter().map(|group| Group {
            name: group.name.clone(),
            topics: group.topics.iter().filter(|topic| query.finds(topic)).cloned().collect(),
        });
        found.filter(|group| !group.topics.is_empty()).collect()
    }

    fn group(&mut self, name: &str) -> &mut Group {
        let index = self.groups.iter().position(|group| group.name == name).unwrap_or_else(|| {
            self.groups.push(Group { name: name.to_owned(), topics: Vec::new() });
            self.groups.len() - 1
        });
        &mut self.groups[index]
    }
}

/// Returns the heading of a group with this name.
pub fn heading(group_name: &str) -> &str {
    if group_name.is_empty() { "other topics" } else { group_name }
}

/// Returns the name of a panel inside its group: the topic without its first segment, or the whole topic if it has
/// only one.
pub fn short_name(topic: &Topic) -> &str {
    topic.as_str().split_once('/').map_or(topic.as_str(), |(_, rest)| rest)
}

/// Returns the name of the group in which a topic stands: its first segment, or an empty text if it has only one.
pub fn group_name(topic: &Topic) -> &str {
    topic.as_str().split_once('/').map_or("", |(first, _)| first)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn topics(names: &[&str]) -> Vec<Topic> {
        names.iter().map(|name| Topic::new(name).unwrap()).collect()
    }

    fn shown(groups: &[Group]) -> Vec<String> {
        groups.iter().map(|group| format!("{}: {:?}", group.name, group.topics)).collect()
    }

    #[test]
    fn topics_that_come_together_stand_in_order_of_name() {
        let (mut a, mut b) = (Layout::default(), Layout::default());
        a.add(topics(&["shop/log", "host/cpu", "host/a"]));
        b.add(topics(&["host/a", "shop/log", "host/cpu"]));
        assert_eq!(a, b);
        assert_eq!(shown(a.groups()), ["host: [Topic(host/a), Topic(host/cpu)]", "shop: [Topic(shop/log)]"]);
    }

    #[test]
    fn a_new_topic_moves_no_other() {
        let mut layout = Layout::default();
        layout.add(topics(&["host/cpu", "shop/log"]));
        layout.add(topics(&["host/a", "alpha/x"]));
        assert_eq!(
            shown(layout.groups()),
            ["host: [Topic(host/cpu), Topic(host/a)]", "shop: [Topic(shop/log)]", "alpha: [Topic(alpha/x)]"]
        );
    }

    #[test]
    fn a_topic_has_one_place_and_can_lose_it() {
        let mut layout = Layout::default();
        layout.add(topics(&["host/cpu", "shop/log"]));
        layout.add(topics(&["host/cpu"]));
        assert_eq!(shown(layout.groups()).len(), 2);
        layout.remove(&topics(&["host/cpu"])[0]);
        assert_eq!(shown(layout.groups()), ["shop: [Topic(shop/log)]"]);
    }

    #[test]
    fn topics_of_one_segment_share_a_group_without_a_name() {
        let mut layout = Layout::default();
        layout.add(topics(&["temp", "rain"]));
        assert_eq!(shown(layout.groups()), [": [Topic(rain), Topic(temp)]"]);
    }

    #[test]
    fn a_search_leaves_no_empty_group() {
        let mut layout = Layout::default();
        layout.add(topics(&["host/cpu", "host/net", "shop/log"]));
        assert_eq!(shown(&layout.found_by(&Query::new("net"))), ["host: [Topic(host/net)]"]);
    }

    #[test]
    fn a_panel_is_called_by_all_but_its_group() {
        let names: Vec<_> =
            topics(&["host/disk/sda", "temp"]).iter().map(|t| short_name(t).to_owned()).collect();
        assert_eq!(names, ["disk/sda", "temp"]);
    }
}
