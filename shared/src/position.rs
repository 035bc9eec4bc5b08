//! Positions in the log of a topic: an epoch and an offset.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::read::{read, read_from};

/// Identifier of one log of a topic. If a topic's log is lost or deleted and starts anew, it gets another epoch, so
/// that an offset in the old log cannot be taken for one in the new log.
///
/// Epochs have no order and no structure: only compare them for equality.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Epoch(Arc<str>);

read_from!(String: Epoch);

impl Epoch {
    /// Creates an epoch from a text that was received or stored.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// Creates the epoch of a new log from 64 random bits that the caller has drawn.
    pub fn from_random(bits: u64) -> Self {
        Self(format!("{bits:016x}")[..12].into())
    }

    /// Returns the epoch as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Epoch {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<Epoch> for String {
    fn from(epoch: Epoch) -> Self {
        epoch.0.as_ref().into()
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Epoch({})", self.0)
    }
}

/// A position in the log of a topic: the place directly after the publication with this offset.
///
/// The publications of a log have the offsets 1, 2, 3 and so on, without holes. Offset 0 is the position before the
/// first publication.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Identifier of the log.
    pub epoch: Epoch,
    /// Offset of the publication before this position; 0 for the beginning of the log.
    pub offset: u64,
}

read!(Position { epoch, offset });

impl Position {
    /// Creates the position after `offset` in the log `epoch`.
    pub fn new(epoch: Epoch, offset: u64) -> Self {
        Self { epoch, offset }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.epoch, self.offset)
    }
}

/// Error for a text that is not a position. A position is written as `4f0c…:17`: an epoch, a colon and an offset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a position: write EPOCH:OFFSET, such as 9f86d081884c:17")]
pub struct PositionError {
    /// The text that could not be parsed.
    pub text: String,
}

impl std::str::FromStr for Position {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        let error = || PositionError { text: text.into() };
        let (epoch, offset) = text.rsplit_once(':').ok_or_else(error)?;
        if epoch.is_empty() {
            return Err(error());
        }
        Ok(Self::new(Epoch::new(epoch), offset.parse().map_err(|_| error())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_position_reads_as_it_prints() {
        let position = Position::new(Epoch::from_random(u64::MAX), 17);
        assert_eq!(position.to_string(), "ffffffffffff:17");
        assert_eq!(position.to_string().parse(), Ok(position));
    }

    #[test]
    fn an_invalid_position_is_refused() {
        for text in ["", "17", ":17", "abc:", "abc:-1", "abc:x"] {
            assert!(text.parse::<Position>().is_err(), "{text:?}");
        }
    }
}
