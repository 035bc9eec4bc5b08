//! The Tickertape board: the page in the browser that shows topics as panels. It uses Leptos, and is compiled to
//! WebAssembly by Trunk.
//!
//! # Layout
//!
//! * [`board_model`], in its own crate: the data of the board; [`chart`]: charts on a canvas.
//! * [`socket`], [`http`], [`refusal`], [`now`], [`config`], [`prefs`], [`token`], [`tab`]: access to the browser.
//!   Each part of the browser's interface is used by only one of these files.
//! * [`board`]: the model in signals; [`intake`] (the session's events) and [`tick`] (the passing of time) change it.
//! * [`arrangement`]: the places of panels on the page; [`pointing`]: if the reader points at one of them.
//! * [`follow`]: helper functions for views.
//! * [`app`], [`header`], [`banner`], [`panel`], [`sheet`], [`add_data`], [`sign_in`], [`theme`], [`wall`]: the
//!   components of the page.
#![warn(missing_docs)]

pub mod add_data;
pub mod app;
pub mod arrangement;
pub mod banner;
pub mod board;
pub mod cell;
pub mod chart;
pub mod config;
pub mod follow;
pub mod header;
pub mod http;
pub mod intake;
pub mod now;
pub mod panel;
pub mod pointing;
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
