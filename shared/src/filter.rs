//! Filters, which name the topics of a subscription or of a permission.
//!
//! ```
//! use shared::{Filter, Topic};
//!
//! let filter: Filter = "host/*".parse().expect("a filter");
//! assert!(filter.matches(&Topic::new("host/cpu").expect("a topic")));
//! ```

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::read::read_from;
use crate::topic::{Topic, TopicError};

/// Names a set of topics: a single topic, all topics below a prefix (`host/*`), or all topics (`*`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Filter {
    /// Matches every topic. Written as `*`.
    All,
    /// Matches every topic below this prefix, at any depth, but not the prefix itself. Written as `host/*`.
    Below(Topic),
    /// Matches only this topic. Written as `host/cpu`.
    Only(Topic),
}

read_from!(String: Filter);

impl Filter {
    /// Parses a filter in the form in which it is written in messages and on the command line.
    ///
    /// # Errors
    ///
    /// [`TopicError`], as for [`Topic::new`]. A star is allowed only alone or as the last segment. Anywhere else it is
    /// reported as a character that is not allowed.
    pub fn new(text: &str) -> Result<Self, TopicError> {
        if text == "*" {
            return Ok(Self::All);
        }
        match text.strip_suffix("/*") {
            Some(parent) => Topic::new(parent).map(Self::Below),
            None => Topic::new(text).map(Self::Only),
        }
    }

    /// Returns true if this filter matches `topic`.
    pub fn matches(&self, topic: &Topic) -> bool {
        match self {
            Self::All => true,
            Self::Below(parent) => is_below(topic, parent),
            Self::Only(only) => only == topic,
        }
    }

    /// Returns true if this filter matches every topic that `other` can match, so that a permission for this filter allows
    /// `other`.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Below(parent), Self::Below(child)) => child == parent || is_below(child, parent),
            (_, Self::Only(topic)) => self.matches(topic),
            (Self::Below(_) | Self::Only(_), Self::All) | (Self::Only(_), Self::Below(_)) => false,
        }
    }

    /// Returns every filter that matches `topic`: the topic itself, one filter for each parent, and `*`. There are at
    /// most 9 of them, so the subscribers of a topic are found by at most 9 look-ups, without a scan of all
    /// subscriptions.
    pub fn all_matching(topic: &Topic) -> Vec<Self> {
        let mut filters = vec![Self::Only(topic.clone()), Self::All];
        let mut name = topic.as_str();
        while let Some((parent, _)) = name.rsplit_once('/') {
            // No parent is left out, because a parent of a topic is always a valid topic.
            filters.extend(Topic::new(parent).ok().map(Self::Below));
            name = parent;
        }
        filters
    }
}

fn is_below(topic: &Topic, parent: &Topic) -> bool {
    topic.as_str().strip_prefix(parent.as_str()).is_some_and(|rest| rest.starts_with('/'))
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Below(parent) => write!(f, "{parent}/*"),
            Self::Only(topic) => write!(f, "{topic}"),
        }
    }
}

impl FromStr for Filter {
    type Err = TopicError;

    fn from_str(text: &str) -> Result<Self, TopicError> {
        Self::new(text)
    }
}

impl TryFrom<String> for Filter {
    type Error = TopicError;

    fn try_from(text: String) -> Result<Self, TopicError> {
        Self::new(&text)
    }
}

impl From<Filter> for String {
    fn from(filter: Filter) -> Self {
        filter.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn filter(text: &str) -> Filter {
        Filter::new(text).unwrap()
    }

    fn topic(name: &str) -> Topic {
        Topic::new(name).unwrap()
    }

    #[test]
    fn a_filter_prints_as_it_was_written() {
        for text in ["*", "host/*", "host/cpu", "a/b/c/*"] {
            assert_eq!(filter(text).to_string(), text);
        }
    }

    #[test]
    fn a_star_in_the_middle_is_refused() {
        for text in ["a/*/b", "a*", "**", "*/a", "", "/*"] {
            assert!(Filter::new(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_prefix_matches_what_is_below_it_and_neither_itself_nor_its_namesakes() {
        let below = filter("host/*");
        assert!(below.matches(&topic("host/cpu")) && below.matches(&topic("host/disk/sda")));
        assert!(!below.matches(&topic("host")) && !below.matches(&topic("hosts/cpu")));
    }

    #[test]
    fn covers_agrees_with_matches() {
        let cases = [
            ("*", "*", true),
            ("*", "a/*", true),
            ("a/*", "a/b/*", true),
            ("a/*", "a/*", true),
            ("a/*", "a/b", true),
            ("a/*", "a", false),
            ("a/*", "*", false),
            ("a", "a", true),
            ("a", "a/*", false),
            ("a/b/*", "a/*", false),
        ];
        for (held, asked, allowed) in cases {
            assert_eq!(filter(held).covers(&filter(asked)), allowed, "{held} covers {asked}");
        }
    }

    #[test]
    fn all_matching_lists_exactly_the_filters_that_match() {
        let topic = topic("a/b/c");
        let mut found: Vec<_> = Filter::all_matching(&topic).iter().map(Filter::to_string).collect();
        found.sort();
        assert_eq!(found, ["*", "a/*", "a/b/*", "a/b/c"]);
        assert!(Filter::all_matching(&topic).iter().all(|filter| filter.matches(&topic)));
    }
}
