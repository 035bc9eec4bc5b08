//! `cargo xtask lambda-local`: starts the AWS topology on this machine.
//!
//! The functions are the programs that are deployed, compiled for this machine's processor. `tickertape serve --functions
//! lambda` stands for API Gateway and Lambda, AWS's DynamoDB Local for DynamoDB. The program `lambda-local` of
//! `backend-poller` starts and ends them.

use crate::error::TaskError;
use crate::product::{self, Profile};
use crate::project::Project;
use crate::run;
use crate::step;
use crate::tools::{DynamoDbLocal, program};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The names of all functions.
pub const FUNCTIONS: [&str; 4] = ["websocket", "authorizer", "ingest", "broadcast"];

/// The programs of the topology, built.
pub struct Topology {
    /// The program that starts the others.
    pub lambda_local: PathBuf,
    tickertape: PathBuf,
    functions: PathBuf,
    dynamodb: DynamoDbLocal,
}

/// Builds the topology, then replaces this process by the program that starts it.
pub fn lambda_local(project: &Project, serve_arguments: &[String]) -> Result<(), TaskError> {
    let topology = Topology::build(project, Profile::Release)?;
    let mut command = Command::new(&topology.lambda_local);
    topology.announce(&mut command);
    run::become_program(command.arg("--").args(serve_arguments))
}

impl Topology {
    /// Builds the page, the server, the functions and `lambda-local`, and installs DynamoDB Local.
    pub fn build(project: &Project, profile: Profile) -> Result<Self, TaskError> {
        let dynamodb = DynamoDbLocal::set_up(project)?;
        let tickertape = product::build(project, profile)?;
        let functions = build_functions(project, profile)?;
        let mut build = Profile::Dev.build(project, "backend-poller");
        step::run(project, "lambda-local", build.args(["--bin", "lambda-local"]))?;
        let lambda_local = project.target.join("debug").join(program("lambda-local"));
        Ok(Self { lambda_local, tickertape, functions, dynamodb })
    }

    /// Passes the paths of all programs to `command`, as environment variables.
    pub fn announce(&self, command: &mut Command) {
        self.dynamodb.announce(command);
        command
            .env("TICKERTAPE_BIN", &self.tickertape)
            .env("TICKERTAPE_FUNCTION_DIR", &self.functions)
            .env("TICKERTAPE_LAMBDA_LOCAL", &self.lambda_local);
    }
}

/// The folder of the functions for this machine as they are deployed, each in a folder of its own.
pub fn functions(project: &Project) -> PathBuf {
    project.target.join("xtask").join("functions")
}

/// Builds the functions: for a release with the profile of a deployment, for tests with that of the tests, so that the AWS SDK is
/// not compiled once more.
fn build_functions(project: &Project, profile: Profile) -> Result<PathBuf, TaskError> {
    let (name, built, folder) = match profile {
        Profile::Release => ("lambda", "lambda", functions(project)),
        Profile::Dev => ("dev", "debug", project.target.join("xtask").join("functions-dev")),
    };
    let mut build = profile.build(project, "backend-lambda");
    build.args(["--profile", name]).args(FUNCTIONS.iter().flat_map(|function| ["--bin", function]));
    step::run(project, &format!("functions ({name})"), &mut build)?;
    for name in FUNCTIONS {
        let built = project.target.join(built).join(program(name));
        install_bootstrap(&built, &folder.join(name))?;
    }
    Ok(folder)
}

/// Copies a program into a folder as `bootstrap`. A process that runs the previous one goes on with that: the new file takes
/// its name and leaves it untouched.
fn install_bootstrap(built: &Path, folder: &Path) -> Result<(), TaskError> {
    let bootstrap = folder.join("bootstrap");
    let doing = || TaskError::while_doing(format!("writing {}", bootstrap.display()));
    fs::create_dir_all(folder).map_err(doing())?;
    let fresh = folder.join("bootstrap.new");
    fs::copy(built, &fresh).map_err(doing())?;
    fs::rename(&fresh, &bootstrap).map_err(doing())
}
