//! Counters of a session.

/// Counters since the session was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Connections established after the first one was lost. Rotations are not counted.
    pub reconnects: u64,
    /// Attempts to connect that failed.
    pub failed_attempts: u64,
    /// Connections replaced before the gateway closed them.
    pub rotations: u64,
    /// Publications that were delivered.
    pub publications: u64,
    /// Delivered publications that were received by replay or `history`.
    pub recovered: u64,
    /// Publications that were received a second time and dropped.
    pub duplicates: u64,
    /// Publications that were received before their predecessors and held back.
    pub out_of_order: u64,
    /// Gaps announced by [`Event::Gap`](crate::Event::Gap).
    pub gaps: u64,
    /// Publications that were lost in announced gaps.
    pub lost: u64,
    /// `history` requests that were sent to fill holes.
    pub history_requests: u64,
    /// Publish requests that were dropped, each with [`Event::Dropped`](crate::Event::Dropped).
    pub dropped: u64,
    /// Messages from the server that could not be read and were ignored.
    pub protocol_errors: u64,
    /// Topics that are not followed, because the session already follows the maximum of
    /// [`BOOK_TOPICS`](crate::constants::BOOK_TOPICS).
    pub topics_refused: u64,
}
