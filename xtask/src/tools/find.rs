//! Looking for programs that are already there.

use super::{program, version};
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The first program of that name on the `PATH`.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program(name))).find(|file| file.is_file())
}

/// What to type on this machine: the command of the first of these package managers that is here.
pub fn install_command(managers: &[(&str, &'static str)], otherwise: &'static str) -> &'static str {
    let found = managers.iter().find(|(manager, _)| on_path(manager).is_some());
    found.map_or(otherwise, |(_, command)| command)
}

/// What `program --version` answers, reduced to the number.
pub fn version_of(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    version::number_in(&String::from_utf8_lossy(&output.stdout))
}
