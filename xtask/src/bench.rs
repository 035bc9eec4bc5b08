//! The subcommand `cargo xtask bench`, which runs the benchmarks, most of them with release builds.

mod aws;
mod command;
mod emulate;
mod peers;
mod serverless;
mod sizes;

use crate::error::TaskError;
use crate::product::{self, Profile};
use crate::project::Project;
use crate::tools::{Browser, DynamoDbLocal, Nchan, uplot};
use command::{from_outside, measure};

/// Runs all benchmarks, or only the one that the first argument names.
///
/// The benchmarks `appends`, `durable`, `posts`, `past`, `screens`, `units` and `websocket-units` are examples of the crates that they measure, and
/// `schedules` is the program of the crate `simulation`. The benchmarks `init` and `broadcast` run in the AWS topology, and
/// `emulate` measures `tickertape emulate`.
/// Every other name is passed to the program `bench` of the crate `e2e`.
pub fn bench(project: &Project, arguments: &[String]) -> Result<(), TaskError> {
    match arguments.first().map(String::as_str) {
        Some("appends") => appends(project),
        Some("durable") => durable(project),
        Some("posts") => posts(project),
        Some("units") => units(project),
        Some("websocket-units") => websocket_units(project),
        Some("past") => past(project),
        Some("screens") => screens(project),
        Some("schedules") => schedules(project),
        Some("init") => aws::init(project),
        Some("broadcast") => aws::broadcast(project),
        Some("emulate") => emulate::emulate(project),
        Some(_) => system(project, arguments),
        None => all(project),
    }
}

fn all(project: &Project) -> Result<(), TaskError> {
    system(project, &[])?;
    appends(project)?;
    durable(project)?;
    posts(project)?;
    past(project)?;
    screens(project)?;
    schedules(project)?;
    units(project)?;
    websocket_units(project)?;
    aws::init(project)?;
    aws::broadcast(project)?;
    emulate::emulate(project)
}

/// Runs benchmarks of `tickertape serve` that measure it from outside, over sockets and in a browser.
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
    if let Some(files) = uplot::set_up(project) {
        bench.env("TICKERTAPE_UPLOT", files);
    }
    if measures_deliveries(arguments)
        && let Some(nchan) = Nchan::set_up(project)
    {
        nchan.announce(&mut bench);
    }
    measure(&mut bench)
}

/// Returns true if the benchmark `fanout` runs, alone or with the others.
fn measures_deliveries(arguments: &[String]) -> bool {
    arguments.first().is_none_or(|name| name == "fanout")
}

/// Measures the appends per second of the embedded store. The store is measured without the server, because the server
/// limits the publications per second.
fn appends(project: &Project) -> Result<(), TaskError> {
    let mut appends = project.command("cargo");
    appends.args(["run", "--quiet", "--release", "--package", "backend-store", "--example", "appends"]);
    measure(&mut appends)
}

/// Compares the time of durable appends to the embedded store with the time of the disk's own sync.
fn durable(project: &Project) -> Result<(), TaskError> {
    let mut durable = project.command("cargo");
    durable.args(["run", "--quiet", "--release", "--package", "backend-store", "--example", "durable"]);
    measure(&mut durable)
}

/// Compares the processor time of `POST @connections` with that of a loop that only sends.
fn posts(project: &Project) -> Result<(), TaskError> {
    let mut posts = project.command("cargo");
    posts.args(["run", "--quiet", "--release", "--package", "apigw-websocket", "--example", "posts"]);
    measure(&mut posts)
}

/// Measures how long a day in buckets takes over loopback. The day is written to the store directly, with times in the past.
fn past(project: &Project) -> Result<(), TaskError> {
    let mut past = project.command("cargo");
    past.args(["run", "--quiet", "--release", "--package", "tickertape-server", "--example", "past"]);
    measure(&mut past)
}

/// Prints how many screens boards need, and how large the type of a wall is. Nothing is timed.
fn screens(project: &Project) -> Result<(), TaskError> {
    let mut screens = project.command("cargo");
    screens.args(["run", "--quiet", "--package", "board-model", "--example", "screens"]);
    measure(&mut screens)
}

/// Measures how many schedules of the simulation one processor core runs per second.
fn schedules(project: &Project) -> Result<(), TaskError> {
    let mut schedules = project.command("cargo");
    schedules.args(["run", "--quiet", "--release", "--package", "simulation", "--", "--schedules", "5000"]);
    measure(&mut schedules)
}

/// Measures the request units that DynamoDB bills for each operation. A debug build is enough, because it uses as many
/// units as a release build.
fn units(project: &Project) -> Result<(), TaskError> {
    let mut units = project.command("cargo");
    units.args(["run", "--quiet", "--package", "backend-aws", "--example", "units"]);
    DynamoDbLocal::set_up(project)?.announce(&mut units);
    measure(&mut units)
}

/// Measures the messages that API Gateway bills for given publications. A debug build is enough, because it sends as
/// many messages as a release build.
fn websocket_units(project: &Project) -> Result<(), TaskError> {
    let mut units = project.command("cargo");
    units.args(["run", "--quiet", "--package", "backend-core", "--example", "websocket_units"]);
    measure(&mut units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deliveries_are_measured_by_fanout_and_by_all_benchmarks() {
        assert!(measures_deliveries(&[]));
        assert!(measures_deliveries(&["fanout".to_owned(), "100".to_owned()]));
        assert!(!measures_deliveries(&["latency".to_owned()]));
    }
}
