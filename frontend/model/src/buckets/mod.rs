//! The past in buckets: what has to be requested, what is loaded, and the series and states that panels show.
//!
//! | module | contents |
//! |---|---|
//! | [`step`] | length of the buckets for a stretch of time |
//! | [`track`] | buckets of one length, and the stretches that are loaded |
//! | [`topic_past`] | everything that is loaded or requested of one topic |
//! | [`value`] | values of buckets as fields of series |
//! | [`mod@compose`] | series of buckets and of publications in one set |
//! | [`strip`] | states as a strip |
//! | [`nearness`] | order in which panels are loaded |

pub mod compose;
pub mod nearness;
pub mod step;
pub mod strip;
pub mod topic_past;
pub mod track;
pub mod value;

pub use compose::{Known, compose};
pub use strip::PastStates;
pub use topic_past::{Ask, TopicPast, Wanted};
