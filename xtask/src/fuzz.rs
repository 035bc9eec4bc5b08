//! `cargo xtask fuzz`: feeds every parser of outside data with mutated input.

use crate::error::TaskError;
use crate::project::Project;

/// Seconds for each parser.
const SECONDS: &str = "60";

/// Runs all targets, or the one called `target`. What fails is kept in `fuzz/regressions`, where the tests replay it.
pub fn fuzz(project: &Project, target: Option<&str>) -> Result<(), TaskError> {
    let mut command = project.command("cargo");
    command
        .args(["run", "--quiet", "--locked", "--profile", "fuzz", "--package", "fuzz", "--", SECONDS])
        .args(target);
    let status = command.status().map_err(TaskError::while_doing("starting the fuzzer"))?;
    if status.success() {
        return Ok(());
    }
    let summary = "the fuzzer has found inputs that break a promise. They are in fuzz/regressions: mend the code, and commit them";
    Err(TaskError::Failed { summary: summary.to_owned() })
}
