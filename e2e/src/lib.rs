//! Tests of the whole system: the real program, real sockets, and a real browser.
//!
//! `cargo xtask test` builds the programs that the tests need and passes their paths in variables such as `TICKERTAPE_BIN`,
//! `TICKERTAPE_SITE` and `TICKERTAPE_CHROMIUM`. Nothing that is released depends on this crate.

pub mod bench;
pub mod board;
pub mod browser;
pub mod child;
pub mod downloads;
pub mod hand;
pub mod page_clock;
pub mod proxy;
pub mod replay;
pub mod scripts;
pub mod server;
pub mod site;
pub mod topology;
pub mod trunk;
pub mod wait;
pub mod wiki;

/// Writes a new file that only this user can read. The server requires such permissions of a file with a secret.
///
/// # Panics
///
/// If the file exists or cannot be written.
pub fn write_private(path: &std::path::Path, content: &str) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).expect("a new file");
    std::io::Write::write_all(&mut file, content.as_bytes()).expect("written");
}

/// Returns the value of an environment variable that `cargo xtask test` sets, such as the path of a program.
///
/// # Panics
///
/// If it is not set. The message contains the command to type.
pub fn setting(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run these tests with `cargo xtask test`"))
}
