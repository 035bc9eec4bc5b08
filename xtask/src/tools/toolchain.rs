//! What belongs to the Rust toolchain but does not come with every installation of it.

use super::find;
use crate::failure::Failure;
use crate::project::Project;
use crate::step;
use crate::terminal;
use std::path::{Path, PathBuf};

/// The target of the page and of the tests of `shared`.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Adds the standard library for WebAssembly, unless it is there.
pub fn wasm_target(project: &Project) -> Result<(), Failure> {
    let title = format!("target {WASM_TARGET}");
    if has_wasm_target(project)? {
        terminal::done(&title, "is there");
        return Ok(());
    }
    step::run(project, &title, project.command(rustup(&title)?).args(["target", "add", WASM_TARGET]))?;
    Ok(())
}

/// Adds rustfmt and clippy, which rustup's minimal profile leaves out, unless they are there.
pub fn components(project: &Project) -> Result<(), Failure> {
    let title = "rustfmt and clippy";
    let has =
        |subcommand| project.cargo([subcommand, "--version"]).output().is_ok_and(|out| out.status.success());
    if has("fmt") && has("clippy") {
        terminal::done(title, "are there");
        return Ok(());
    }
    step::run(
        project,
        title,
        project.command(rustup(title)?).args(["component", "add", "rustfmt", "clippy"]),
    )?;
    Ok(())
}

/// Asks the compiler, so that toolchains which did not come from rustup count as well.
fn has_wasm_target(project: &Project) -> Result<bool, Failure> {
    let output = project
        .command("rustc")
        .args(["--print", "sysroot"])
        .output()
        .map_err(Failure::while_doing("starting rustc"))?;
    let sysroot = String::from_utf8_lossy(&output.stdout);
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(WASM_TARGET).join("lib").is_dir())
}

fn rustup(wanted: &str) -> Result<PathBuf, Failure> {
    find::on_path("rustup").ok_or_else(|| Failure::Missing {
        what: format!("{wanted} (and rustup, which would add it)"),
        install: "install Rust from https://rustup.rs, or your distribution's package for it".to_owned(),
    })
}
