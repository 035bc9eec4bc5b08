//! Word of another log of a topic. Epochs have no order, so that it may be of a new log or come late of an old one: only
//! the answer to a question that is asked afterwards can tell.

use shared::Epoch;

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Rumour {
    pub(super) epoch: Epoch,
    /// How far the other log is said to go.
    pub(super) head: u64,
    /// Whether the server has been asked since.
    pub(super) is_asked: bool,
}

impl Rumour {
    pub(super) fn new(epoch: Epoch) -> Self {
        Self { epoch, head: 0, is_asked: false }
    }

    pub(super) fn up_to(self, offset: u64) -> Self {
        Self { head: self.head.max(offset), ..self }
    }

    /// The server is asked. Returns how far the other log is said to go.
    pub(super) fn ask(&mut self) -> u64 {
        self.is_asked = true;
        self.head
    }

    /// The question was about another log than the one that is followed now.
    pub(super) fn again(self) -> Self {
        Self { is_asked: false, ..self }
    }
}
