//! Names under which a server keeps boards.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::BOARD_NAME_BYTES;
use crate::topic::Topic;

/// Name under which a server keeps a board, such as `shop-floor`: 1 to 64 characters of `[A-Za-z0-9._-]`.
///
/// A value of this type is always valid, and is also a valid segment of a URL's path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BoardName(Topic);

impl BoardName {
    /// Creates a name from `text` if it is valid.
    ///
    /// # Errors
    ///
    /// [`BadBoardName`], which tells the person who sent the name what is allowed.
    pub fn new(text: &str) -> Result<Self, BadBoardName> {
        let is_short = text.len() <= BOARD_NAME_BYTES;
        // The name is a topic of one segment, so that the filters of a permission can be compared with it.
        let topic = Topic::new(text).ok().filter(|topic| topic.parent().is_none());
        let reachable = topic.filter(|topic| is_short && topic.check_reachable().is_ok());
        reachable
            .map(Self)
            .ok_or_else(|| BadBoardName { name: text.chars().take(BOARD_NAME_BYTES).collect() })
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the name as a topic of one segment, with which the filters of a permission are compared.
    pub fn as_topic(&self) -> &Topic {
        &self.0
    }
}

impl fmt::Display for BoardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for BoardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BoardName({})", self.as_str())
    }
}

impl TryFrom<String> for BoardName {
    type Error = BadBoardName;

    fn try_from(name: String) -> Result<Self, BadBoardName> {
        Self::new(&name)
    }
}

impl From<BoardName> for String {
    fn from(name: BoardName) -> Self {
        name.as_str().into()
    }
}

/// The error that a text is not the name of a board. The sender has to change the name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{name:?} is not the name of a board: use 1 to {limit} letters, digits, dots, underscores and hyphens, such as shop-floor",
    limit = BOARD_NAME_BYTES
)]
pub struct BadBoardName {
    /// The beginning of the text that was refused.
    pub name: String,
}
