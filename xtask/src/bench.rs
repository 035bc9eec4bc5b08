//! `cargo xtask bench`: measures release builds.

mod aws;
mod command;
mod peers;
mod sizes;

use crate::error::TaskError;
use crate::product::{self, Profile};
use crate::project::Project;
use crate::tools::{Browser, DynamoDbLocal};
use command::{from_outside, measure};

/// Runs all benchmarks, or only the one with the name in the first argument.
///
/// `appends`, `units` and `websocket-units` are examples of the crates that they measure, `schedules` is the program of
/// `simulation`, `init` and `broadcast` run in the AWS topology, and every other name is passed to the `bench` program of `e2e`.
pub fn bench(project: &Project, arguments: &[String]) -> Result<(), TaskError> {
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

fn all(project: &Project) -> Result<(), TaskError> {
    system(project, &[])?;
    appends(project)?;
    schedules(project)?;
    units(project)?;
    websocket_units(project)?;
    aws::init(project)?;
    aws::broadcast(project)
}

/// Measures the running program over sockets and in a browser.
fn system(project: &Project, arguments: &[String]) -> Result<(), TaskError> {
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

/// Measures the embedded store without the server, because with the server the measurement would show its limit on publications
/// per second.
fn appends(project: &Project) -> Result<(), TaskError> {
    let mut appends = project.command("cargo");
    appends.args(["run", "--quiet", "--release", "--package", "backend-store", "--example", "appends"]);
    measure(&mut appends)
}

/// Measures the number of schedules of the property test that one core runs per second.
fn schedules(project: &Project) -> Result<(), TaskError> {
    let mut schedules = project.command("cargo");
    schedules.args(["run", "--quiet", "--release", "--package", "simulation", "--", "--schedules", "5000"]);
    measure(&mut schedules)
}

/// Measures the request units that DynamoDB bills. A debug build is used, because it uses as many as a release build.
fn units(project: &Project) -> Result<(), TaskError> {
    let mut units = project.command("cargo");
    units.args(["run", "--quiet", "--package", "backend-aws", "--example", "units"]);
    DynamoDbLocal::set_up(project)?.announce(&mut units);
    measure(&mut units)
}

/// Measures the messages that API Gateway bills. A debug build is used, because it sends as many as a release build.
fn websocket_units(project: &Project) -> Result<(), TaskError> {
    let mut units = project.command("cargo");
    units.args(["run", "--quiet", "--package", "backend-core", "--example", "websocket_units"]);
    measure(&mut units)
}
