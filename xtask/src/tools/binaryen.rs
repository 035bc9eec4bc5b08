//! Installs `wasm-opt`, which makes the page smaller.

use super::find::program;
use super::{find, version};
use crate::project::Project;
use crate::step;
use crate::terminal;
use std::path::PathBuf;

const PACKAGE: &str = "binaryen";
const VERSION: &str = "132.0.0";
/// Oldest version that supports all WebAssembly features that the compiler uses by default.
const OLDEST: u32 = 120;

/// Returns the path of `wasm-opt`, which is on the `PATH` or is installed by npm. Returns `None` if neither is possible; this is
/// not an error.
pub fn wasm_opt(project: &Project) -> Option<PathBuf> {
    let cached = Some(cached(project));
    let found = on_path().or_else(|| cached.clone().filter(|file| file.is_file()));
    if found.is_some() {
        terminal::done("wasm-opt", "found");
        return found;
    }
    let Some(npm) = find::on_path("npm") else {
        terminal::note("npm was not found, so wasm-opt is not installed: the page works, but is larger");
        return None;
    };
    let mut install = project.command(npm);
    install.args(["install", "--no-save", "--no-fund", "--no-audit", "--prefix"]);
    install.arg(home(project)).arg(format!("{PACKAGE}@{VERSION}"));
    if step::run(project, "install binaryen", &mut install).is_err() {
        terminal::note(
            "binaryen could not be installed, so there is no wasm-opt: the page works, but is larger",
        );
    }
    cached.filter(|file| file.is_file())
}

fn on_path() -> Option<PathBuf> {
    let file = find::on_path("wasm-opt")?;
    (version::major(&find::version_of(&file)?)? >= OLDEST).then_some(file)
}

/// Returns the path at which npm installs `wasm-opt`.
fn cached(project: &Project) -> PathBuf {
    let name = if cfg!(windows) { "wasm-opt.cmd".to_owned() } else { program("wasm-opt") };
    home(project).join("node_modules").join(".bin").join(name)
}

fn home(project: &Project) -> PathBuf {
    project.tools.join(format!("{PACKAGE}-{VERSION}"))
}
