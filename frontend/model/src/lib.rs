//! Model of the Tickertape board: the state of every panel, and its charts as marks to draw.
//!
//! Nothing here touches a browser. Times are arguments, and every rule is tested natively.
//!
//! | module | contents |
//! |---|---|
//! | [`order`], [`rhythm`], [`clock_error`] | which publication is the newest; the usual time between them; the publisher's clock |
//! | [`digits`], [`field`], [`reading`], [`kind`] | the meaning of published data, and the panel kind that suits it |
//! | [`lines`], [`states`], [`table`] | contents of logs, of states and of tables |
//! | [`arrival`], [`delay`], [`chip`], [`standing`] | freshness of a topic, delay of the page, and their wording |
//! | [`stream`], [`figure`] | all of the above for one topic; its newest value in large type |
//! | [`paused_state`] | the copy of a topic that is shown while the board is paused |
//! | [`link`] | the connection in words |
//! | [`layout`], [`query`] | order of the panels, and the search for them |
//! | [`window`], [`past`], [`budget`] | the stretch of time that is shown, requested and kept |
//! | [`chart`] | series, scales, formats, and charts as marks |
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
pub mod query;
pub mod reading;
pub mod rhythm;
pub mod standing;
pub mod states;
pub mod stream;
pub mod table;
pub mod window;
