//! `cargo xtask bench`: the figures, from release builds.

use crate::failure::Failure;
use crate::product::{self, Profile};
use crate::project::Project;
use crate::tools::Browser;
use std::process::Command;

/// Builds what is measured, then hands over to the `bench` program of `e2e`, and for appends to the store's own
/// example: through the server, what a principal may publish in a second would be measured instead.
pub fn bench(project: &Project, arguments: &[String]) -> Result<(), Failure> {
    let browser = Browser::set_up(project)?;
    let tickertape = product::build(project, Profile::Release)?;
    let mut bench = project.command("cargo");
    bench.args(["run", "--quiet", "--release", "--package", "e2e", "--bin", "bench", "--"]).args(arguments);
    bench
        .env("TICKERTAPE_SITE", project.dist())
        .env("TICKERTAPE_BIN", tickertape)
        .env("TICKERTAPE_CHROMIUM", browser.chromium)
        .env("TICKERTAPE_CHROMEDRIVER", browser.chromedriver);
    if arguments.first().is_none_or(|only| only != "appends") {
        measure(&mut bench)?;
    }
    if arguments.first().is_none_or(|only| only == "appends") {
        let mut appends = project.command("cargo");
        appends.args(["run", "--quiet", "--release", "--package", "backend-store", "--example", "appends"]);
        measure(&mut appends)?;
    }
    Ok(())
}

fn measure(bench: &mut Command) -> Result<(), Failure> {
    let status = bench.status().map_err(Failure::while_doing("starting the benchmark"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Faults { summary: "the benchmark failed".to_owned() })
    }
}
