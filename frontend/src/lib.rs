//! The Tickertape board: Leptos, compiled to WebAssembly by Trunk.
//!
//! # Layout
//!
//! * [`board_model`], a crate of its own: what the board knows; [`chart`]: charts on canvas.
//! * [`socket`], [`http`], [`refusal`], [`now`], [`config`], [`prefs`], [`token`], [`tab`]: the browser, each part of it
//!   touched in one file.
//! * [`board`]: the model behind signals; [`intake`] and [`tick`] change it.
//! * [`follow`]: what views follow, in few types.
//! * [`app`], [`header`], [`banner`], [`panel`], [`sheet`], [`add_data`], [`sign_in`], [`theme`], [`wall`]: what is in
//!   the page.
#![warn(missing_docs)]

pub mod add_data;
pub mod app;
pub mod banner;
pub mod board;
pub mod chart;
pub mod config;
pub mod follow;
pub mod header;
pub mod http;
pub mod intake;
pub mod now;
pub mod panel;
pub mod prefs;
pub mod refusal;
pub mod sheet;
pub mod sign_in;
pub mod socket;
pub mod tab;
pub mod theme;
pub mod tick;
pub mod token;
pub mod wall;
