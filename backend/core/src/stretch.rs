//! Reads a stretch of a topic's past: in buckets, from rollups where they are fine enough and from publications elsewhere, or the
//! publications that were received in it ([`received_in`]).
//!
//! [`Walk`] goes through the log in order of offset, from the largest blocks to the smallest. A block is passed over if nothing of it
//! belongs to the stretch, added if none of its runs is longer than a step, and otherwise replaced by the blocks of the level below or by its
//! publications. Blocks that do not exist (not complete yet, deleted, or from before there were rollups) are replaced, too.
//!
//! The work of one walk and the size of its result are bounded. A walk that stops early returns the offset at which the next one goes on.

mod find;
mod plan;
mod receipt;
mod walk;

pub use find::first_received_since;
pub use receipt::{Order, Received, Wanted, received_in};
pub use walk::{Found, Stretch, Walk};
