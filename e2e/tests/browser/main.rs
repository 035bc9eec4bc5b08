//! Tests the program with its page in a real browser.

mod board;
mod delay;
mod figures;
mod honest;
mod killed;
mod layout;
mod memory;
mod picture;
mod reading;
mod sign_in;
mod trouble;
mod trunk_serve;
mod values;
