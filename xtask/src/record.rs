//! The subcommand `cargo xtask record`. It records conversations between clients and server, and a store file, of the
//! current version. Later versions are tested with them.

use crate::error::TaskError;
use crate::project::Project;

/// Builds the program `tickertape`, and records it with the program `record` of the crate `compatibility`. The folder
/// of the recording is named after the version in the root `Cargo.toml`. An earlier recording of the same version is
/// replaced.
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
