//! The compiler's standard library for WebAssembly.

use super::find;
use crate::failure::Failure;
use crate::project::Project;
use crate::step;
use crate::terminal;
use std::path::Path;

/// The target of the page and of the tests of `shared`.
pub const TRIPLE: &str = "wasm32-unknown-unknown";

/// Adds the target to the toolchain in use, unless it is there.
pub fn set_up(project: &Project) -> Result<(), Failure> {
    let title = format!("target {TRIPLE}");
    if is_installed(project)? {
        terminal::done(&title, "is there");
        return Ok(());
    }
    let rustup = find::on_path("rustup").ok_or_else(|| Failure::Missing {
        what: format!("the Rust target {TRIPLE} (and rustup, which would add it)"),
        install: "install Rust from https://rustup.rs, or your distribution's package of that target"
            .to_owned(),
    })?;
    step::run(project, &title, project.command(rustup).args(["target", "add", TRIPLE]))?;
    Ok(())
}

/// Asks the compiler, so that toolchains which did not come from rustup count as well.
fn is_installed(project: &Project) -> Result<bool, Failure> {
    let output = project
        .command("rustc")
        .args(["--print", "sysroot"])
        .output()
        .map_err(Failure::while_doing("starting rustc"))?;
    let sysroot = String::from_utf8_lossy(&output.stdout);
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(TRIPLE).join("lib").is_dir())
}
