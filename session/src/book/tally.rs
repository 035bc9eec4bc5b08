//! Counts of what the book has handed on, dropped and lost.

/// Counts over all topics since the session was made.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) publications: u64,
    pub(super) recovered: u64,
    pub(super) duplicates: u64,
    pub(super) out_of_order: u64,
    pub(super) gaps: u64,
    pub(super) lost: u64,
    pub(super) topics_refused: u64,
    /// Publications that are held back now; not a sum.
    pub(super) held: usize,
}
