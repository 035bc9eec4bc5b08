//! `cargo xtask record`: records the conversations and the store of this version, for the tests of later versions.

use crate::error::TaskError;
use crate::project::Project;

/// Builds the program and records it with the recorder of `compatibility`. The folder of the recording is named after the version
/// in the root `Cargo.toml`, and replaces an earlier recording of the same version.
///
/// # Errors
///
/// If the program cannot be built, or does not behave as the recorder expects.
pub fn record(project: &Project) -> Result<(), TaskError> {
    let folder = project.root.join("compatibility").join(env!("CARGO_PKG_VERSION"));
    let program = project.target.join("debug").join(format!("tickertape{}", std::env::consts::EXE_SUFFIX));
    let mut build = project.command("cargo");
    build.args(["build", "--quiet", "--package", "tickertape", "--package", "compatibility", "--bins"]);
    let mut record = project.command("cargo");
    record
        .args(["run", "--quiet", "--package", "compatibility", "--bin", "record", "--"])
        .arg(program)
        .arg(folder);
    for (title, command) in [("building the program", &mut build), ("the recording", &mut record)] {
        let status = command.status().map_err(TaskError::while_doing(title.to_owned()))?;
        if !status.success() {
            return Err(TaskError::Failed { summary: format!("failed: {title}") });
        }
    }
    Ok(())
}
