//! The Tickertape board: Leptos, compiled to WebAssembly by Trunk.

fn main() {}
