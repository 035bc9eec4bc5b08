//! The Tickertape board: Leptos, compiled to WebAssembly by Trunk.
#![warn(missing_docs)]

pub mod chart;
pub mod model;
