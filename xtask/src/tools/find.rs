//! Finds out the versions of programs that are installed on this machine.

use super::version;
use std::path::Path;
use std::process::{Command, Stdio};

pub use local_tools::{install_command, on_path, program};

/// Runs `program --version`, and returns the version number in its output, or `None` if there is none.
pub fn version_of(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    version::number_in(&String::from_utf8_lossy(&output.stdout))
}
