//! `cargo xtask bench`: the figures, from release builds.

mod aws;
mod peers;
mod sizes;

use crate::failure::Failure;
use crate::product::{self, Profile};
use crate::project::Project;
use crate::tools::{Browser, DynamoDbLocal};
use std::process::Command;

/// All figures, or those of one name: some are examples of the crates they measure, `schedules` is the simulation, `init`
/// and `broadcast` need the AWS topology, everything else is the `bench` program of `e2e`.
pub fn bench(project: &Project, arguments: &[String]) -> Result<(), Failure> {
    match arguments.first().map(String::as_str) {
        Some("appends") => appends(project),
        Some("units") => units(project),
        Some("websocket-units") => websocket_units(project),
        Some("schedules") => schedules(project),
        Some("init") => aws::init(project),
        Some("broadcast") => aws::broadcast(project),
        Some(_) => system(project, arguments),
        None => all(project),
    }
}

fn all(project: &Project) -> Result<(), Failure> {
    system(project, &[])?;
    appends(project)?;
    schedules(project)?;
    units(project)?;
    websocket_units(project)?;
    aws::init(project)?;
    aws::broadcast(project)
}

/// The whole system, from outside.
fn system(project: &Project, arguments: &[String]) -> Result<(), Failure> {
    let browser = Browser::set_up(project)?;
    let tickertape = product::build(project, Profile::Release)?;
    let mut bench = from_outside(project);
    bench
        .args(arguments)
        .env("TICKERTAPE_SITE", project.dist())
        .env("TICKERTAPE_BIN", tickertape)
        .env("TICKERTAPE_CHROMIUM", browser.chromium)
        .env("TICKERTAPE_CHROMEDRIVER", browser.chromedriver);
    measure(&mut bench)
}

/// The program that measures from outside, ready for the name of a figure.
fn from_outside(project: &Project) -> Command {
    let mut bench = project.command("cargo");
    bench.args(["run", "--quiet", "--release", "--package", "e2e", "--bin", "bench", "--"]);
    bench
}

/// The embedded store alone: through the server, what a principal may publish in a second would be measured instead.
fn appends(project: &Project) -> Result<(), Failure> {
    let mut appends = project.command("cargo");
    appends.args(["run", "--quiet", "--release", "--package", "backend-store", "--example", "appends"]);
    measure(&mut appends)
}

/// How many schedules of the property test run in a second, on one core.
fn schedules(project: &Project) -> Result<(), Failure> {
    let mut schedules = project.command("cargo");
    schedules.args(["run", "--quiet", "--release", "--package", "simulation", "--", "--schedules", "5000"]);
    measure(&mut schedules)
}

/// What DynamoDB bills, which is the same from a debug build.
fn units(project: &Project) -> Result<(), Failure> {
    let mut units = project.command("cargo");
    units.args(["run", "--quiet", "--package", "backend-aws", "--example", "units"]);
    DynamoDbLocal::set_up(project)?.announce(&mut units);
    measure(&mut units)
}

/// What API Gateway bills, likewise.
fn websocket_units(project: &Project) -> Result<(), Failure> {
    let mut units = project.command("cargo");
    units.args(["run", "--quiet", "--package", "backend-core", "--example", "websocket_units"]);
    measure(&mut units)
}

fn measure(bench: &mut Command) -> Result<(), Failure> {
    let status = bench.status().map_err(Failure::while_doing("starting the benchmark"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Faults { summary: "the benchmark failed".to_owned() })
    }
}
