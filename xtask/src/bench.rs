//! `cargo xtask bench`: the figures, from release builds.

use crate::failure::Failure;
use crate::page;
use crate::project::Project;
use crate::step;
use crate::tools::{PageTools, program};

/// Builds what is measured, then hands over to the `bench` program of `e2e`.
pub fn bench(project: &Project, arguments: &[String]) -> Result<(), Failure> {
    let tools = PageTools::set_up(project)?;
    page::build(project, &tools)?;
    let build = ["build", "--release", "--package", "tickertape", "--features", "site"];
    step::run(project, "tickertape", &mut project.cargo(build))?;
    let mut bench = project.command("cargo");
    bench.args(["run", "--quiet", "--release", "--package", "e2e", "--bin", "bench", "--"]).args(arguments);
    bench.env("TICKERTAPE_SITE", project.dist());
    bench.env("TICKERTAPE_BIN", project.target.join("release").join(program("tickertape")));
    let status = bench.status().map_err(Failure::while_doing("starting the benchmark"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Faults { summary: "the benchmark failed".to_owned() })
    }
}
