//! The id of a WebSocket connection.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Longest id that is stored without memory of its own, in bytes. API Gateway's ids have 16.
const SHORT: usize = 22;

/// Id of a WebSocket connection, which the gateway assigned. The service does not interpret the text. Cloning is cheap: the text of
/// a short id is in the value itself, and clones of a longer one share it. A broadcast copies the ids of all viewers, and reading
/// the text of each from another place in memory would take a large part of the time.
#[derive(Clone)]
pub struct ConnectionId(Text);

#[derive(Clone)]
enum Text {
    Short { len: u8, bytes: [u8; SHORT] },
    Long(Arc<str>),
}

impl ConnectionId {
    /// Creates an id from the text that the gateway assigned.
    pub fn new(id: &str) -> Self {
        let mut bytes = [0; SHORT];
        match (bytes.get_mut(..id.len()), u8::try_from(id.len())) {
            (Some(text), Ok(len)) => {
                text.copy_from_slice(id.as_bytes());
                Self(Text::Short { len, bytes })
            }
            _ => Self(Text::Long(id.into())),
        }
    }

    /// Returns the text that the gateway assigned.
    pub fn as_str(&self) -> &str {
        // This cannot fail, because the bytes are those of the text with which the id was created.
        str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Text::Short { len, bytes } => &bytes[..usize::from(*len)],
            Text::Long(text) => text.as_bytes(),
        }
    }
}

impl PartialEq for ConnectionId {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for ConnectionId {}

impl Hash for ConnectionId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl PartialOrd for ConnectionId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ConnectionId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectionId({})", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_every_length_are_read_and_ordered_as_texts_are() {
        let texts =
            ["", "XDmENcnwIE0CFEQ=", "é", &"a".repeat(SHORT), &"a".repeat(SHORT + 1), &"b".repeat(300)];
        for one in texts {
            assert_eq!(ConnectionId::new(one).as_str(), one);
            for other in texts {
                assert_eq!(ConnectionId::new(one).cmp(&ConnectionId::new(other)), one.cmp(other));
                assert_eq!(ConnectionId::new(one) == ConnectionId::new(other), one == other);
            }
        }
    }
}
