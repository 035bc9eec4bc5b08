//! Installs parts of the Rust toolchain that are missing in some installations.

use super::find;
use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use crate::terminal;
use std::path::{Path, PathBuf};

/// Compilation target of the web page, and of tests in WebAssembly.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Compilation target of the Lambda functions.
pub const ARM_TARGET: &str = "aarch64-unknown-linux-gnu";

/// Installs the standard library for WebAssembly, unless it is installed already.
pub fn wasm_target(project: &Project) -> Result<(), TaskError> {
    target(project, WASM_TARGET)
}

/// Installs the standard library for the compilation target of the Lambda functions, unless it is installed already.
pub fn arm_target(project: &Project) -> Result<(), TaskError> {
    target(project, ARM_TARGET)
}

fn target(project: &Project, name: &str) -> Result<(), TaskError> {
    let title = format!("target {name}");
    if has_target(project, name)? {
        terminal::done(&title, "installed");
        return Ok(());
    }
    step::run(project, &title, project.command(rustup(&title)?).args(["target", "add", name]))?;
    Ok(())
}

/// Installs rustfmt and clippy, unless they are installed already. They are missing in rustup's minimal profile.
pub fn components(project: &Project) -> Result<(), TaskError> {
    let title = "rustfmt and clippy";
    let has =
        |subcommand| project.cargo([subcommand, "--version"]).output().is_ok_and(|out| out.status.success());
    if has("fmt") && has("clippy") {
        terminal::done(title, "installed");
        return Ok(());
    }
    step::run(
        project,
        title,
        project.command(rustup(title)?).args(["component", "add", "rustfmt", "clippy"]),
    )?;
    Ok(())
}

/// Returns true if the standard library for this compilation target is installed. It looks into the folder of the
/// compiler, because the toolchain may have been installed without rustup.
fn has_target(project: &Project, name: &str) -> Result<bool, TaskError> {
    let output = project
        .command("rustc")
        .args(["--print", "sysroot"])
        .output()
        .map_err(TaskError::while_doing("starting rustc"))?;
    let sysroot = String::from_utf8_lossy(&output.stdout);
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(name).join("lib").is_dir())
}

fn rustup(wanted: &str) -> Result<PathBuf, TaskError> {
    find::on_path("rustup").ok_or_else(|| TaskError::MissingProgram {
        what: format!("{wanted} (and rustup, which adds it)"),
        install: "install Rust from https://rustup.rs, or your distribution's package for it".to_owned(),
    })
}
