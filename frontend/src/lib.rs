//! The Tickertape board: the page in the browser that shows topics as panels. It uses Leptos, and is compiled to
//! WebAssembly by Trunk.
//!
//! # Layout
//!
//! * [`board_model`], in its own crate: the data of the board; [`chart`]: charts on a canvas.
//! * [`socket`], [`http`], [`refusal`], [`now`], [`mod@file`], [`config`], [`prefs`], [`token`]: access to the browser; [`early`]: what was
//!   requested before the code was there.
//! * [`board`]: the model in signals; [`intake`] (the session's events), [`tick`] (the passing of time), [`upkeep`] and [`past`] (the
//!   loading of the past) change it.
//! * [`boards`]: boards as documents: arranging, saving and opening them.
//! * [`kept_address`]: the view in the page's address.
//! * Module [`limits`] has the thresholds of panels.
//! * [`time`]: the stretch of time that all charts show.
//! * [`last_picture`]: the last data, which is shown if the server cannot be reached when the page is opened.
//! * [`alone`]: one panel alone, as in a frame of another page; [`paper`]: the board on paper.
//! * [`recorder`], [`player`]: recordings of what the board receives, and the board that shows one.
//! * [`arrangement`]: the places of panels on the page; [`sight`]: the panels that are in the page; [`pointing`]: if the reader points
//!   at one of them.
//! * [`follow`]: helper functions for views; [`figure`]: widths of figures in large type; [`late`]: parts of the page whose
//!   code is loaded when they are opened; [`first_picture`]: the moment before which only little is loaded;
//!   `early_keys`: keys that are pressed before the code that handles them is there; [`turns`]: work that is done in several tasks of the
//!   browser.
//! * [`late_style`]: style sheets of parts; [`signal`]: values whose changes are followed;
//!   [`task`]: futures.
//! * [`tools`]: keys, palette and dialogs; [`annotations`]: events, which mark moments in charts; [`trouble`]: title, icon and
//!   notifications.
//! * [`app`]: the start of the page; [`page`]: its state; [`first_panels`]: the panels until the views are there; [`views`]: the components of the page together.
//! * [`header`], [`controls`], [`banner`], [`panel`], [`sheet`], [`add_data`], [`left_out`], [`notices`], [`recipes`], [`sign_in`], [`theme`], [`wall`]: the
//!   components of the page.
#![warn(missing_docs)]

pub mod add_data;
pub mod alarm;
pub mod alone;
pub mod annotations;
pub mod app;
pub mod arrangement;
pub mod banner;
pub mod board;
pub mod boards;
pub mod cell;
pub mod chart;
pub mod config;
pub mod controls;
pub mod early;
mod early_keys;
pub mod figure;
pub mod file;
pub mod first_panels;
pub mod first_picture;
pub mod follow;
pub mod header;
pub mod http;
pub mod intake;
pub mod kept_address;
pub mod last_picture;
pub mod late;
pub mod late_style;
pub mod left_out;
pub mod limits;
pub mod list_style;
pub mod notices;
pub mod now;
pub mod page;
pub mod panel;
pub mod paper;
pub mod past;
pub mod player;
pub mod pointing;
pub mod prefs;
pub mod recipes;
pub mod recorder;
pub mod refusal;
pub mod sheet;
pub mod sight;
pub mod sign_in;
pub mod signal;
pub mod socket;
pub mod task;
pub mod theme;
pub mod tick;
pub mod time;
pub mod token;
pub mod tools;
pub mod trouble;
pub mod turns;
pub mod upkeep;
pub mod views;
pub mod wall;
