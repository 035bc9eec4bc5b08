//! Installs axe, which looks for faults that keep people with disabilities from using the page.

use super::{node, npm};
use crate::error::TaskError;
use crate::project::Project;
use crate::terminal;
use local_tools::NpmTool;
use std::path::PathBuf;

pub const TOOL: NpmTool = NpmTool {
    package: "axe-core",
    version: "4.14.1",
    manifest: include_str!("../../tools/axe-core/package.json"),
    lock: include_str!("../../tools/axe-core/package-lock.json"),
};
/// The script in the installed npm package, below `node_modules`.
const SCRIPT: &str = "axe-core/axe.min.js";

/// Returns the path of the script, which the tests of the page run in a browser. It is installed with npm if it is missing.
pub fn set_up(project: &Project) -> Result<PathBuf, TaskError> {
    if let Some(script) = TOOL.file(&project.tools, SCRIPT) {
        terminal::done("axe", "found");
        return Ok(script);
    }
    npm::install(&TOOL, project, &node::npm(project)?)?;
    TOOL.file(&project.tools, SCRIPT).ok_or_else(|| TaskError::UnexpectedOutput {
        what: format!("the npm package {}", TOOL.package),
        reason: format!("it has no {SCRIPT}"),
    })
}
