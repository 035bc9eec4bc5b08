//! The names of rates and of logs.

use shared::{Epoch, Topic};

/// Number of times a second at which a viewer gets publications.
pub(crate) type Hz = u32;

/// A log: a topic, and the epoch of its log.
pub(super) type LogId = (Topic, Epoch);
