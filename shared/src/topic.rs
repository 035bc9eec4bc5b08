//! Topics: names of streams of publications.
//!
//! ```
//! use shared::Topic;
//!
//! assert_eq!(Topic::new("host/cpu").expect("a topic").leaf(), "cpu");
//! assert!(Topic::new("host//cpu").is_err());
//! ```

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::limits;
use crate::read::read_from;

/// A named stream, such as `host/cpu`: 1 to 8 segments of `[A-Za-z0-9._-]`, at most 128 bytes.
///
/// A value of this type is always valid. A clone shares the text and only increments a reference count.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Topic(Arc<str>);

read_from!(String: Topic);

impl Topic {
    /// Creates a topic from `name` if it is valid.
    ///
    /// # Errors
    ///
    /// [`TopicError`], which describes the error and its place for the person who sent the name.
    pub fn new(name: &str) -> Result<Self, TopicError> {
        check(name)?;
        Ok(Self(name.into()))
    }

    /// Returns an error if the topic cannot be addressed in a URL, because programs resolve the segments `.` and `..`
    /// in the path of a URL before they send it. Topics with such names can no longer be created. [`Topic::new`] still
    /// accepts the names, so that topics which a former version created can be read over the WebSocket.
    ///
    /// # Errors
    ///
    /// [`TopicError::DotSegment`].
    pub fn check_reachable(&self) -> Result<(), TopicError> {
        match self.segments().any(|segment| matches!(segment, "." | "..")) {
            true => Err(TopicError::DotSegment { name: self.as_str().into() }),
            false => Ok(()),
        }
    }

    /// Returns the whole name of the topic, such as `host/cpu`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the segments of the name, which are separated by slashes. There is at least one.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// Returns the last segment of the name, such as `cpu` for `host/cpu`. The board uses it as the title of the
    /// topic's panel.
    pub fn leaf(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Returns the name without its last segment, such as `host` for `host/cpu`, or `None` for a topic of one segment.
    pub fn parent(&self) -> Option<&str> {
        self.0.rsplit_once('/').map(|(parent, _)| parent)
    }
}

fn check(name: &str) -> Result<(), TopicError> {
    if name.is_empty() {
        return Err(TopicError::Empty);
    }
    if name.len() > limits::TOPIC_BYTES {
        return Err(TopicError::TooLong { bytes: name.len(), limit: limits::TOPIC_BYTES });
    }
    let segments = name.split('/').count();
    if segments > limits::TOPIC_SEGMENTS {
        return Err(TopicError::TooDeep { segments, limit: limits::TOPIC_SEGMENTS });
    }
    if name.split('/').any(str::is_empty) {
        return Err(TopicError::EmptySegment { name: name.into() });
    }
    match name.chars().find(|c| !is_allowed(*c)) {
        Some(found) => Err(TopicError::Character { name: name.into(), found }),
        None => Ok(()),
    }
}

/// Returns true for a character that the name of a topic may have.
pub fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/')
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Topic({})", self.0)
    }
}

impl FromStr for Topic {
    type Err = TopicError;

    fn from_str(name: &str) -> Result<Self, TopicError> {
        Self::new(name)
    }
}

impl TryFrom<String> for Topic {
    type Error = TopicError;

    fn try_from(name: String) -> Result<Self, TopicError> {
        Self::new(&name)
    }
}

impl From<Topic> for String {
    fn from(topic: Topic) -> Self {
        topic.0.as_ref().into()
    }
}

/// Reason for which a name is not a valid topic. The sender has to change the name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    /// The name is empty.
    #[error("the name of the topic is empty: give a name such as host/cpu")]
    Empty,
    /// The name has more bytes than [`limits::TOPIC_BYTES`].
    #[error(
        "the name of a topic can have at most {limit} bytes, and this one has {bytes}: choose a shorter name"
    )]
    TooLong {
        /// Length of the name that was refused, in bytes.
        bytes: usize,
        /// Maximum length of a name, in bytes.
        limit: usize,
    },
    /// The name has more segments than [`limits::TOPIC_SEGMENTS`].
    #[error(
        "the name of a topic can have at most {limit} segments between slashes, and this one has {segments}: use fewer"
    )]
    TooDeep {
        /// Number of segments of the name that was refused.
        segments: usize,
        /// Maximum number of segments of a name.
        limit: usize,
    },
    /// The name begins or ends with a slash, or has two slashes in a row.
    #[error(
        "topic {name:?} has an empty segment: a topic must not begin or end with a slash, or contain two in a row"
    )]
    EmptySegment {
        /// The topic name that was refused.
        name: String,
    },
    /// The name has a segment that is `.` or `..`, which cannot be used in the path of a URL.
    #[error("topic {name:?} has the segment '.' or '..', which cannot be in a URL: choose another name")]
    DotSegment {
        /// The topic name that was refused.
        name: String,
    },
    /// The name has a character outside `[A-Za-z0-9._-]` and `/`.
    #[error("topic {name:?} contains {found:?}: only letters, digits, '.', '_', '-' and '/' are allowed")]
    Character {
        /// The topic name that was refused.
        name: String,
        /// First character of the name that is not allowed.
        found: char,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_topic_of_one_to_eight_segments_is_accepted() {
        for name in ["cpu", "host/cpu", "a/b/c/d/e/f/g/h", "A-Z_0.9"] {
            assert_eq!(Topic::new(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn every_way_to_be_wrong_is_named() {
        assert_eq!(Topic::new(""), Err(TopicError::Empty));
        assert_eq!(Topic::new(&"x".repeat(129)), Err(TopicError::TooLong { bytes: 129, limit: 128 }));
        assert_eq!(Topic::new("1/2/3/4/5/6/7/8/9"), Err(TopicError::TooDeep { segments: 9, limit: 8 }));
        for name in ["/a", "a/", "a//b"] {
            assert_eq!(Topic::new(name), Err(TopicError::EmptySegment { name: name.into() }));
        }
        for (name, found) in [("a b", ' '), ("caf\u{e9}", '\u{e9}'), ("host/*", '*'), ("a\nb", '\n')] {
            assert_eq!(Topic::new(name), Err(TopicError::Character { name: name.into(), found }));
        }
    }

    #[test]
    fn a_topic_that_no_url_reaches_is_told_from_one_with_dots_in_its_name() {
        for name in [".", "..", "a/../b", "./a", "a/."] {
            let error = TopicError::DotSegment { name: name.into() };
            assert_eq!(Topic::new(name).unwrap().check_reachable(), Err(error), "{name}");
        }
        for name in ["...", ".a", "a.", "v1.2/x", "a/..b"] {
            assert_eq!(Topic::new(name).unwrap().check_reachable(), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_bad_topic_in_json_is_refused_with_the_same_words() {
        let error = serde_json::from_str::<Topic>("\"a b\"").unwrap_err().to_string();
        assert!(error.contains("only letters, digits"), "{error}");
    }

    #[test]
    fn leaf_and_parent_split_at_the_last_slash() {
        let topic = Topic::new("a/b/c").unwrap();
        assert_eq!((topic.parent(), topic.leaf()), (Some("a/b"), "c"));
        assert_eq!(Topic::new("a").unwrap().parent(), None);
    }
}
