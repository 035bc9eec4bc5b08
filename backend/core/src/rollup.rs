//! Rollups: the history of a topic reduced to buckets, so that a day is drawn without reading a day of publications.
//!
//! A [`Block`] is the reduction of a fixed range of offsets: 64 at the lowest [`Level`], and eight blocks of the level below at each
//! higher level. A store computes a block from its history once all offsets of the block exist, and never again. So a repeated or late
//! publication cannot change a block, and two writers that compute the same block write the same bytes. The offsets after the last
//! complete block are read as publications.
//!
//! A block keeps the values of each series as runs. A run is a [`Bucket`](shared::Bucket) without a silence in it, so that a silence
//! within a block is not drawn over. [`Walk`](crate::stretch::Walk) chooses for each part of a stretch the highest level whose runs are not longer than the
//! requested step, and [`Grid`] puts runs and single values into the buckets of the answer.
//!
//! For example, a topic has 1,000 publications, one a second, and a reader wants buckets of 100 seconds. Level 1 has the blocks 0 to 14
//! (offsets 1 to 960), each 63 seconds long, and level 2 has block 0 (offsets 1 to 512), which is too long. So the reader takes 15
//! blocks and the publications 961 to 1,000, and each bucket of the answer has one or two blocks.

mod block;
pub(crate) mod fields;
mod grid;
mod level;
mod runs;

pub use block::{Block, BlockError};
pub use grid::{Contents, Grid, block_bytes};
pub use level::Level;

#[cfg(test)]
mod tests;
