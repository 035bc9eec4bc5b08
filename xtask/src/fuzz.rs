//! Runs `cargo xtask fuzz`, which calls every parser of outside data with mutated input.

use crate::error::TaskError;
use crate::project::Project;

/// Number of seconds for which each parser is fuzzed.
const SECONDS: &str = "60";

/// Fuzzes all targets, or only `target`. An input that makes a target fail is stored in `fuzz/regressions`, where the tests
/// repeat it.
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
