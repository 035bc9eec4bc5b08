//! The subcommand `cargo xtask soak`. It runs three tests of `cargo xtask test` for longer: the storm test (many
//! viewers, injected faults), the test that kills the store, and the simulation.

use crate::error::TaskError;
use crate::project::Project;
use std::process::Command;

/// Number of times that the store is killed, for each minute of the storm test.
const KILLS_PER_MINUTE: u32 = 100;
/// Number of schedules that the simulation runs, for each minute of the storm test. A schedule is a random order of
/// events.
const SCHEDULES_PER_MINUTE: u64 = 20_000;
/// Seed of the first schedule. `cargo xtask test` uses lower seeds, so that `soak` runs other schedules.
const FIRST_SEED: u64 = 1_000_000;

/// Runs the storm test for `minutes` minutes, then the test that kills the store, and then the simulation. Each runs
/// even if the one before has failed. Returns an error that names those that failed.
pub fn soak(project: &Project, minutes: u32) -> Result<(), TaskError> {
    let storm = succeeds("the storm test", &mut storm(project, minutes))?;
    let kills = succeeds("the kills of the store", &mut kills(project, minutes))?;
    let simulation = succeeds("the simulation", &mut simulation(project, minutes))?;
    let runs = [(storm, "the storm test"), (kills, "the kills of the store"), (simulation, "the simulation")];
    let failed: Vec<&str> = runs.iter().filter(|run| !run.0).map(|run| run.1).collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(TaskError::Failed { summary: format!("failed: {}", failed.join("; ")) })
}

fn storm(project: &Project, minutes: u32) -> Command {
    let mut command = project.command("cargo");
    command
        .args(["test", "--quiet", "--release", "--package", "tickertape", "--test", "storm"])
        .args(["--", "--ignored", "--exact", "soak::soak", "--nocapture"])
        .env("TICKERTAPE_SOAK_MINUTES", minutes.to_string());
    command
}

fn kills(project: &Project, minutes: u32) -> Command {
    let mut command = project.command("cargo");
    command
        .args(["test", "--quiet", "--release", "--package", "backend-store", "--test", "crash"])
        .args(["--", "--nocapture", "nothing_acknowledged_is_lost_by_kill_9_at_random_moments"])
        .env("TICKERTAPE_KILLS", KILLS_PER_MINUTE.saturating_mul(minutes).to_string());
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

/// Runs `command` with its output on the terminal. Returns true if it succeeded.
fn succeeds(name: &str, command: &mut Command) -> Result<bool, TaskError> {
    let status = command.status().map_err(TaskError::while_doing(format!("starting {name}")))?;
    Ok(status.success())
}
