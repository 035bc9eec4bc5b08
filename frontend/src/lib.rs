//! The Tickertape board: Leptos, compiled to WebAssembly by Trunk.
//!
//! # Layout
//!
//! * [`board_model`], a crate of its own: the data of the board; [`chart`]: charts on canvas.
//! * [`socket`], [`http`], [`refusal`], [`now`], [`config`], [`prefs`], [`token`], [`tab`]: the browser. Each file is the
//!   only one that uses its part of the browser.
//! * [`board`]: the model behind signals; [`intake`] (the session's events) and [`tick`] (time) change it.
//! * [`follow`]: helpers for views.
//! * [`app`], [`header`], [`banner`], [`panel`], [`sheet`], [`add_data`], [`sign_in`], [`theme`], [`wall`]: the
//!   components of the page.
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
