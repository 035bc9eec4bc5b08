//! Counters of a session.

/// Counters of a session, which start at 0 when it is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Number of connections that were established after the first one was lost. The planned replacement of a
    /// connection is not counted.
    pub reconnects: u64,
    /// Number of attempts to connect that failed.
    pub failed_attempts: u64,
    /// Number of connections that were replaced before the gateway closed them.
    pub rotations: u64,
    /// Number of publications that were delivered.
    pub publications: u64,
    /// Number of delivered publications that were received late, by replay or in the answer to a `history` request.
    pub recovered: u64,
    /// Number of publications that were received a second time and dropped.
    pub duplicates: u64,
    /// Number of publications that were received before their predecessors and held back.
    pub out_of_order: u64,
    /// Number of lost parts of logs that were announced by [`Event::Gap`](crate::Event::Gap).
    pub gaps: u64,
    /// Number of publications that were announced as lost by [`Event::Gap`](crate::Event::Gap).
    pub lost: u64,
    /// Number of publications that the server left out, because [`Session::conflate`](crate::Session::conflate) has asked for that.
    pub left_out: u64,
    /// Number of `history` requests that were sent for missing publications.
    pub history_requests: u64,
    /// Number of publish requests that were dropped and reported by [`Event::Dropped`](crate::Event::Dropped).
    pub dropped: u64,
    /// Number of messages from the server that could not be parsed and were ignored.
    pub protocol_errors: u64,
    /// Number of times that a topic was ignored, because the session already follows the maximum of
    /// [`BOOK_TOPICS`](crate::constants::BOOK_TOPICS) topics.
    pub topics_refused: u64,
}
