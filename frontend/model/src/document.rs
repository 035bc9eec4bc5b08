//! A board document applied to the topics of a server. Depends on [`super::layout`] and [`super::placement`].

mod draft;
mod edit;
mod merge;
pub mod settings;
mod size;
pub mod steps;
#[cfg(test)]
mod test_topics;

pub use draft::{Draft, Saved};
pub use edit::{Direction, Edit, adopt, edit};
pub use merge::{Merged, MergedGroup, MergedPanel, merge};
pub use size::size;
