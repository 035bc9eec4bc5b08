//! The topics that have a panel, and the topics that are left out because the board has its maximum number of panels. Depends on
//! [`super::query`] and [`super::sorted`].

use std::collections::{HashMap, HashSet};

use shared::Topic;

use super::budget::MOST_TOPICS;
use super::query::Query;
use super::sorted;

/// Maximum numbers of panels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Maximum number of panels that are added because topics have data.
    pub panels: usize,
    /// Maximum number of panels that searches add beyond `panels`. If there are more, the oldest panels that a search has added are
    /// removed.
    pub found: usize,
    /// Maximum number of panels that one search adds. It must not be larger than `found`, so that a search does not remove the
    /// panels that it adds.
    pub added: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { panels: MOST_TOPICS, found: 100, added: 50 }
    }
}

/// The topics of a board. Each of them has a panel, whose model is a `M`, or is left out, and never both.
#[derive(Clone, Debug)]
pub struct Panels<M> {
    room: Room,
    models: HashMap<Topic, M>,
    left_out: HashSet<Topic>,
    /// Topics for which a search has added a panel, the oldest first. Each of them has a panel.
    found: Vec<Topic>,
    /// Number of changes of `left_out`.
    version: u64,
}

/// The changes that a search has made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Topics that were left out and now have a panel, sorted.
    pub added: Vec<Topic>,
    /// Topics whose panels were removed to make room, so that they are left out now.
    pub removed: Vec<Topic>,
}

impl<M> Default for Panels<M> {
    fn default() -> Self {
        Self::new(Room::default())
    }
}

impl<M> Panels<M> {
    /// Creates a board without topics that may have this many panels.
    pub fn new(room: Room) -> Self {
        Self { room, models: HashMap::new(), left_out: HashSet::new(), found: Vec::new(), version: 0 }
    }

    /// Returns the model of a topic; `None` if it has no panel.
    pub fn get(&self, topic: &Topic) -> Option<&M> {
        self.models.get(topic)
    }

    /// Returns the topics that have a panel, with their models, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&Topic, &M)> {
        self.models.iter()
    }

    /// Returns every topic, with a panel or left out, in no particular order.
    pub fn topics(&self) -> Vec<Topic> {
        self.models.keys().chain(&self.left_out).cloned().collect()
    }

    /// Returns true if the topic has no panel because the board was full.
    pub fn is_left_out(&self, topic: &Topic) -> bool {
        self.left_out.contains(topic)
    }

    /// Returns the topics without a panel that a search finds, sorted.
    pub fn left_out_by(&self, query: &Query) -> Vec<Topic> {
        let mut found: Vec<Topic> =
            self.left_out.iter().filter(|topic| query.finds(topic)).cloned().collect();
        sorted::sort(&mut found);
        found
    }

    /// Returns a number that changes whenever the topics without a panel change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns the model of a topic that has data. If the topic has no panel, it gets one with a new model, unless the board is
    /// full. Then the topic is left out, and the result is `None`.
    pub fn add(&mut self, topic: &Topic, model: impl FnOnce() -> M) -> Option<&M> {
        if !self.models.contains_key(topic) {
            if self.models.len() >= self.room.panels {
                self.leave_out(topic.clone());
                return None;
            }
            self.show(topic, model());
        }
        self.models.get(topic)
    }

    /// Removes a topic that no longer exists, whether it has a panel or not.
    pub fn remove(&mut self, topic: &Topic) {
        self.models.remove(topic);
        self.found.retain(|found| found != topic);
        self.take_in(topic);
    }

    /// Adds panels for topics without one that a search finds, even if the board is full. A search without words adds none.
    pub fn find(&mut self, query: &Query, model: impl Fn(&Topic) -> M) -> Search {
        if query.is_empty() {
            return Search::default();
        }
        let mut added = self.left_out_by(query);
        added.truncate(self.room.added);
        for topic in &added {
            self.show(topic, model(topic));
            self.found.push(topic.clone());
        }
        Search { added, removed: self.remove_excess() }
    }

    /// Leaves out the topics that were found first while there are too many panels. Returns them.
    fn remove_excess(&mut self) -> Vec<Topic> {
        let excess = self.models.len().saturating_sub(self.room.panels + self.room.found);
        let removed: Vec<Topic> = self.found.drain(..excess.min(self.found.len())).collect();
        for topic in &removed {
            self.models.remove(topic);
            self.leave_out(topic.clone());
        }
        removed
    }

    fn show(&mut self, topic: &Topic, model: M) {
        self.take_in(topic);
        self.models.insert(topic.clone(), model);
    }

    fn leave_out(&mut self, topic: Topic) {
        self.version += u64::from(self.left_out.insert(topic));
    }

    /// Records that a topic is no longer left out.
    fn take_in(&mut self, topic: &Topic) {
        self.version += u64::from(self.left_out.remove(topic));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn topic(name: &str) -> Topic {
        Topic::new(name).unwrap()
    }

    fn add(panels: &mut Panels<&'static str>, name: &str, model: &'static str) -> Option<&'static str> {
        panels.add(&topic(name), || model).copied()
    }

    fn find(panels: &mut Panels<&'static str>, text: &str) -> Search {
        panels.find(&Query::new(text), |_| "found")
    }

    fn left_out<M>(panels: &Panels<M>) -> Vec<Topic> {
        panels.left_out_by(&Query::default())
    }

    /// Returns a board with room for two panels and two found ones. The topics `a` and `b` have a panel.
    fn full() -> Panels<&'static str> {
        let mut panels = Panels::new(Room { panels: 2, found: 2, added: 2 });
        add(&mut panels, "a", "first");
        add(&mut panels, "b", "first");
        panels
    }

    #[test]
    fn a_topic_is_left_out_of_a_full_board_until_there_is_room() {
        let mut panels = full();
        assert_eq!(add(&mut panels, "x", "of x"), None);
        assert!(panels.is_left_out(&topic("x")));
        panels.remove(&topic("b"));
        assert_eq!(add(&mut panels, "x", "of x"), Some("of x"));
        assert_eq!(left_out(&panels), []);
    }

    #[test]
    fn the_topics_of_a_board_are_also_those_without_a_panel() {
        let mut panels = full();
        add(&mut panels, "x", "of x");
        let mut topics = panels.topics();
        topics.sort();
        assert_eq!(topics, ["a", "b", "x"].map(topic));
        topics.iter().for_each(|topic| panels.remove(topic));
        assert_eq!(panels.topics(), []);
    }

    #[test]
    fn a_search_does_not_replace_the_model_of_a_topic_that_has_got_a_panel() {
        let mut panels = full();
        add(&mut panels, "x", "of x");
        panels.remove(&topic("b"));
        add(&mut panels, "x", "of x");
        assert_eq!(find(&mut panels, "x"), Search::default());
        assert_eq!(panels.get(&topic("x")), Some(&"of x"));
    }

    #[test]
    fn a_topic_with_a_panel_keeps_its_model() {
        let mut panels = full();
        assert_eq!(add(&mut panels, "a", "second"), Some("first"));
    }

    #[test]
    fn a_deleted_topic_without_a_panel_is_no_longer_left_out() {
        let mut panels = full();
        add(&mut panels, "x", "of x");
        panels.remove(&topic("x"));
        assert_eq!(left_out(&panels), []);
        assert_eq!(find(&mut panels, "x"), Search::default());
    }

    #[test]
    fn a_deleted_topic_that_a_search_had_found_is_not_left_out_later() {
        let mut panels = full();
        for name in ["v", "w", "x", "y"] {
            add(&mut panels, name, "of data");
        }
        find(&mut panels, "=v");
        panels.remove(&topic("v"));
        for text in ["=w", "=x", "=y"] {
            find(&mut panels, text);
        }
        assert_eq!(left_out(&panels), [topic("w")]);
        assert_eq!(panels.get(&topic("v")), None);
    }

    #[test]
    fn the_panels_that_were_found_first_make_room_for_those_of_a_new_search() {
        let mut panels = full();
        for name in ["v", "w", "x", "y"] {
            add(&mut panels, name, "of data");
        }
        assert_eq!(find(&mut panels, "=x").added, [topic("x")]);
        assert_eq!(find(&mut panels, "=y").removed, []);
        let third = find(&mut panels, "=v");
        assert_eq!(third, Search { added: vec![topic("v")], removed: vec![topic("x")] });
        assert_eq!(left_out(&panels), [topic("w"), topic("x")]);
        let again = find(&mut panels, "=x");
        assert_eq!(again, Search { added: vec![topic("x")], removed: vec![topic("y")] });
        assert!(panels.get(&topic("a")).is_some() && panels.get(&topic("b")).is_some());
    }

    #[test]
    fn panels_that_were_found_stay_if_the_board_has_room_for_them() {
        let mut panels = full();
        for name in ["v", "w", "x"] {
            add(&mut panels, name, "of data");
        }
        find(&mut panels, "=v");
        panels.remove(&topic("a"));
        find(&mut panels, "=w");
        assert_eq!(find(&mut panels, "=x").removed, []);
        assert_eq!(left_out(&panels), []);
    }

    #[test]
    fn one_search_adds_the_first_topics_by_name_and_an_empty_one_none() {
        let mut panels = full();
        for name in ["y", "x", "w"] {
            add(&mut panels, name, "of data");
        }
        assert_eq!(find(&mut panels, "  "), Search::default());
        assert_eq!(find(&mut panels, "*").added, [topic("w"), topic("x")]);
    }

    #[test]
    fn only_a_change_of_the_topics_without_a_panel_is_a_new_version() {
        let mut panels = full();
        assert_eq!(panels.version(), 0, "nothing is left out");
        add(&mut panels, "x", "of x");
        let one_left_out = panels.version();
        add(&mut panels, "x", "of x");
        add(&mut panels, "a", "second");
        assert_eq!(panels.version(), one_left_out);
        find(&mut panels, "x");
        assert_ne!(panels.version(), one_left_out);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Something that happens to a board of a few topics.
    #[derive(Clone, Debug)]
    enum Step {
        Publish(Topic),
        Delete(Topic),
        Search(String),
    }

    fn topic() -> impl Strategy<Value = Topic> {
        "[ab]/[a-e]".prop_map(|name| Topic::new(&name).expect("a topic"))
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => topic().prop_map(Step::Publish),
            2 => topic().prop_map(Step::Delete),
            2 => "=?[ab]/[a-e]|[a-e]|\\*| ?".prop_map(Step::Search),
        ]
    }

    fn room() -> impl Strategy<Value = Room> {
        (0_usize..5, 0_usize..4)
            .prop_flat_map(|(panels, found)| (0..=found).prop_map(move |added| Room { panels, found, added }))
    }

    fn models(panels: &Panels<usize>) -> HashMap<Topic, usize> {
        panels.iter().map(|(topic, model)| (topic.clone(), *model)).collect()
    }

    /// Returns true if the board contains exactly these topics, each with a panel or left out.
    fn has_each_once(panels: &Panels<usize>, topics: &HashSet<Topic>) -> bool {
        let left_out = panels.left_out_by(&Query::default());
        let has_both = left_out.iter().any(|topic| panels.get(topic).is_some());
        let all: HashSet<Topic> = panels.iter().map(|(topic, _)| topic.clone()).chain(left_out).collect();
        !has_both && all == *topics
    }

    proptest! {
        #[test]
        fn a_topic_has_a_panel_or_is_left_out_and_its_model_stays(
            room in room(),
            steps in prop::collection::vec(step(), 0..60),
        ) {
            let mut panels = Panels::new(room);
            let mut topics = HashSet::new();
            for (number, step) in steps.into_iter().enumerate() {
                let (before, version) = (models(&panels), panels.version());
                let left_out = panels.left_out_by(&Query::default());
                let mut gone = Vec::new();
                match step {
                    Step::Publish(topic) => {
                        let model = panels.add(&topic, || number).copied();
                        prop_assert_eq!(model, panels.get(&topic).copied());
                        topics.insert(topic);
                    }
                    Step::Delete(topic) => {
                        panels.remove(&topic);
                        topics.remove(&topic);
                        gone.push(topic);
                    }
                    Step::Search(text) => {
                        let search = panels.find(&Query::new(&text), |_| number);
                        prop_assert!(search.added.len() <= room.added);
                        prop_assert!(search.added.iter().all(|topic| panels.get(topic) == Some(&number)));
                        prop_assert!(search.added.iter().all(|topic| left_out.contains(topic)));
                        gone = search.removed;
                    }
                }
                prop_assert!(has_each_once(&panels, &topics));
                let listed = panels.topics();
                prop_assert_eq!(listed.len(), topics.len());
                prop_assert!(listed.iter().all(|topic| topics.contains(topic)));
                prop_assert!(panels.models.len() <= room.panels + room.found);
                let distinct: HashSet<&Topic> = panels.found.iter().collect();
                prop_assert_eq!(distinct.len(), panels.found.len());
                prop_assert!(panels.found.iter().all(|topic| panels.get(topic).is_some()));
                for (topic, model) in before.iter().filter(|(topic, _)| !gone.contains(topic)) {
                    prop_assert_eq!(panels.get(topic), Some(model), "{} has another model", topic);
                }
                let is_changed = panels.left_out_by(&Query::default()) != left_out;
                prop_assert!(!is_changed || panels.version() != version);
            }
        }
    }
}
