//! `cargo xtask soak`: the same proofs as `test`, for longer.

use crate::failure::Failure;
use crate::project::Project;
use std::process::Command;

/// Schedules of the simulation for each minute of chaos, beyond those of `test`.
const SCHEDULES_PER_MINUTE: u64 = 20_000;
/// `test` has run the first ones.
const FIRST_SEED: u64 = 1_000_000;

/// Chaos over real sockets, a line a minute; then the simulation. Both run even if one fails.
pub fn soak(project: &Project, minutes: u32) -> Result<(), Failure> {
    let storm = content("the storm", &mut storm(project, minutes))?;
    let simulation = content("the simulation", &mut simulation(project, minutes))?;
    let failed: Vec<&str> = [(storm, "the storm"), (simulation, "the simulation")]
        .iter()
        .filter(|run| !run.0)
        .map(|run| run.1)
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::Faults { summary: format!("failed: {}", failed.join("; ")) })
}

fn storm(project: &Project, minutes: u32) -> Command {
    let mut command = project.command("cargo");
    command
        .args(["test", "--quiet", "--release", "--package", "tickertape", "--test", "storm"])
        .args(["--", "--ignored", "--exact", "soak::soak", "--nocapture"])
        .env("TICKERTAPE_SOAK_MINUTES", minutes.to_string());
    command
}

fn simulation(project: &Project, minutes: u32) -> Command {
    let mut command = project.command("cargo");
    let schedules = (SCHEDULES_PER_MINUTE * u64::from(minutes)).to_string();
    command.args(["run", "--quiet", "--release", "--package", "simulation", "--"]).args([
        "--schedules",
        &schedules,
        "--from",
        &FIRST_SEED.to_string(),
    ]);
    command
}

/// Whether it ended well; what it says goes to the terminal.
fn content(name: &str, command: &mut Command) -> Result<bool, Failure> {
    let status = command.status().map_err(Failure::while_doing(format!("starting {name}")))?;
    Ok(status.success())
}
