//! What belongs to the Rust toolchain but does not come with every installation of it.

use super::find;
use crate::failure::Failure;
use crate::project::Project;
use crate::step;
use crate::terminal;
use std::path::{Path, PathBuf};

/// The target of the page and of the tests of `shared`.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The target of the functions.
pub const ARM_TARGET: &str = "aarch64-unknown-linux-gnu";

/// Adds the standard library for WebAssembly, unless it is there.
pub fn wasm_target(project: &Project) -> Result<(), Failure> {
    target(project, WASM_TARGET)
}

/// Adds the standard library for the functions' machines, unless it is there.
pub fn arm_target(project: &Project) -> Result<(), Failure> {
    target(project, ARM_TARGET)
}

fn target(project: &Project, name: &str) -> Result<(), Failure> {
    let title = format!("target {name}");
    if has_target(project, name)? {
        terminal::done(&title, "is there");
        return Ok(());
    }
    step::run(project, &title, project.command(rustup(&title)?).args(["target", "add", name]))?;
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
fn has_target(project: &Project, name: &str) -> Result<bool, Failure> {
    let output = project
        .command("rustc")
        .args(["--print", "sysroot"])
        .output()
        .map_err(Failure::while_doing("starting rustc"))?;
    let sysroot = String::from_utf8_lossy(&output.stdout);
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(name).join("lib").is_dir())
}

fn rustup(wanted: &str) -> Result<PathBuf, Failure> {
    find::on_path("rustup").ok_or_else(|| Failure::Missing {
        what: format!("{wanted} (and rustup, which would add it)"),
        install: "install Rust from https://rustup.rs, or your distribution's package for it".to_owned(),
    })
}
