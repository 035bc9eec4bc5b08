//! Several topics in one panel, and series that are computed from others.
//!
//! | module | contents |
//! |---|---|
//! | [`plan`] | the topics, series and steps that a board document asks for |
//! | [`names`] | names of the series of several topics |
//! | [`sample`] | values on their way through the steps |
//! | [`source`] | the values of one topic |
//! | [`rate`], [`mean`], [`percentile`], [`combine`] | the steps |
//! | [`stage`] | steps one after the other |
//! | [`flow`] | from the series of several topics to those of a panel |
//! | `only` | metadata of the only topic of a panel |
//! | `texts` | logs and states of several topics |
//! | [`together`](mod@together) | the panel: everything that a chart shows |
//! | [`mod@verdict`] | the state of a panel of several topics in words |

pub mod combine;
pub mod flow;
pub mod mean;
pub mod names;
mod only;
pub mod percentile;
pub mod plan;
pub mod rate;
pub mod sample;
pub mod source;
pub mod stage;
mod texts;
#[allow(clippy::module_inception)]
pub mod together;
pub mod verdict;

pub use flow::Input;
pub use plan::Plan;
pub use together::Together;
pub use verdict::{verdict, worst_crossed};

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;
