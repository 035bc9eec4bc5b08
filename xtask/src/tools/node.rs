//! Finds or installs Node.js with npm, which installs other tools.

use super::{apt, find, version};
use crate::error::TaskError;
use crate::project::Project;
use crate::terminal;
use std::path::PathBuf;

/// Oldest major version that AWS's SDK for JavaScript supports, which the tests of the emulator install.
const OLDEST: u32 = 20;

/// Finds Node.js and npm, and returns the path of npm. If one of them is missing, installs Debian's packages, provided that
/// the user is root.
pub fn npm(project: &Project) -> Result<PathBuf, TaskError> {
    let missing = || TaskError::MissingProgram {
        what: format!("Node.js {OLDEST} or later with npm"),
        install: "see https://nodejs.org/en/download".to_owned(),
    };
    // Some packages of Node.js contain npm, and exclude Debian's package of it.
    for (program, package) in [("node", "nodejs"), ("npm", "npm")] {
        if find::on_path(program).is_none() && apt::is_allowed() {
            apt::install(project, &[package])?;
        }
    }
    local_tools::npm().filter(|_| has_node()).ok_or_else(missing)
}

/// Returns true if Node is installed. Tests in WebAssembly then run in Node, because it is faster than a browser.
pub fn has_node() -> bool {
    find::on_path("node").is_some()
}

/// Checks that Node.js and npm are installed, or installs them, and that Node.js is not too old.
pub fn require(project: &Project) -> Result<(), TaskError> {
    npm(project)?;
    let found = find::on_path("node").and_then(|node| find::version_of(&node)).unwrap_or_default();
    if version::major(&found).is_some_and(|major| major < OLDEST) {
        return Err(TaskError::MissingProgram {
            what: format!("Node.js {OLDEST} or later (found {found})"),
            install: "see https://nodejs.org/en/download".to_owned(),
        });
    }
    terminal::done("Node.js and npm", "found");
    Ok(())
}
