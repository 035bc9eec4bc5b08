//! Counters of a session.

/// Counters since the session was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Connections established after the first one was lost; rotations are not among them.
    pub reconnects: u64,
    /// Attempts to connect that failed.
    pub failed_attempts: u64,
    /// Connections replaced before they were cut.
    pub rotations: u64,
    /// Publications delivered.
    pub publications: u64,
    /// Publications delivered that came by replay or `history`.
    pub recovered: u64,
    /// Publications that came a second time and were dropped.
    pub duplicates: u64,
    /// Publications that came before their predecessors and were held back.
    pub out_of_order: u64,
    /// Gaps announced by [`Event::Gap`](crate::Event::Gap).
    pub gaps: u64,
    /// Publications lost in those gaps.
    pub lost: u64,
    /// `history` requests sent to fill holes.
    pub history_requests: u64,
    /// Publish requests that were dropped, each with [`Event::Dropped`](crate::Event::Dropped).
    pub dropped: u64,
    /// Messages from the server that could not be read. The socket is kept.
    pub protocol_errors: u64,
    /// Topics that are not followed, because [`BOOK_TOPICS`](crate::constants::BOOK_TOPICS) are followed already.
    pub topics_refused: u64,
}
