//! Finds programs that are installed on this machine.

use std::env;
use std::path::PathBuf;

/// Returns the path of the first program with this name on the `PATH`, or `None` if there is none.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program(name))).find(|file| file.is_file())
}

/// Returns an install command for this machine. `managers` are pairs of a package manager and its command. The first
/// one that is installed is chosen, and if none is, `otherwise` is returned.
pub fn install_command(managers: &[(&str, &'static str)], otherwise: &'static str) -> &'static str {
    let found = managers.iter().find(|(manager, _)| on_path(manager).is_some());
    found.map_or(otherwise, |(_, command)| command)
}

/// Returns the file name of a program on this operating system. On Windows it ends with `.exe`.
pub fn program(name: &str) -> String {
    format!("{name}{}", env::consts::EXE_SUFFIX)
}
