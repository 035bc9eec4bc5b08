//! Whole-system tests: the real binary, real sockets, a real browser.
//!
//! `cargo xtask test` builds what is needed and says where it is, in `TICKERTAPE_BIN`, `TICKERTAPE_SITE`,
//! `TICKERTAPE_CHROMIUM` and `TICKERTAPE_CHROMEDRIVER`. Nothing here is a dependency of anything shipped.

pub mod bench;
pub mod board;
pub mod browser;
pub mod child;
pub mod proxy;
pub mod server;
pub mod topology;
pub mod wait;

/// The value of an environment variable that `cargo xtask test` sets.
///
/// # Panics
///
/// With the command to type, if it is not set.
pub fn setting(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run these tests with `cargo xtask test`"))
}
