//! Creates and runs the commands of benchmarks.

use crate::error::TaskError;
use crate::project::Project;
use std::process::Command;

/// Returns the command that runs the program `bench` of the crate `e2e`. The caller adds the name of a benchmark as
/// argument.
pub fn from_outside(project: &Project) -> Command {
    let mut bench = project.command("cargo");
    bench.args(["run", "--quiet", "--release", "--package", "e2e", "--bin", "bench", "--"]);
    bench
}

/// Runs the command of a benchmark, and shows its output on the terminal. Returns an error if the command fails.
pub fn measure(bench: &mut Command) -> Result<(), TaskError> {
    let status = bench.status().map_err(TaskError::while_doing("starting the benchmark"))?;
    if status.success() {
        Ok(())
    } else {
        Err(TaskError::Failed { summary: "the benchmark failed".to_owned() })
    }
}
