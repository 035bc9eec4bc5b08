//! Counts of the publications that were delivered, dropped and declared lost.

/// Counts of publications over all topics since the session was created.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) publications: u64,
    pub(super) recovered: u64,
    pub(super) duplicates: u64,
    pub(super) out_of_order: u64,
    pub(super) gaps: u64,
    pub(super) lost: u64,
    pub(super) left_out: u64,
    pub(super) topics_refused: u64,
    /// Number of publications that are held back at the moment. Unlike the other counts, this one also decreases.
    pub(super) held: usize,
}
