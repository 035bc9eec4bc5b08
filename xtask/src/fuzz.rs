//! The subcommand `cargo xtask fuzz`, which calls every parser of outside data with mutated inputs.

use crate::error::TaskError;
use crate::project::Project;

/// Number of seconds for which each parser is fuzzed.
const SECONDS: &str = "60";

/// Fuzzes all parsers, or only the one that `target` names. An input that makes a parser fail is stored in
/// `fuzz/regressions`, so that the tests run it from then on.
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
