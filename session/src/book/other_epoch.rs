//! Record of an epoch that a frame has contained and that is not the epoch of the log that is followed.
//!
//! Epochs have no order: the frame may belong to a newer log, or be a late frame of an older one. Only the answer to a
//! `history` request that is sent afterwards tells which log is the current one.

use shared::Epoch;

/// An epoch of a topic that was received and differs from the epoch of the log that is followed. It may belong to a
/// newer log or to an older one.
#[derive(Debug)]
pub(super) struct OtherEpoch {
    pub(super) epoch: Epoch,
    /// Highest offset of this epoch that a frame has contained.
    pub(super) head: u64,
    /// True if a `history` request was sent after the last frame that contained this epoch.
    pub(super) is_asked: bool,
}

impl OtherEpoch {
    pub(super) fn new(epoch: Epoch) -> Self {
        Self { epoch, head: 0, is_asked: false }
    }

    pub(super) fn up_to(self, offset: u64) -> Self {
        Self { head: self.head.max(offset), ..self }
    }

    /// Records that a `history` request is being sent. Returns the highest offset of this epoch that was received.
    pub(super) fn mark_asked(&mut self) -> u64 {
        self.is_asked = true;
        self.head
    }

    /// Resets `is_asked` to false, because the request was about a log that is no longer followed.
    pub(super) fn not_asked(self) -> Self {
        Self { is_asked: false, ..self }
    }
}
