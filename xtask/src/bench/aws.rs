//! Benchmarks of the Lambda functions, which run in the AWS topology on this machine.

use super::command::{from_outside, measure};
use super::{peers, sizes};
use crate::error::TaskError;
use crate::lambda_local::Topology;
use crate::product::Profile;
use crate::project::Project;
use crate::step;
use crate::tools::program;
use std::process::Command;

/// Measures the start-up time and size of each function, of a function that does nothing, and of equivalent functions for Node.
pub fn init(project: &Project) -> Result<(), TaskError> {
    let topology = Topology::build(project, Profile::Release)?;
    build(project, "backend-lambda", "hello", "lambda")?;
    build(project, "lambda-host", "init", "release")?;
    let example =
        |profile: &str, name: &str| project.target.join(profile).join("examples").join(program(name));
    let hello = example("lambda", "hello");
    let mut bench = in_topology(project, &topology, "init")?;
    bench.env("TICKERTAPE_HELLO", &hello).env("TICKERTAPE_INIT", example("release", "init"));
    measure(&mut bench)?;
    sizes::print(project, &hello)
}

/// Measures the posts per second of CPU time of the function `broadcast`, and of an equivalent function for Node.
pub fn broadcast(project: &Project) -> Result<(), TaskError> {
    let topology = Topology::build(project, Profile::Release)?;
    measure(&mut in_topology(project, &topology, "broadcast")?)
}

fn build(project: &Project, package: &str, example: &str, profile: &str) -> Result<(), TaskError> {
    let mut build =
        project.cargo(["build", "--package", package, "--example", example, "--profile", profile]);
    step::run(project, &format!("{example} ({profile})"), &mut build).map(drop)
}

fn in_topology(project: &Project, topology: &Topology, figure: &str) -> Result<Command, TaskError> {
    let mut bench = from_outside(project);
    topology.announce(project, &mut bench)?;
    bench.arg(figure).env("TICKERTAPE_SITE", project.dist());
    if let Some(peers) = peers::set_up(project) {
        bench.env("TICKERTAPE_PEERS", peers);
    }
    Ok(bench)
}
