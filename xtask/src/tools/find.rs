//! Finds programs that are installed.

use super::version;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Returns the path of the first program called `name` on the `PATH`.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program(name))).find(|file| file.is_file())
}

/// Returns the command of the first of these package managers that is installed, or `otherwise` if none is.
pub fn install_command(managers: &[(&str, &'static str)], otherwise: &'static str) -> &'static str {
    let found = managers.iter().find(|(manager, _)| on_path(manager).is_some());
    found.map_or(otherwise, |(_, command)| command)
}

/// Returns the version number in the output of `program --version`.
pub fn version_of(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    version::number_in(&String::from_utf8_lossy(&output.stdout))
}

/// Returns the file name of a program on this platform: with `.exe` on Windows.
pub fn program(name: &str) -> String {
    format!("{name}{}", env::consts::EXE_SUFFIX)
}
