//! Model of the Tickertape board: the state of every panel, and its charts as marks to draw.
//!
//! This crate does not use the browser. Times are arguments, so that every rule can be tested natively.
//!
//! | module | contents |
//! |---|---|
//! | [`order`], [`rhythm`] | the order of a topic's publications; the usual time between them |
//! | [`clock_error`] | the error of a publisher's clock |
//! | [`digits`], [`field`], [`reading`] | the meaning of published data |
//! | [`kind`] | the kind of panel that suits the data |
//! | [`lines`], [`states`], [`table`] | contents of log panels, state panels and table panels |
//! | [`arrival`], [`delay`], [`chip`], [`standing`] | freshness of a topic, delay of the page, and the words for them |
//! | [`stream`], [`figure`] | all of the above for one topic; its newest value in large type |
//! | [`paused_state`] | the newest state of a topic while the board is paused |
//! | [`link`] | the state of the connection in words |
//! | [`layout`], [`query`] | order of the panels, and the search for them |
//! | [`placement`] | position and size of each panel on the page |
//! | [`window`], [`past`], [`budget`] | the range of time that is shown, that is requested, and that is kept |
//! | [`chart`] | series, axes, formats, and charts as marks |
#![warn(missing_docs)]

pub mod arrival;
pub mod budget;
pub mod chart;
pub mod chip;
pub mod clock_error;
pub mod delay;
pub mod digits;
pub mod field;
pub mod figure;
pub mod kind;
pub mod layout;
pub mod lines;
pub mod link;
pub mod order;
pub mod past;
pub mod paused_state;
pub mod placement;
pub mod query;
pub mod reading;
pub mod rhythm;
pub mod standing;
pub mod states;
pub mod stream;
pub mod table;
pub mod window;
