//! Installs uPlot, with which charts are compared in benchmarks.

use super::npm;
use crate::project::Project;
use crate::terminal;
use local_tools::NpmTool;
use std::path::PathBuf;

pub const TOOL: NpmTool = NpmTool {
    package: "uplot",
    version: "1.6.32",
    manifest: include_str!("../../tools/uplot/package.json"),
    lock: include_str!("../../tools/uplot/package-lock.json"),
};
/// Folder with the files for browsers in the installed npm package, below `node_modules`.
const FILES: &str = "uplot/dist";

/// Returns the folder with the files of uPlot, which is installed with npm if it is missing. Prints the reason and returns `None` if it
/// cannot be installed.
pub fn set_up(project: &Project) -> Option<PathBuf> {
    let installed = || TOOL.file(&project.tools, FILES);
    if let Some(files) = installed() {
        return Some(files);
    }
    let is_installed = local_tools::npm().is_some_and(|npm| npm::install(&TOOL, project, &npm).is_ok());
    if !is_installed {
        terminal::note("uPlot could not be installed, so there is no comparison with it");
    }
    installed()
}
