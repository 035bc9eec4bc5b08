//! Finds or installs `wasm-opt`, which makes WebAssembly files smaller.

use super::find::program;
use super::{find, npm, version};
use crate::project::Project;
use crate::terminal;
use local_tools::NpmTool;
use std::path::PathBuf;

pub const TOOL: NpmTool = NpmTool {
    package: "binaryen",
    version: "132.0.0",
    manifest: include_str!("../../tools/binaryen/package.json"),
    lock: include_str!("../../tools/binaryen/package-lock.json"),
};
/// Oldest version of `wasm-opt` that supports all WebAssembly features that the compiler uses by default.
const OLDEST: u32 = 120;

/// Returns the path of `wasm-opt`. It is found on the `PATH` if it is not too old, or installed by npm. Returns `None`
/// if neither is possible. The page is then larger, but works.
pub fn wasm_opt(project: &Project) -> Option<PathBuf> {
    let found = on_path().or_else(|| cached(project));
    if found.is_some() {
        terminal::done("wasm-opt", "found");
        return found;
    }
    let Some(npm) = local_tools::npm() else {
        terminal::note("npm was not found, so wasm-opt is not installed: the page works, but is larger");
        return None;
    };
    if npm::install(&TOOL, project, &npm).is_err() {
        terminal::note(
            "binaryen could not be installed, so there is no wasm-opt: the page works, but is larger",
        );
    }
    cached(project)
}

fn on_path() -> Option<PathBuf> {
    let file = find::on_path("wasm-opt")?;
    (version::major(&find::version_of(&file)?)? >= OLDEST).then_some(file)
}

/// Returns the path of the `wasm-opt` that npm has installed before, or `None` if there is none.
fn cached(project: &Project) -> Option<PathBuf> {
    let name = if cfg!(windows) { "wasm-opt.cmd".to_owned() } else { program("wasm-opt") };
    TOOL.file(&project.tools, PathBuf::from(".bin").join(name))
}
